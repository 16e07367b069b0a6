package dev.dirql.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.scenario.language.HardwareDeclaration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** docs/devices.md tells what is so: its scenarios run, and its Java is compiled elsewhere. */
class DevicesPageTest {
    @TempDir private Path directory = Path.of("");

    @Test
    void everyScenarioOfThePagePassesAndReplays() throws IOException {
        CommandLine here = new CommandLine(directory);
        int number = 0;

        for (String scenario : DevicesPage.blocks("scn")) {
            String name = "page-" + ++number;
            Files.writeString(directory.resolve(name + ".scn"), scenario);
            CommandLine.Ended ended = here.run("run", "--trace", name, name + ".scn");
            assertThat(ended.err()).isEmpty();
            assertThat(ended.out()).contains("\nPassed.\n");
            assertThat(here.run("replay", name).out()).startsWith("Identical: ");
        }

        assertThat(number).isEqualTo(3);
        assertThat(here.run("trace", "show", "--kind", "DmaTransferred", "page-2").out().lines())
                .hasSizeGreaterThanOrEqualTo(80);
    }

    @Test
    void theMistakeOfThePageIsToldOfInTheWordsOfThePage() throws IOException {
        String scenario = DevicesPage.blocks("scn").get(1);
        String twice = "Begin();\n        return STATUS_SUCCESS;";
        assertThat(scenario).contains(twice);
        Files.writeString(
                directory.resolve("sampler.scn"),
                scenario.replace(
                        twice,
                        "Begin(); WRITE_REGISTER_ULONG64(ADC_BUFFER, 0);\n"
                                + "        return STATUS_SUCCESS;"));

        CommandLine.Ended ended =
                new CommandLine(directory).run("run", "--no-trace", "sampler.scn");

        String told =
                ended.out()
                        .lines()
                        .filter(line -> line.startsWith("adc (Sampler)"))
                        .findFirst()
                        .orElse(ended.out());
        assertThat(DevicesPage.blocks("text")).anySatisfy(text -> assertThat(text).contains(told));
        assertThat(ended.code()).isEqualTo(1);
    }

    @Test
    void theDriverForMessagesFallsBackToTheLine() throws IOException {
        String scenario = DevicesPage.blocks("scn").getLast();
        String messages = "TwoChannels { affinity spread }";
        assertThat(scenario).contains(messages);
        Files.writeString(
                directory.resolve("line.scn"),
                scenario.replace(messages, "TwoChannels { line 10 }"));

        CommandLine.Ended ended = new CommandLine(directory).run("run", "--no-trace", "line.scn");

        assertThat(ended.err()).isEmpty();
        assertThat(ended.out()).contains("\nPassed.\n");
    }

    @Test
    void everyFunctionOfTheHeaderIsInTheTable() throws IOException {
        String page = Files.readString(Repository.root().resolve("docs/devices.md"));
        String header =
                Files.readString(
                        Repository.root()
                                .resolve(
                                        "workbench/simulation/src/main/resources/dev/dirql"
                                                + "/simulation/hardware/hardware.h"));

        List<String> functions =
                header.lines()
                        .filter(line -> line.startsWith("HARDWARE_FUNCTION"))
                        .map(line -> line.replaceAll("^[^(]*?(\\w+)\\(.*", "$1"))
                        .toList();

        assertThat(functions).containsExactlyElementsOf(HardwareDeclaration.FUNCTIONS);
        assertThat(functions)
                .allSatisfy(name -> assertThat(page).containsPattern("`" + name + "[`(]"));
    }
}
