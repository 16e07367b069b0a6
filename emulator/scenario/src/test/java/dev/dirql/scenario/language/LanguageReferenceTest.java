package dev.dirql.scenario.language;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.scenario.source.SourceFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.antlr.v4.runtime.Vocabulary;
import org.junit.jupiter.api.Test;

/**
 * docs/scenario-language.md says what is so: every example in it is a scenario, and it speaks of
 * every word there is.
 */
final class LanguageReferenceTest {
    private static final Pattern BLOCK =
            Pattern.compile("^```scn *([^\\n]*)\\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE);

    private static final String AROUND =
            """
            machine { processors 3 }
            device disk: BusMasterDisk { line 11 }
            device nic: MultiQueueNic { msix 4 }
            driver disk_driver for disk { int Count; }
            """;

    private record Example(int line, String place, String text) {}

    private static String reference() throws IOException {
        return Files.readString(Path.of("../../docs/scenario-language.md"));
    }

    private static List<Example> examples() throws IOException {
        String text = reference();
        List<Example> examples = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(text);
        while (matcher.find()) {
            int line = 1 + (int) text.substring(0, matcher.start()).lines().count();
            examples.add(new Example(line, matcher.group(1), matcher.group(2)));
        }
        return examples;
    }

    @Test
    void everyExampleIsAScenario() throws IOException {
        Map<String, String> files = new LinkedHashMap<>();
        int read = 0;
        for (Example example : examples()) {
            if (example.place().startsWith("file ")) {
                files.put(example.place().substring("file ".length()), example.text());
            } else {
                Parsed parsed =
                        ScenarioReader.read(
                                new SourceFile("line " + example.line(), whole(example)),
                                Samples.files(files),
                                Samples.NAMES,
                                Overrides.NONE);
                assertThat(Samples.messages(parsed)).isEmpty();
                read++;
            }
        }

        assertThat(read).isGreaterThan(25);
    }

    private static String whole(Example example) {
        return switch (example.place()) {
            case "" -> example.text();
            case "in a workload" -> AROUND + "workload {\n" + example.text() + "}\n";
            case "in a thread" -> AROUND + "workload { thread {\n" + example.text() + "} }\n";
            case "in an expect block" -> AROUND + "expect {\n" + example.text() + "}\n";
            default -> throw new AssertionError("no such place: " + example.place());
        };
    }

    @Test
    void everyWordOfTheGrammarIsInAnExampleOrInTheText() throws IOException {
        String text = reference();
        Vocabulary words = ScenarioParser.VOCABULARY;

        for (int type = 1; type <= words.getMaxTokenType(); type++) {
            String literal = words.getLiteralName(type);
            if (literal != null) {
                assertThat(text).contains(literal.substring(1, literal.length() - 1));
            }
        }
    }

    @Test
    void everyPropertyOfAMachineIsInTheTableWithItsUsualValue() throws IOException {
        String text = reference();

        for (PropertyType property : MachineDeclaration.PROPERTIES) {
            String usual =
                    property.unlessSaid().orElseThrow() instanceof Value.Truth
                            ? "off"
                            : Expressions.show(property.unlessSaid().orElseThrow());
            assertThat(text)
                    .containsPattern(
                            "\\| `%s` \\|[^|]*\\| `?%s`? \\|".formatted(property.name(), usual));
        }
    }

    @Test
    void everyStimulusOfEveryDeviceIsInTheTable() throws IOException {
        String text = reference();

        for (DeviceType.StimulusType stimulus : Stimuli.OF_EVERY_DEVICE) {
            assertThat(text).contains("| `" + stimulus.name());
        }
    }
}
