package dev.dirql.console.gdb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.console.ConsoleRoom;
import dev.dirql.debugger.CheckpointLimits;
import dev.dirql.debugger.DebugSession;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A machine that would go for ever is stopped. */
@Timeout(120)
class InterruptTest {
    private static final String FOREVER =
            """
            scenario "for ever"
            machine { processors 2 }
            driver busy {
                volatile LONG Count;
                NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath) {
                    UNREFERENCED_PARAMETER(Driver);
                    UNREFERENCED_PARAMETER(RegistryPath);
                    for (;;)
                        Count++;
                }
            }
            """;

    @Test
    void aByte3StopsTheMachine() throws IOException, InterruptedException {
        try (DebugSession session =
                        new DebugSession(
                                () -> DiskRun.openText(FOREVER, 2), CheckpointLimits.standard());
                ConsoleRoom room = new ConsoleRoom(session, () -> {});
                GdbServer server = new GdbServer(session, room, RealGdbTest.anyPort());
                RspClient client = new RspClient(server.address())) {
            client.send("vCont;c");
            while (!session.isRunning()) {
                Thread.sleep(5);
            }
            client.raw("\u0003");

            assertThat(client.next()).startsWith("T02thread:");
            assertThat(client.ask("vCont;s:1;c")).startsWith("T05thread:1;");
        }
    }
}
