package dev.dirql.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code scripts/README.md} names each script once, by its file, and says something of it. */
class ScriptsIndexTest {
    private static final Path SCRIPTS = Repository.root().resolve("scripts");
    private static final Pattern LINE =
            Pattern.compile("^- \\[([a-z0-9-]+)]\\(([a-z0-9-]+\\.scn)\\): \\S.*\\.$");

    @Test
    void theIndexNamesEachScriptOnce() throws IOException {
        List<Matcher> lines =
                Files.readAllLines(SCRIPTS.resolve("README.md")).stream()
                        .filter(line -> line.startsWith("- "))
                        .map(LINE::matcher)
                        .toList();

        assertThat(lines)
                .allSatisfy(line -> {
                    assertThat(line.matches()).as(line.toString()).isTrue();
                    assertThat(line.group(2)).isEqualTo(line.group(1) + ".scn");
                });
        assertThat(lines)
                .extracting(line -> line.group(2))
                .containsExactlyInAnyOrderElementsOf(scripts());
    }

    private static List<String> scripts() throws IOException {
        try (Stream<Path> files = Files.list(SCRIPTS)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".scn"))
                    .toList();
        }
    }
}
