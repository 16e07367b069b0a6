package dev.dirql.scenario.c;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.machine.image.DebugInformation;
import dev.dirql.scenario.source.SourceFile;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LineDirectiveTest {
    private static Compilation compile(String text) {
        return CCompiler.compile(
                new CProgram(
                        "generated",
                        List.of(CSource.of(new SourceFile("generated.c", text))),
                        List.of(),
                        Map.of(),
                        IncludeResolver.NONE,
                        ""));
    }

    @Test
    void codeIsSaidToComeFromWhereTheDirectiveSays() {
        Compilation compilation =
                compile(
                        """
                        int First(void) { return 1; }
                        #line 70 "disk.scn"
                        int Second(void)
                        {
                            return 2;
                        }
                        #line 5
                        int Third(void) { return 3; }
                        """);

        DebugInformation debug = compilation.image().orElseThrow().debug();
        List<String> places =
                debug.lines().stream()
                        .map(line -> debug.files().get(line.file()) + ":" + line.line())
                        .distinct()
                        .toList();
        assertThat(places)
                .contains("generated.c:1", "disk.scn:72", "disk.scn:5")
                .allMatch(place -> !place.equals("generated.c:5"));
    }

    @Test
    void aMistakeIsReportedThere() {
        Compilation compilation =
                compile("#line 12 \"disk.scn\"\nint f(void) { return unknown; }\n");

        assertThat(compilation.diagnostics().getFirst().position().toString())
                .startsWith("disk.scn:12:");
        assertThat(compilation.diagnostics().getFirst().render()).contains("unknown");
    }

    @Test
    void aDirectiveWithoutNumberIsAMistake() {
        for (String wrong : List.of("#line", "#line x", "#line 1 2", "#line -1 \"a\"")) {
            assertThat(compile(wrong + "\nint x;\n").diagnostics())
                    .describedAs(wrong)
                    .anyMatch(d -> d.message().startsWith("#line needs a line number"));
        }
    }
}
