package dev.dirql.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.console.commands.Answer;
import dev.dirql.console.commands.CommandTable;
import dev.dirql.debugger.CheckpointLimits;
import dev.dirql.debugger.DebugSession;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Lines that nobody in his right mind would type. Each gets an answer in time, and none is a fault
 * of ours. More of them: {@code -Ddirql.fuzz.lines=20000 -Ddirql.fuzz.seed=7}.
 */
@Timeout(1800)
class ConsoleFuzzTest {
    private static final int LINES = Integer.getInteger("dirql.fuzz.lines", 2000);
    private static final long SEED = Long.getLong("dirql.fuzz.seed", 1);
    private static final List<String> PIECES =
            List.of(
                    "counter!Count",
                    "counter!Locked",
                    "@rsp",
                    "@rip",
                    "@$ra",
                    "@$thread",
                    "L20",
                    "L0",
                    "Lffffffffffffffff",
                    "0n10",
                    "0y101",
                    "-1",
                    "ffffffff`ffffffff",
                    "fffff801`00003000",
                    "poi(",
                    "(",
                    ")",
                    "[",
                    "]",
                    "+",
                    "-",
                    "*",
                    "/",
                    "%",
                    "==",
                    "<<",
                    ">>",
                    "~",
                    "!",
                    "@",
                    "`",
                    "`x:1`",
                    "\"",
                    "/w",
                    "/c",
                    "/t",
                    "/1",
                    "--json",
                    "-at",
                    "-v",
                    "-k",
                    "-s",
                    "1A0:12F",
                    "14:4C3D",
                    "50",
                    "1us",
                    "0",
                    "*",
                    "?",
                    "LockAcquired",
                    "lock_name=counter.Lock",
                    "=",
                    "rax=1",
                    "w4",
                    "r8",
                    "e1",
                    "nt!KeAcquireSpinLockRaiseToDpc",
                    "_KDPC",
                    "\u00e9",
                    "\u0000",
                    "\uD83D",
                    "\t",
                    "99999999999999999999999",
                    "((((((((((((((((((((",
                    "0x",
                    "7",
                    "1");

    /** What would end the session, take its time, or stop nowhere. */
    private static final List<String> LEFT_OUT = List.of("q", "qd");

    @Test
    void everyLineIsAnsweredAndNoneIsOurFault() throws Exception {
        Random random = new Random(SEED);
        List<String> names = new ArrayList<>(new CommandTable().names());
        names.addAll(List.of("help", "drive", "clients", "break", ".complete", "", "nonsense"));
        try (DebugSession session =
                        new DebugSession(
                                () -> Runs.script("unlocked-counter.scn"),
                                new CheckpointLimits(5_000, 50, 64 << 20));
                ConsoleRoom room = new ConsoleRoom(session, () -> {})) {
            ConsoleClientSeat seat = room.join(_ -> {});
            for (int i = 0; i < LINES; i++) {
                String line = line(random, names);
                String answer = seat.line(line).get(60, TimeUnit.SECONDS);

                assertThat(answer).as("seed %d, line %d: %s", SEED, i, line).endsWith("\n");
                assertThat(answer.lines().toList().getLast())
                        .as("seed %d, line %d: %s", SEED, i, line)
                        .startsWith(Answer.PROMPT);
                assertThat(answer)
                        .as("seed %d, line %d: %s", SEED, i, line)
                        .doesNotContain("fault of dirql", "Exception", "\tat ");
                if (i % 200 == 199) {
                    assertThat(seat.line("bc *").get(60, TimeUnit.SECONDS)).isNotEmpty();
                    assertThat(seat.line("!tt 0").get(60, TimeUnit.SECONDS)).isNotEmpty();
                }
            }
        }
    }

    private static String line(Random random, List<String> names) {
        String name = names.get(random.nextInt(names.size()));
        if (LEFT_OUT.contains(name)) {
            return "help";
        }
        StringBuilder line = new StringBuilder(name);
        int pieces = random.nextInt(6);
        for (int i = 0; i < pieces; i++) {
            line.append(random.nextInt(6) == 0 ? "" : " ");
            if (random.nextInt(10) == 0) {
                int length = random.nextInt(12);
                for (int c = 0; c < length; c++) {
                    line.append((char) random.nextInt(random.nextBoolean() ? 128 : 0x10000));
                }
            } else {
                line.append(PIECES.get(random.nextInt(PIECES.size())));
            }
        }
        return line.toString();
    }
}
