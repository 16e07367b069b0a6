package dev.dirql.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BadInputTest {
    @TempDir private Path directory = Path.of("");

    private CommandLine.Ended run(String... arguments) {
        return new CommandLine(directory).run(arguments);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "runn x.scn | dirql has no command 'runn'. Did you mean run?",
                "abcdef | dirql has no command 'abcdef'.",
                "--nonsense | dirql has no option --nonsense.",
                "run x.scn --josn | dirql run has no option --josn. Did you mean --json?",
                "run x.scn y.scn | 'y.scn' is more than dirql run takes.",
                "run x.scn --version | dirql run has no option --version.",
                "'' | name a command",
                "trace | show, locks, diff, list or prune",
                "trace show | TRACE",
                "trace show missing | missing: there is no such directory",
                "trace locks missing | missing: there is no such directory",
                "trace diff missing missing | missing: there is no such directory",
                "trace list missing | missing: there is no such directory",
                "trace prune missing | missing: there is no such directory",
                "trace prune --keep -1 | a number of traces is 0 or more",
                "trace prune --keep x | 'x' is no whole number",
                "replay missing --anyway | --anyway says something about --scenario",
                "replay missing --until soon | 'soon' is no position",
                "trace show missing --kind Lock | there is no such event",
                "trace show missing --from 7 --to 6 | --from 7 lies behind --to 6",
                "trace show missing --lock 0xg | not an address",
                "check | SCENARIO",
                "check missing.scn | missing.scn: cannot be read: no such file",
                "check . | a directory",
                "check missing.scn --seed x | 'x' is no whole number",
                "check missing.scn --seed 99999999999999999999 | is too large a number",
                "check missing.scn --seed 1 --seed 2 | --seed",
                "check missing.scn --processors 0 | 1 to 64 processors",
                "check missing.scn --processors -1 | 1 to 64 processors",
                "check missing.scn --set =1 | write NAME=VALUE",
                "run missing.scn --trace-limit 0 | '0' is no size",
                "run missing.scn --trace-limit -5 | '-5' is no size",
                "run missing.scn --trace-limit 1x | '1x' is no size",
                "run missing.scn --trace= | --trace: name a directory",
                "run missing.scn --no-trace --trace t | --no-trace goes with neither",
                "check missing.scn --seed -1 | a seed is 0 or positive",
                "check missing.scn --processors 65 | 1 to 64 processors",
                "check missing.scn --set transfers | write NAME=VALUE",
                "headers | DIR",
                "headers out --scenario missing.scn | missing.scn: cannot be read: no such file",
                "headers out --set a=1 | name it with --scenario FILE",
                "new | NAME",
                "new no-such-directory/x | its directory does not exist",
            })
    void wrongCommandLineIsOneClearMessageAndExit2(String line, String message) {
        String[] arguments = line.isBlank() ? new String[0] : line.strip().split(" ");

        CommandLine.Ended outcome = run(arguments);

        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.err()).startsWith("dirql: ").contains(message);
        assertThat(outcome.err()).doesNotContain("\tat ", "Exception");
        assertThat(outcome.out()).isEmpty();
    }

    @Test
    void wrongScenarioIsShownWithPlaceLineAndCaret() throws IOException {
        Files.writeString(directory.resolve("a.scn"), "machine {\n    procesors 3\n}\n");

        CommandLine.Ended outcome = run("check", "a.scn");

        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.err())
                .contains("a.scn:2:5: error:", "    procesors 3", "^", "processors")
                .endsWith("dirql: a.scn: 1 error\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\u0000\u0001\u0002", "driver d { \"", "\"", "}}}}", "machine {"})
    void noTextIsTooStrangeToBeAnswered(String text) throws IOException {
        Files.writeString(directory.resolve("a.scn"), text);

        CommandLine.Ended outcome = run("check", "a.scn");

        assertThat(outcome.code()).isIn(0, 2);
        assertThat(outcome.err()).doesNotContain("\tat ", "Exception", "fault of dirql");
    }

    @Test
    void fileThatIsNoTextIsSaidToBeNone() throws IOException {
        Files.write(directory.resolve("a.scn"), new byte[] {(byte) 0xC3, 0x28});

        assertThat(run("check", "a.scn").err()).contains("a.scn: cannot be read: not UTF-8 text");
    }

    @Test
    void directoryThatIsNoTraceIsSaidToBeNone() throws IOException {
        Files.createDirectory(directory.resolve("d"));
        Files.writeString(directory.resolve("f"), "x");

        assertThat(run("trace", "show", "d").code()).isEqualTo(2);
        assertThat(run("trace", "show", "f").err()).contains("a trace is a directory");
    }

    @Test
    void firstScenarioIsNotWrittenOverAnother() throws IOException {
        Files.writeString(directory.resolve("mine.scn"), "mine");

        CommandLine.Ended outcome = run("new", "mine");

        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.err()).contains("mine.scn: there is one already");
        assertThat(directory.resolve("mine.scn")).hasContent("mine");
    }

    @Test
    void everyCommandExplainsItself() {
        for (String command :
                "run,replay,test,check,new,devices,ddis,completion,trace,trace show,trace locks,trace diff,trace list,trace prune"
                        .split(",")) {
            CommandLine.Ended outcome = run((command + " --help").split(" "));

            assertThat(outcome.code()).isZero();
            assertThat(outcome.out())
                    .startsWith("Usage: dirql " + command + " [-h]")
                    .doesNotContain("--version");
            assertThat(outcome.out().lines()).allMatch(line -> line.length() <= 100);
            assertThat(outcome.err()).isEmpty();
        }
    }

    @Test
    void beforeTheFirstRunThereAreNoTraces() {
        assertThat(run("trace", "list").out())
                .isEqualTo("dirql-traces: no traces. Record one with: dirql run SCENARIO\n");
        assertThat(run("trace", "list", "--json").out()).contains("\"traces\" : [ ]");
        assertThat(run("trace", "prune").out()).isEqualTo("removed 0 traces\n");
    }

    @Test
    void selectionThatCannotMeetAnythingIsSaidToBeWrong() {
        run("new", "first");
        run("run", "--trace", "trace", "first.scn");

        assertThat(run("trace", "show", "trace", "--cpu", "2").err())
                .contains("--cpu 2: the trace is of 2 processors");
        assertThat(run("trace", "show", "trace", "--lock", "first.Lock").err())
                .contains("no such lock", "first.extension.Lock");
        assertThat(run("trace", "show", "trace", "--cpu", "-1").out()).contains("LineChanged");
        assertThat(run("trace", "show", "trace", "--lock", "first.extension.Lock").out())
                .contains("LockAcquired");
        // Right, though nothing is there.
        assertThat(run("trace", "show", "trace", "--kind", "BugChecked").code()).isZero();
    }

    @Test
    void listSaysWhyATraceCannotBeRead() throws IOException {
        Files.createDirectories(directory.resolve("t/bad"));
        Files.writeString(directory.resolve("t/bad/header.json"), "{}");

        CommandLine.Ended outcome = run("trace", "list", "t");

        assertThat(outcome.code()).isZero();
        assertThat(outcome.out()).contains("t/bad  ", "unreadable", "bad/header.json: not written");
    }

    @Test
    void strangeLineEndingsAndMarksChangeNothing() throws IOException {
        run("new", "first");
        String text = Files.readString(directory.resolve("first.scn"));
        Files.writeString(directory.resolve("marked.scn"), "\uFEFF" + text);
        Files.writeString(directory.resolve("windows.scn"), text.replace("\n", "\r\n"));

        assertThat(run("run", "--no-trace", "marked.scn").out()).contains("Passed.");
        assertThat(run("run", "--no-trace", "windows.scn").out()).contains("Passed.");
    }

    @Test
    void endlessLineIsShownAroundItsMistake() throws IOException {
        String line = "machine { " + " ".repeat(5_000) + "procesors 1 " + " ".repeat(5_000) + "}";
        Files.writeString(directory.resolve("a.scn"), line);

        CommandLine.Ended outcome = run("check", "a.scn");

        assertThat(outcome.err().lines()).allMatch(shown -> shown.length() < 200);
        assertThat(outcome.err())
                .contains("a.scn:1:5011: error:", "… ", "procesors 1", "^~~~~~~~~");
    }

    @Test
    void scenarioThatIsTooLongIsNotReadToItsEnd() throws IOException {
        Files.writeString(directory.resolve("a.scn"), " ".repeat((16 << 20) + 1));

        assertThat(run("check", "a.scn").err()).contains("longer than 16 MB");
    }

    @Test
    void wrongInputGivesAProgramNoDocumentAndExit2() {
        for (String command : "run,check,replay,trace show,trace locks".split(",")) {
            CommandLine.Ended outcome = run((command + " --json missing").split(" "));

            assertThat(outcome.code()).isEqualTo(2);
            assertThat(outcome.out()).isEmpty();
            assertThat(outcome.err()).startsWith("dirql: ").contains("missing: ").hasLineCount(1);
        }
    }
}
