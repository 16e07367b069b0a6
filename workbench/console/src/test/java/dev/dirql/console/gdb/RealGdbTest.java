package dev.dirql.console.gdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.dirql.console.ConsoleRoom;
import dev.dirql.console.gdb.symbols.SymbolFile;
import dev.dirql.console.server.ConsoleServer;
import dev.dirql.debugger.CheckpointLimits;
import dev.dirql.debugger.DebugSession;
import dev.dirql.debugger.Debugger;
import dev.dirql.simulation.LiveRun;
import dev.dirql.simulation.OpenRun;
import dev.dirql.simulation.Replay;
import dev.dirql.simulation.TraceTarget;
import dev.dirql.store.TraceReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The real gdb attaches, goes forwards and backwards, detaches and attaches again. */
@Timeout(300)
class RealGdbTest {
    /** Watches what {@code StartIo} counts, and the interrupt spin lock, from within the ISR. */
    private static final String SESSION =
            """
            set pagination off
            set confirm off
            set width 0
            set architecture i386:x86-64
            set tcp connect-timeout 60
            target remote @PORT
            printf "--- attached\\n"
            info threads
            break *@ISR
            continue
            printf "--- in the ISR at IRQL %d, cr8 %d, rip %#lx\\n", $irql, $cr8, $rip
            info threads
            monitor !spinlocks
            set $extension = *(unsigned long long*)($rdx + 0x40)
            set $lock = *(unsigned long long*)($rcx + 0x48)
            set $isr = $_thread
            set $sp = $rsp
            stepi
            printf "--- stepped to %#lx\\n", $rip
            reverse-stepi
            printf "--- back at %#lx, stack the same %d\\n", $rip, $rsp == $sp
            watch -l *(unsigned int*)($extension + 8)
            reverse-continue
            printf "--- written by thread %d, IRQL %d\\n", $_thread, $irql
            delete
            printf "--- value before %d\\n", *(unsigned int*)($extension + 8)
            stepi
            printf "--- value behind %d\\n", *(unsigned int*)($extension + 8)
            watch -l *(unsigned long long*)$lock
            reverse-continue
            printf "--- lock taken by thread %d, word %d\\n", $_thread, *(int*)$lock
            delete
            reverse-continue
            printf "--- at the beginning\\n"
            break *@ISR
            continue
            printf "--- again in the ISR of thread %d\\n", $_thread
            delete
            continue
            printf "--- at the end\\n"
            detach
            target remote @PORT
            printf "--- attached again\\n"
            monitor !irql
            reverse-stepi
            kill
            """;

    @TempDir Path directory;

