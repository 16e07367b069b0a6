package dev.dirql.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** docs/c-subset.md says what is so: every example in it compiles, or is refused as it says. */
class CSubsetPageTest {
    private static final Pattern BLOCK =
            Pattern.compile(
                    "^```c(?: (error|warning) ([^\\n]*))?\\n(.*?)^```$",
                    Pattern.DOTALL | Pattern.MULTILINE);

    private static final String ENTRY =
            """
            NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath) {
                UNREFERENCED_PARAMETER(Driver);
                UNREFERENCED_PARAMETER(RegistryPath);
                return STATUS_SUCCESS;
            }
            """;

    @TempDir private Path directory = Path.of("");

    /**
     * @param line where it stands on the page
     * @param kind what is said of it: error, warning, or nothing
     */
    record Example(int line, String kind, String message, String text) {
        @Override
        public String toString() {
            return "line " + line;
        }
    }

    static Stream<Example> examples() throws IOException {
        String page = Files.readString(Repository.root().resolve("docs/c-subset.md"));
        List<Example> examples = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(page);
        while (matcher.find()) {
            int line = 1 + (int) page.substring(0, matcher.start()).lines().count();
            String kind = matcher.group(1) == null ? "" : matcher.group(1);
            String message = matcher.group(2) == null ? "" : matcher.group(2);
            examples.add(new Example(line, kind, message, matcher.group(3)));
        }
        return examples.stream();
    }

    @ParameterizedTest
    @MethodSource("examples")
    void exampleCompilesOrIsRefusedAsThePageSays(Example example) throws IOException {
        Files.writeString(
                directory.resolve("example.scn"), "driver d {\n" + example.text() + ENTRY + "}\n");

        CommandLine.Ended ended = new CommandLine(directory).run("check", "example.scn");

        switch (example.kind()) {
            case "error" -> {
                assertThat(ended.code()).isEqualTo(2);
                assertThat(ended.err()).contains("error: " + example.message());
            }
            case "warning" -> {
                assertThat(ended.code()).isZero();
                assertThat(ended.err() + ended.out()).contains("warning: " + example.message());
            }
            default -> {
                assertThat(ended.err()).isEmpty();
                assertThat(ended.out()).isEqualTo("example.scn: right\n");
            }
        }
    }

    @Test
    void pageHasExamplesOfAllThreeKinds() throws IOException {
        List<Example> all = examples().toList();

        assertThat(all).hasSizeGreaterThan(15);
        assertThat(all).extracting(Example::kind).contains("", "error", "warning");
    }

    @Test
    void pageNamesTheHeadersThatAreThereAndNoOthers() throws IOException {
        Path include = Path.of("kernel-model/src/main/resources/dev/dirql/kernel/include");
        String page = Files.readString(Repository.root().resolve("docs/c-subset.md"));
        int begin = page.indexOf("\n`ntddk.h`, `wdm.h`");
        String list = page.substring(begin, page.indexOf("`stdarg.h` has", begin));
        List<String> there;
        try (Stream<Path> files = Files.list(Repository.root().resolve(include))) {
            there = files.map(file -> file.getFileName().toString()).toList();
        }

        List<String> named =
                Pattern.compile("`(\\w+\\.h)`")
                        .matcher(list)
                        .results()
                        .map(result -> result.group(1))
                        .toList();

        assertThat(named).containsExactlyInAnyOrderElementsOf(there);
    }
}
