package dev.dirql.console.gdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dirql.console.ConsoleError;
import dev.dirql.console.ConsoleRoom;
import dev.dirql.debugger.CheckpointLimits;
import dev.dirql.debugger.DebugSession;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What goes over the line, and what becomes of clients that are none. */
@Timeout(120)
class GdbServerTest {
    private final DebugSession session =
            new DebugSession(() -> DiskRun.open(2, Optional.empty()), CheckpointLimits.standard());
    private final ConsoleRoom room = new ConsoleRoom(session, () -> {});
    private final GdbServer server = new GdbServer(session, room, RealGdbTest.anyPort());

    @AfterEach
    void end() {
        server.close();
        room.close();
        session.close();
    }

    /** The server has noticed that the last client is gone. */
    private RspClient client() throws IOException, InterruptedException {
        for (int i = 0; i < 600; i++) {
            RspClient client = new RspClient(server.address());
            if (client.ask("qAttached").equals("1")) {
                return client;
            }
            client.close();
            Thread.sleep(50);
        }
        throw new IOException("nobody answers");
    }

    @Test
    void onlyTheLoopbackAddressIsListenedAt() {
        assertThatThrownBy(() -> new GdbServer(session, room, new InetSocketAddress("0.0.0.0", 0)))
                .isInstanceOf(ConsoleError.class)
                .hasMessageContaining("no authentication");
    }

    @Test
    void whatGdbAsksWhenItAttachesIsAnswered() throws IOException, InterruptedException {
        try (RspClient client = client()) {
            assertThat(client.ask("qSupported:multiprocess+;swbreak+;xmlRegisters=i386"))
                    .contains("ReverseStep+", "ReverseContinue+", "qXfer:features:read+");
            assertThat(client.ask("vMustReplyEmpty")).isEmpty();
            assertThat(client.ask("QStartNoAckMode")).isEqualTo("OK");
            assertThat(client.ask("Hg0")).isEqualTo("OK");
            assertThat(client.ask("?")).isEqualTo("T05thread:1;core:0;");
            assertThat(client.ask("qfThreadInfo")).isEqualTo("m1,2");
            assertThat(client.ask("qsThreadInfo")).isEqualTo("l");
            assertThat(client.ask("qXfer:threads:read::0,1000"))
                    .contains("<thread id=\"2\" core=\"1\" name=\"cpu1 PASSIVE_LEVEL 0\"/>");
            assertThat(client.ask("qXfer:memory-map:read::0,10")).startsWith("m<?xml");
            assertThat(client.ask("vCont?")).isEqualTo("vCont;c;C;s;S;t;r");
            assertThat(client.ask("vCont;t")).isEqualTo("T00thread:1;core:0;");
            assertThat(client.ask("QThreadEvents:0")).isEqualTo("OK");
            assertThat(client.ask("D")).isEqualTo("OK");
            assertThat(client.next()).isEqualTo("closed");
        }
    }

    @Test
    void theRegistersAreAsLongAsTheirDescriptionSays() throws IOException, InterruptedException {
        try (RspClient client = client()) {
            String description = client.ask("qXfer:features:read:target.xml:0,400");
            assertThat(description).startsWith("m<?xml");
            String text = description.substring(1);
            while (description.startsWith("m")) {
                description =
                        client.ask(
                                "qXfer:features:read:target.xml:%x,400".formatted(text.length()));
                text += description.substring(1);
            }
            int bits =
                    java.util.regex.Pattern.compile("bitsize=\"(\\d+)\"")
                            .matcher(text)
                            .results()
                            .mapToInt(match -> Integer.parseInt(match.group(1)))
                            .sum();

            String values = client.ask("g");

            assertThat(values).hasSize(bits / 4);
            assertThat(client.ask("G" + values)).isEqualTo("OK");
            assertThat(session.ask(debugger -> debugger.branches().size()).join()).isZero();
            assertThat(client.ask("P0=8877665544332211")).isEqualTo("OK");
            assertThat(client.ask("p0")).isEqualTo("8877665544332211");
            assertThat(session.ask(debugger -> debugger.branches().size()).join()).isEqualTo(1);
        }
    }

    @Test
    void memoryIsReadAndWrittenInHexAndInBinary() throws IOException, InterruptedException {
        try (RspClient client = client()) {
            long stack = Long.reverseBytes(Long.parseUnsignedLong(client.ask("p7"), 16)) - 0x100;
            String at = Long.toHexString(stack);

            assertThat(client.ask("M" + at + ",4:23247d2a")).isEqualTo("OK");
            assertThat(client.ask("m" + at + ",4")).isEqualTo("23247d2a");
            assertThat(client.ask("x" + at + ",4"))
                    .isEqualTo("b" + PacketText.escaped("#$}*".getBytes(StandardCharsets.UTF_8)));
            assertThat(client.ask("X" + at + ",2:}\u0003z")).isEqualTo("OK");
            assertThat(client.ask("m" + at + ",2")).isEqualTo("237a");
            assertThat(client.ask("m10,4")).isEqualTo("E0e");
        }
    }

    @Test
    void whoGoesAwayStopsTheMachineAndLeavesNothingBehind()
            throws IOException, InterruptedException {
        try (RspClient client = client()) {
            assertThat(client.ask("Z0,fffff80100001000,1")).isEqualTo("OK");
            client.send("vCont;c");
        }
        try (RspClient client = client()) {
            assertThat(client.ask("?")).startsWith("T05");
            assertThat(client.last("bc")).contains("replaylog:begin;");
            assertThat(client.last("vCont;c")).contains("replaylog:end;");
        }
        assertThat(session.ask(debugger -> debugger.stopPoints().size()).join()).isZero();
    }

    @Test
    void aByteThatBelongsNowhereAndAPacketWithoutEndCloseTheConnection()
            throws IOException, InterruptedException {
        try (RspClient client = client()) {
            client.raw("GET / HTTP/1.1\r\n");
            assertThat(client.next()).isEqualTo("closed");
        }
        try (RspClient client = client()) {
            client.raw("$" + "m".repeat(GdbLimits.PACKET_MAXIMUM + 1));
            assertThat(client.next()).isEqualTo("closed");
        }
        try (RspClient client = client()) {
            assertThat(client.ask("qC")).isEqualTo("QC1");
        }
    }

    @Test
    void whatDidNotComeThroughIsAskedForAgain() throws IOException, InterruptedException {
        try (RspClient client = client()) {
            client.raw("$qC#00");
            assertThat(client.next()).isEqualTo("-");
            assertThat(client.ask("qC")).isEqualTo("QC1");
            client.raw("-");
            assertThat(client.next()).isEqualTo("QC1");
        }
    }

    @Test
    void aSecondClientIsLetGo() throws IOException, InterruptedException {
        try (RspClient first = client();
                RspClient second = new RspClient(server.address())) {
            assertThat(second.next()).isEqualTo("closed");
            assertThat(first.ask("qC")).isEqualTo("QC1");
        }
    }
}