    @BeforeAll
    static void requireGdb() throws InterruptedException {
        try {
            int code =
                    new ProcessBuilder("gdb", "--version")
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor();
            if (code == 0) {
                return;
            }
        } catch (IOException e) {
            // Said below.
        }
        String message = "'gdb --version' does not work here; install the Debian package gdb";
        if (Boolean.getBoolean("dirql.tools.required")) {
            fail(message);
        }
        abort(message);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 8})
    void aLiveRunIsDebuggedInBothDirections(int processors)
            throws IOException, InterruptedException {
        isDebugged(() -> DiskRun.open(processors, Optional.empty()), processors);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 8})
    void aTraceIsDebuggedInBothDirections(int processors) throws IOException, InterruptedException {
        Path trace = directory.resolve("trace");
        try (LiveRun run =
                DiskRun.open(
                        processors,
                        Optional.of(new TraceTarget(trace, TraceTarget.NO_LIMIT, true)))) {
            run.go(Long.MAX_VALUE);
        }
        try (TraceReader reader = TraceReader.open(trace)) {
            Replay replay = Replay.of(reader, Replay.recorded(reader));
            isDebugged(replay::open, processors);
        }
    }

    private void isDebugged(Supplier<? extends OpenRun> opener, int processors)
            throws IOException, InterruptedException {
        try (DebugSession session = new DebugSession(opener, CheckpointLimits.standard());
                ConsoleRoom room = new ConsoleRoom(session, () -> {});
                GdbServer server = new GdbServer(session, room, anyPort())) {
            long routine =
                    session.ask(debugger ->
                                    debugger.inspection().address("disk_driver!OnInterrupt"))
                            .join()
                            .orElseThrow();
            String isr = "0x%x".formatted(routine);

            String said =
                    gdb(
                            SESSION.replace("@PORT", ConsoleServer.text(server.address()))
                                    .replace("@ISR", isr));

            assertThat(said).contains("\"cpu0 PASSIVE_LEVEL 0\"");
            assertThat(said.split("Thread \\d+ \"cpu", -1)).hasSizeGreaterThan(2 * processors);
            assertThat(said).contains("\"cpu" + (processors - 1) + " ");
            assertThat(said).containsPattern("--- in the ISR at IRQL (\\d+), cr8 \\1, rip " + isr);
            assertThat(said).contains("\"cpu0 DIRQL ");
            assertThat(said).containsIgnoringCase("disk_driver");
            assertThat(said).doesNotContain("--- stepped to " + isr + "\n");
            assertThat(said).contains("--- back at " + isr + ", stack the same 1");
            int writer = processors == 1 ? 1 : 2;
            assertThat(said).contains("--- written by thread " + writer + ", IRQL ");
            assertThat(said).contains("--- value before ");
            assertThat(said).contains("--- value behind 1");
            assertThat(said).contains("--- lock taken by thread " + writer + ", word 0");
            assertThat(said)
                    .containsPattern("No more reverse-execution history[^-]*--- at the beginning");
            assertThat(said).contains("--- again in the ISR of thread 1");
            assertThat(said)
                    .containsPattern("No more reverse-execution history[^-]*--- at the end");
            assertThat(said).contains("--- attached again");
            assertThat(said).contains("Debugger saved IRQL for processor 0x");
            assertThat(session.ask(debugger -> debugger.stopPoints().size()).join()).isZero();
        }
    }

    @Test
    void aCommandOfTheConsoleMovesTheMachineAndARegisterIsWritten()
            throws IOException, InterruptedException {
        try (DebugSession session =
                        new DebugSession(
                                () -> DiskRun.open(2, Optional.empty()),
                                CheckpointLimits.standard());
                ConsoleRoom room = new ConsoleRoom(session, () -> {});
                GdbServer server = new GdbServer(session, room, anyPort())) {
            String said =
                    gdb(
                            """
                            set pagination off
                            set confirm off
                            set architecture i386:x86-64
                            target remote %s
                            monitor !tt 100us
                            maintenance flush register-cache
                            monitor nothing
                            set $rax = 0x1234
                            maintenance flush register-cache
                            printf "rax is %%#x\\n", $rax
                            monitor .branch
                            detach
                            """
                                    .formatted(ConsoleServer.text(server.address())));

            assertThat(said).contains("The machine has moved");
            assertThat(said).contains("rax is 0x1234");
            assertThat(said).containsIgnoringCase("error");
        }
    }

    @Test
    void sourceLinesAreShownAndSteppedInBothDirections() throws IOException, InterruptedException {
        String source = DiskRun.text(2);
        Files.writeString(directory.resolve("disk.scn"), source);
        int line = lineOf(source, "extension->Interrupts++;");
        try (DebugSession session =
                        new DebugSession(
                                () -> DiskRun.open(2, Optional.empty()),
                                CheckpointLimits.standard());
                ConsoleRoom room = new ConsoleRoom(session, () -> {});
                GdbServer server = new GdbServer(session, room, anyPort())) {
            Path symbols =
                    Files.write(
                            directory.resolve("symbols"),
                            session.ask(debugger ->
                                            SymbolFile.of(
                                                    debugger.inspection(), directory.toString()))
                                    .join());

            String said =
                    gdb(
                            """
                            set pagination off
                            set confirm off
                            file @SYMBOLS
                            target remote @PORT
                            break disk.scn:@LINE
                            continue
                            next
                            printf "--- stepped\\n"
                            reverse-next
                            printf "--- stepped back\\n"
                            info symbol OnInterrupt
                            delete
                            break AccessDevice
                            reverse-continue
                            list
                            printf "--- stack\\n"
                            bt
                            delete
                            printf "--- finish\\n"
                            finish
                            break OnInterrupt
                            continue
                            delete
                            bt
                            finish
                            break KeSynchronizeExecution
                            continue
                            delete
                            stepi
                            bt
                            detach
                            """
                                    .replace("@SYMBOLS", symbols.toString())
                                    .replace("@PORT", ConsoleServer.text(server.address()))
                                    .replace("@LINE", String.valueOf(line)));

            assertThat(said).doesNotContain("warning:", "No symbol", "corrupt");
            assertThat(said)
                    .contains("hit Breakpoint 1, OnInterrupt () at disk.scn:" + line)
                    .containsPattern("\n" + line + "\\s+extension->Interrupts\\+\\+;\n")
                    .containsPattern(
                            "\n" + (line + 1) + "\\s+extension->DeviceStatus = status;\n--- step")
                    .containsPattern("\n" + line + "\\s+extension->Interrupts.*\n--- stepped back")
                    .contains("OnInterrupt in section .text.disk_driver")
                    .containsPattern(
                            "hit Breakpoint 2, (0x\\w+ in )?AccessDevice \\(\\) at disk.scn:")
                    .contains("PACCESS access = Context;")
                    .containsPattern(
                            "#1 .*KiSynchronizeExecution \\(\\)\n#2 .*StartIo \\(\\) at disk.scn:\\d+\n"
                                    + "#3 .*Ki\\w+ \\(\\)\n#4 .*DispatchWrite \\(\\) at")
                    .containsPattern("--- finish\n(.*\n)?0x\\w+ in KiSynchronizeExecution \\(\\)\n")
                    .containsPattern(
                            "#1 .*KiCallInterruptServiceRoutine \\(\\)\n#2 +<signal handler called>\n#3 ")
                    .containsPattern("\n0x\\w+ in KiCallInterruptServiceRoutine \\(\\)\n")
                    .containsPattern(
                            "hit Breakpoint \\d+, 0x\\w+ in KeSynchronizeExecution \\(\\)");
            String stack =
                    said.substring(said.indexOf("hit Breakpoint", said.indexOf("in KiCall")));
            List<String> engines = session.ask(debugger -> names(debugger, said)).join();
            assertThat(engines).isNotEmpty();
            for (int i = 0; i < engines.size(); i++) {
                assertThat(stack)
                        .containsPattern(
                                "\n#%d +(<signal handler|(0x\\w+ in )?%s \\(\\))"
                                        .formatted(i, engines.get(i)));
            }
            assertThat(stack).doesNotContain("\n#" + (engines.size() + 1) + " ");
        }
    }

    /** Names of the call stack of the processor that gdb stopped at last. */
    private static List<String> names(Debugger debugger, String said) {
        int processor =
                Integer.parseInt(
                        said.substring(said.lastIndexOf("\"cpu") + 4).replaceAll("(?s)\\D.*", ""));
        return debugger.inspection().stack(processor).frames().stream()
                .map(frame -> frame.name().replaceAll(".*!", "").replaceAll("\\+0x.*", ""))
                .toList();
    }

    private static int lineOf(String source, String text) {
        return 1
                + (int)
                        source.substring(0, source.indexOf(text))
                                .chars()
                                .filter(c -> c == '\n')
                                .count();
    }

    static InetSocketAddress anyPort() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    private String gdb(String commands) throws IOException, InterruptedException {
        Path script = Files.writeString(directory.resolve("session.gdb"), commands);
        Path out = directory.resolve("session.out");
        Process gdb =
                new ProcessBuilder("gdb", "-nx", "-batch", "-x", script.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(out.toFile())
                        .start();
        try {
            boolean over = gdb.waitFor(200, TimeUnit.SECONDS);
            String said = Files.readString(out, StandardCharsets.UTF_8);
            assertThat(over).as(said).isTrue();
            return said;
        } finally {
            gdb.destroyForcibly();
        }
    }
}
