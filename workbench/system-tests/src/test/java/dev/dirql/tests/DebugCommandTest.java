package dev.dirql.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The program as a debugger: one process holds the run, another one attaches. */
@Timeout(600)
class DebugCommandTest {
    @TempDir private Path directory;

    /** Starts debug, waits until it listens, types into attach, and waits for the end of both. */
    private CommandLine.Ended session(String target, String typed) throws Exception {
        Files.writeString(directory.resolve("typed"), typed);
        Files.writeString(
                directory.resolve("session.bash"),
                """
                dirql debug '%s' --console 127.0.0.1:0 --token-file token >listening 2>debug.err &
                for i in $(seq 600); do
                    grep -q listening listening 2>/dev/null && break
                    sleep 0.1
                done
                read -r word kind address <listening
                dirql attach "$address" --token-file token <typed
                code=$?
                wait $!
                echo "debug: $? attach: $code $word $kind"
                cat debug.err
                """
                        .formatted(target));
        return new DirqlProcess(directory).shell("source ./session.bash");
    }

    @Test
    void aScenarioIsDebugged() throws Exception {
        Files.copy(
                Repository.root().resolve("scripts/abba-deadlock.scn"),
                directory.resolve("abba.scn"));

        CommandLine.Ended ended =
                session("abba.scn", "g\n!deadlock\ng-\n!tt 17:0\n!spinlocks --json\nq\n");

        assertThat(ended.err()).isEmpty();
        assertThat(ended.out())
                .startsWith("dirql, abba.scn, 2 processors. You drive.\n")
                .contains(
                        "Deadlock detected (2 resources in 2 threads):",
                        "The run begins here.",
                        "{\"locks\":[{\"lock\":\"careless.First\"")
                .endsWith("debug: 0 attach: 0 listening console\n");
    }

    @Test
    void aTraceIsDebugged() throws Exception {
        Files.copy(
                Repository.root().resolve("scripts/abba-deadlock.scn"),
                directory.resolve("abba.scn"));
        assertThat(
                        new DirqlProcess(directory)
                                .shell("dirql run abba.scn --quiet --trace trace")
                                .code())
                .isZero();

        CommandLine.Ended ended = session("trace", "g\n!analyze\ng-\nq\n");

        assertThat(ended.err()).isEmpty();
        assertThat(ended.out())
                .contains("Deadlock (1001): ", "The run begins here.")
                .endsWith("debug: 0 attach: 0 listening console\n");
    }

    @Test
    void anAddressThatOthersReachNeedsToBeMeant() throws Exception {
        Files.copy(
                Repository.root().resolve("scripts/abba-deadlock.scn"),
                directory.resolve("abba.scn"));

        CommandLine.Ended ended =
                new DirqlProcess(directory).shell("dirql debug abba.scn --console 0.0.0.0:0");

        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.err()).startsWith("dirql: 0.0.0.0:0 can be reached by others.");
    }

    @Test
    void gdbAttachesWithTheSymbolsThatWerePrinted() throws Exception {
        HostPrograms.require("gdb", "gdb", "--version");
        Files.copy(
                Repository.root().resolve("scripts/abba-deadlock.scn"),
                directory.resolve("abba.scn"));
        Files.writeString(
                directory.resolve("session.bash"),
                """
                dirql debug abba.scn --console 127.0.0.1:0 --token-file token --gdb 127.0.0.1:0 \
                    --symbols symbols >listening 2>debug.err &
                for i in $(seq 600); do
                    grep -q symbols listening 2>/dev/null && break
                    sleep 0.1
                done
                address=$(sed -n 's/^listening gdb //p' listening)
                gdb -nx -batch -ex "target remote $address" -ex 'info line DriverEntry' \
                    -ex 'info threads' -ex 'monitor q' symbols
                wait $!
                echo "debug: $?"
                cat debug.err
                """);

        CommandLine.Ended ended = new DirqlProcess(directory).shell("source ./session.bash");

        assertThat(ended.out())
                .contains("of \"abba.scn\" ", "\"cpu1 PASSIVE_LEVEL 0\"")
                .endsWith("debug: 0\n");
    }

    @Test
    void gdbsProtocolIsOfferedOnLoopbackOnly() throws Exception {
        Files.copy(
                Repository.root().resolve("scripts/abba-deadlock.scn"),
                directory.resolve("abba.scn"));

        CommandLine.Ended ended =
                new DirqlProcess(directory)
                        .shell(
                                "dirql debug abba.scn --console 127.0.0.1:0 --token-file token"
                                        + " --gdb 0.0.0.0:0");

        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.err()).contains("gdb's protocol has no authentication");
    }

    @Test
    void aTokenIsNeededToAttach() throws Exception {
        CommandLine.Ended ended =
                new DirqlProcess(directory).shell("unset DIRQL_TOKEN; dirql attach 127.0.0.1:1");

        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.err()).contains("DIRQL_TOKEN");
    }
}
