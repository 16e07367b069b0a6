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
                "runn x.scn | Did you mean run?",
                "--nonsense | --nonsense",
                "'' | name a command",
                "trace | show, locks, diff, list or prune",
                "trace show | TRACE",
                "trace show missing | missing: there is no such directory",
                "trace locks missing | missing: there is no such directory",
                "trace diff missing missing | missing: there is no such directory",
                "trace list missing | missing: there is no such directory",
                "trace prune missing | missing: there is no such directory",
                "check | SCENARIO",
                "check missing.scn | missing.scn: cannot be read: no such file",
                "check . | a directory",
                "check missing.scn --seed x | --seed",
                "check missing.scn --seed -1 | a seed is 0 or positive",
                "check missing.scn --processors 65 | 1 to 64 processors",
                "check missing.scn --set transfers | write NAME=VALUE",
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
}
