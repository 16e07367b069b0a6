package dev.dirql.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a shell sees of dirql: pipes, full devices, limits of the host. */
class ShellTest {
    @TempDir private Path directory = Path.of("");

    @BeforeEach
    void scenario() throws InterruptedException {
        HostPrograms.require("bash", "bash", "-c", "true");
        new CommandLine(directory).run("new", "first");
    }

    private CommandLine.Ended shell(String line) throws Exception {
        return new DirqlProcess(directory).shell(line);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "run --no-trace first.scn", "ddis --json"})
    void fullDeviceIsSaidAndIsTheHostsFault(String arguments) throws Exception {
        HostPrograms.require("coreutils", "test", "-c", "/dev/full");

        CommandLine.Ended ended = shell("dirql " + arguments + " > /dev/full");

        assertThat(ended.code()).isEqualTo(3);
        assertThat(ended.err()).startsWith("dirql: the output cannot be written: ").hasLineCount(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ddis", "trace show trace", "trace show --json trace"})
    void readerThatHasSeenEnoughIsNoMistake(String arguments) throws Exception {
        new CommandLine(directory).run("run", "--trace", "trace", "first.scn");

        CommandLine.Ended ended =
                shell("dirql %s | head -n 1; exit ${PIPESTATUS[0]}".formatted(arguments));

        assertThat(ended.code()).isZero();
        assertThat(ended.err()).isEmpty();
        assertThat(ended.out()).hasLineCount(1);
    }

    @Test
    void runNeedsNoInputAndNoTerminal() throws Exception {
        CommandLine.Ended ended =
                shell("TERM=dumb dirql run --trace trace first.scn <&- 2>err.txt");

        assertThat(ended.code()).isZero();
        assertThat(ended.out()).contains("Passed.").doesNotContain("\u001b");
        assertThat(directory.resolve("err.txt")).isEmptyFile();
    }

    @Test
    void traceThatTheHostLetsGrowNoMoreIsKeptAndReadable() throws Exception {
        CommandLine.Ended ended =
                shell(
                        "ulimit -f 4096; dirql run --quiet --set expiries=-1 --trace trace"
                                + " first.scn");

        CommandLine here = new CommandLine(directory);
        assertThat(ended.code()).isEqualTo(3);
        assertThat(ended.err()).isEmpty();
        assertThat(ended.out())
                .contains("no more room on the disk", "Stopped before its end")
                .endsWith("Replay: dirql replay trace\n");
        assertThat(here.run("trace", "show", "trace").out().lines().count()).isGreaterThan(10_000);
        assertThat(here.run("replay", "trace").out()).startsWith("Identical: ");
    }

    @Test
    void fileThatCannotBeWrittenWholeIsNotLeftInPart() throws Exception {
        // A limit of one kibibyte: the first scenario is longer.
        CommandLine.Ended ended = shell("ulimit -f 1; dirql new second");

        assertThat(ended.code()).isEqualTo(3);
        assertThat(ended.err()).startsWith("dirql: second.scn: cannot be written (");
        assertThat(directory.resolve("second.scn")).doesNotExist();
    }

    @Test
    void completionNamesCommandsAndOptions() throws Exception {
        Files.writeString(
                directory.resolve("complete.bash"),
                """
                source <(dirql completion)
                # Bash has it inside of a completion only.
                compopt() { :; }
                complete -p dirql | grep -q -- '-F _complete_dirql dirql' || exit 9
                completed() {
                    COMP_WORDS=("$@")
                    COMP_CWORD=$(($# - 1))
                    COMPREPLY=()
                    _complete_dirql dirql "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
                    echo "${COMPREPLY[@]}"
                }
                completed dirql re
                completed dirql trace ''
                completed dirql de
                completed dirql debug --tls-
                completed dirql att
                completed dirql run --trace-
                completed ./dirql trace show --kind LockAc
                """);

        CommandLine.Ended ended = shell("source ./complete.bash");

        assertThat(ended.err()).isEmpty();
        assertThat(ended.code()).isZero();
        assertThat(ended.out().lines())
                .containsExactly(
                        "replay",
                        "show locks diff list prune",
                        "debug devices",
                        "--tls-cert --tls-key",
                        "attach",
                        "--trace-limit",
                        "LockAcquired");
    }
}
