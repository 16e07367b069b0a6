package dev.dirql.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A trace means the same in a JVM that differs in everything that should not matter. */
class OtherHostTest {
    private static final String SCRIPT = "using-spin-locks.scn";

    @TempDir Path directory;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-Duser.language=tr -Duser.country=TR -Duser.timezone=Pacific/Apia",
                "-Duser.language=ar -Duser.country=EG -Dfile.encoding=ISO-8859-1",
                "-Xint -Xmx160m",
                "-XX:TieredStopAtLevel=1 -XX:+UseParallelGC",
                "-Xmx2g -XX:hashCode=0"
            })
    void aTraceReplaysThere(String options) throws Exception {
        Files.copy(Repository.root().resolve("scripts").resolve(SCRIPT), directory.resolve(SCRIPT));
        CommandLine here = new CommandLine(directory);
        here.run("run", "--seed", "5", "--trace", "trace", "--quiet", SCRIPT);
        String shown = here.run("trace", "show", "--json", "trace").out();
        Path elsewhere = Files.createDirectories(directory.resolve("another place"));

        String replayed = inAnotherJvm(elsewhere, options, "replay", "../trace");
        String shownThere = inAnotherJvm(elsewhere, options, "trace", "show", "--json", "../trace");

        assertThat(replayed).startsWith("Identical: ");
        assertThat(shownThere).isEqualTo(shown);
    }

    private static String inAnotherJvm(Path directory, String options, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String argument : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (argument.startsWith("--")) {
                command.add(argument);
            }
        }
        if (options.contains("hashCode")) {
            command.add("-XX:+UnlockExperimentalVMOptions");
        }
        command.addAll(List.of(options.split(" ")));
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add("dev.dirql.cli.Main");
        command.addAll(List.of(arguments));
        Path out = directory.resolve("out.txt");
        Process process =
                new ProcessBuilder(command)
                        .directory(directory.toFile())
                        .redirectOutput(out.toFile())
                        .redirectErrorStream(true)
                        .start();
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).describedAs(options).isTrue();
        String text = Files.readString(out, StandardCharsets.UTF_8);
        assertThat(process.exitValue()).describedAs(text).isZero();
        return text;
    }
}
