package dev.dirql.tests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** A report says beside each parameter of a bug check what it means. */
class BugCheckReportTest {
    private static CommandLine.Ended run(String... arguments) {
        return new CommandLine(
                        Repository.root()
                                .resolve("workbench/system-tests/src/test/resources/ddi/mistakes"))
                .run(arguments);
    }

    @Test
    void theReportNamesTheParameters() {
        String out = run("run", "--no-trace", "dpc-waits.scn").out();

        assertThat(out)
                .contains("  ATTEMPTED_SWITCH_FROM_DPC (b8)\n")
                .containsPattern("    0xf{5}8\\w+  +thread that tried to give way\n")
                .containsPattern("    0xf{5}8\\w+  +thread that would run next\n")
                .containsPattern("    0xf{5}8\\w+  +stack address of the first thread\n");
    }

    @Test
    void aFastFailOfALookasideListHasATrapFrameAndAnExceptionRecord() {
        String out = run("run", "--no-trace", "lookaside-list-corrupt.scn").out();

        assertThat(out)
                .containsPattern("    0x3  +kind of corruption: list entry\n")
                .containsPattern("    0xf{5}8\\w+  +trap frame\n")
                .containsPattern("    0xf{5}8\\w+  +exception record\n");
    }

    @Test
    void aParameterThatIsCodeIsNamed() {
        CommandLine scripts = new CommandLine(Repository.root().resolve("scripts"));

        String out = scripts.run("run", "--no-trace", "unloaded-too-early.scn").out();

        assertThat(out)
                .containsPattern("    0x\\w+  +address referenced")
                .containsPattern("    0x0  +access: read\n");
    }

    @Test
    void theDocumentHasThemAsFields() throws IOException {
        JsonNode bugCheck =
                new ObjectMapper()
                        .readTree(run("run", "--no-trace", "--json", "dpc-waits.scn").out())
                        .get("bugcheck");

        assertThat(bugCheck.get("parameters")).hasSize(4);
        assertThat(bugCheck.get("parameter_meanings"))
                .extracting(JsonNode::asText)
                .containsExactly(
                        "thread that tried to give way",
                        "thread that would run next",
                        "stack address of the first thread",
                        "");
    }
}
