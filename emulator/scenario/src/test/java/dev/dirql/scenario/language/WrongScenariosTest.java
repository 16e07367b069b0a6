package dev.dirql.scenario.language;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.scenario.source.SourceFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SequencedMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each scenario in the folder {@code wrong} gives exactly the messages in the {@code .expected}
 * file beside it. Its first lines may say what the command line says: {@code // --set NAME=VALUE}.
 * To write the expected files anew: {@code mvn -pl emulator/scenario -am test
 * -Dtest=WrongScenariosTest -Dsurefire.failIfNoSpecifiedTests=false -Ddirql.goldens=rewrite}.
 */
final class WrongScenariosTest {
    private static final Path FOLDER =
            Path.of("src/test/resources/dev/dirql/scenario/language/wrong");

    static List<Path> scenarios() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.filter(file -> file.toString().endsWith(".scn")).sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void isComplainedAboutLikeThis(Path scenario) throws IOException {
        String text = Files.readString(scenario);
        SourceFile file = new SourceFile(scenario.getFileName().toString(), text);

        Parsed parsed =
                ScenarioReader.read(
                        file, WrongScenariosTest::include, Samples.NAMES, overrides(text));

        assertThat(parsed.scenario()).isEmpty();
        Path expected = scenario.resolveSibling(file.name().replaceFirst("\\.scn$", ".expected"));
        if ("rewrite".equals(System.getProperty("dirql.goldens"))) {
            Files.writeString(expected, Samples.messages(parsed));
        }
        assertThat(Samples.messages(parsed)).isEqualTo(Files.readString(expected));
    }

    private static IncludeReader.Answer include(SourceFile from, String path) {
        Path file = FOLDER.resolve(path);
        if (!Files.exists(file)) {
            return new IncludeReader.Answer.Refused("no such file");
        }
        try {
            return new IncludeReader.Answer.Found(new SourceFile(path, Files.readString(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Overrides overrides(String text) {
        SequencedMap<String, String> parameters = new LinkedHashMap<>();
        OptionalInt processors = OptionalInt.empty();
        OptionalLong seed = OptionalLong.empty();
        for (String line : text.lines().toList()) {
            if (line.startsWith("// --set ")) {
                String[] parts = line.substring("// --set ".length()).split("=", 2);
                parameters.put(parts[0], parts[1]);
            } else if (line.startsWith("// --processors ")) {
                processors = OptionalInt.of(Integer.parseInt(line.substring(16)));
            } else if (line.startsWith("// --seed ")) {
                seed = OptionalLong.of(Long.parseLong(line.substring(10)));
            }
        }
        return new Overrides(parameters, processors, seed);
    }
}
