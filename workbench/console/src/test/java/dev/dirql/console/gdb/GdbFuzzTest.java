package dev.dirql.console.gdb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.console.ConsoleRoom;
import dev.dirql.debugger.CheckpointLimits;
import dev.dirql.debugger.DebugSession;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Packets and bytes that no gdb sends. Each packet is answered or ends the connection, and the
 * machine can be used afterwards. More of them: {@code -Ddirql.fuzz.packets=20000
 * -Ddirql.fuzz.seed=7}.
 */
@Timeout(1800)
class GdbFuzzTest {
    private static final int PACKETS = Integer.getInteger("dirql.fuzz.packets", 2000);
    private static final long SEED = Long.getLong("dirql.fuzz.seed", 1);
    private static final List<String> PIECES =
            List.of(
                    "?",
                    "g",
                    "G",
                    "p",
                    "P",
                    "m",
                    "M",
                    "x",
                    "X",
                    "Z0,",
                    "Z1,",
                    "Z2,",
                    "Z3,",
                    "Z4,",
                    "z0,",
                    "z2,",
                    "Z9,",
                    "Hg",
                    "Hc",
                    "T",
                    "vCont",
                    "vCont?",
                    "vCont;",
                    "s",
                    "c",
                    "r",
                    "t",
                    "S05",
                    "C05",
                    ":",
                    ";",
                    ",",
                    "=",
                    "-1",
                    "0",
                    "1",
                    "2",
                    "3",
                    "ffff",
                    "fffff80100001000",
                    "fffff88000007f00",
                    "ffffffffffffffff",
                    "fffff801000010",
                    "800000000000",
                    "bs",
                    "bc",
                    "b",
                    "qSupported",
                    "qXfer:features:read:target.xml:",
                    "qXfer:threads:read::",
                    "qXfer:memory-map:read::",
                    "0,1000",
                    "qC",
                    "qRcmd,",
                    "2169726c71",
                    "71",
                    "qfThreadInfo",
                    "qThreadExtraInfo,",
                    "QNonStop:1",
                    "}",
                    "*",
                    "\u0000",
                    "\u00ff",
                    "p1.1",
                    "vKill;",
                    "vFile:open:",
                    "qSymbol::",
                    "4",
                    "1122334455667788",
                    "xxxxxxxxxxxxxxxx",
                    "_",
                    "!",
                    "R00",
                    "A",
                    "i",
                    "B");

    private final Random random = new Random(SEED);

    @Test
    void nothingThatIsSentDoesHarm() throws IOException, InterruptedException {
        try (DebugSession session =
                        new DebugSession(
                                () -> DiskRun.open(2, Optional.empty()),
                                new CheckpointLimits(20_000, 50, 64 << 20));
                ConsoleRoom room = new ConsoleRoom(session, () -> {});
                GdbServer server = new GdbServer(session, room, RealGdbTest.anyPort())) {
            String before = "nothing";
            RspClient client = new RspClient(server.address());
            for (int i = 0; i < PACKETS; i++) {
                String sent = random.nextInt(20) == 0 ? "" : packet();
                String answer;
                if (sent.isEmpty()) {
                    client.raw(garbage());
                    client.close();
                    answer = "closed";
                } else {
                    answer = client.last(sent);
                }
                assertThat(answer)
                        .as("seed %d, packet %d: %s behind %s", SEED, i, sent, before)
                        .doesNotContain("Exception", "\tat ");
                if (answer.equals("closed")) {
                    client.close();
                    client = again(server);
                }
                before = sent;
            }
            client.close();
            try (RspClient last = again(server)) {
                assertThat(last.last("bc")).contains("replaylog:begin;");
                assertThat(last.ask("g")).hasSizeGreaterThan(300);
            }
        }
    }

    private String packet() {
        StringBuilder text = new StringBuilder();
        int pieces = 1 + random.nextInt(6);
        for (int i = 0; i < pieces; i++) {
            text.append(PIECES.get(random.nextInt(PIECES.size())));
        }
        // These are answered by the end of the connection alone, which the other half tests.
        return text.charAt(0) == 'k' ? "?" : text.toString();
    }

    private byte[] garbage() {
        byte[] bytes = new byte[1 + random.nextInt(400)];
        random.nextBytes(bytes);
        if (random.nextBoolean()) {
            bytes[0] = '$';
        }
        return bytes;
    }

    private static RspClient again(GdbServer server) throws IOException, InterruptedException {
        for (int i = 0; i < 600; i++) {
            RspClient client = new RspClient(server.address());
            if (client.last("qAttached").equals("1")) {
                return client;
            }
            client.close();
            Thread.sleep(20);
        }
        throw new IOException("nobody answers any more");
    }
}
