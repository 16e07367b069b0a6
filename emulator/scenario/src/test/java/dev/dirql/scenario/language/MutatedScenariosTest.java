package dev.dirql.scenario.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.dirql.scenario.source.Diagnostic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/** Whatever a text is, reading it gives a scenario or messages, soon. */
final class MutatedScenariosTest {
    private static final Path FOLDER = Path.of("src/test/resources/dev/dirql/scenario/language");
    private static final int MUTANTS = Integer.getInteger("dirql.mutants", 2000);

    private static final String GOOD =
            Samples.withDisk(
                    """
                    parameter count = 1 + 2 * 3
                    parameter time = 3us
                    include "other.scn"
                    hardware Counter "counts" {
                        property latency: time from 1ns to 1s = 40us "how long"
                        property order: first-come or nearest = nearest
                        register COMMAND at 0x00 width 4 reset 1 + 1 {
                            GO: bit 0 write-only "starts"
                            MODE: bits 4 to 6
                            FAST = 3
                        }
                        register STATUS at 0x04 read-only
                        code { int started; }
                        on write COMMAND { if (written.GO) { start(run, latency); } }
                        on read STATUS { STATUS++; }
                        timer run { STATUS = 0; }
                        interrupt while (STATUS == 0 && (started > 0))
                        on raise { STATUS = 0; }
                        stimulus add(count: integer from 1 to 9, how: fast or slow = fast) { STATUS += count; }
                    }
                    hardware Card "on the bus" {
                        pci 0x1234:0x0001 class 0x020000 revision 1 subsystem 0x1234:2
                        bar 0 memory "control"
                        bar 2 memory32 size 64KB
                        bar 3 ports
                        msi 4
                        msix 5
                        register CAUSE at 0 { DONE: bits 0 to 3 write-one-to-clear LOCK: bit 9 write-once }
                        register RING[4] at 0x10 step 16 width 8 reset 7 big-endian
                        register BELL[4] at 0 step 0x1000 in bar 2 write-only
                        register OLD at 0 in bar 3 width 1 read-only
                        on write BELL { RING[index] = written; start(run + index, 5); }
                        timer run[4] { CAUSE.DONE |= 1 << index; send_message(index); }
                        timer beat free-running { start(beat, 5); }
                        message 0 while (CAUSE.LOCK) "lock"
                        message 1 to 4 while (CAUSE.DONE >> (message - 1) & 1)
                        on raise { CAUSE.DONE = 1; }
                    }
                    hardware Old { ports 0x300 register DATA at 0 width 1 register CODE at 0x1 write-only }
                    device counter: Counter { latency 3us line 4 }
                    device card: Card { msix 4 }
                    device old: Old
                    workload {
                        thread writer on 2 priority 12 {
                            repeat count { write disk_driver, 4KB at 512 }
                            start read disk, 16 wait for all delay time
                            control disk, 0x80002000, input 16 value 5, output 8
                            call disk_driver.Poke(1, 2us, true, -1)
                        }
                        at 10us every 5us times 100 { disk.raise spurious disk.corrupt 7 bytes 3 }
                        disk.lose interrupt 17
                        fail allocation 5
                    }
                    expect {
                        completed writes == 2 * count
                        finding LockInPageableStorage in OnDpc times 2
                        bugcheck 0xD1 parameters 0x10, 2, _, 4
                        lock disk_driver.extension.Lock acquired >= 300, held <= 25us
                        disk_driver.Count[2].Low != 0x10
                        interrupts disk == 3
                        output contains "done" // yes
                    }
                    """);

    private static List<String> seeds() throws IOException {
        List<String> seeds = new ArrayList<>(List.of(GOOD));
        try (Stream<Path> files = Files.list(FOLDER.resolve("wrong"))) {
            for (Path file : files.filter(f -> f.toString().endsWith(".scn")).sorted().toList()) {
                seeds.add(Files.readString(file));
            }
        }
        return seeds;
    }

    @Test
    void mutantsGiveScenariosOrMessagesAndNothingElse() throws IOException {
        List<String> seeds = seeds();
        long seed = Long.getLong("dirql.seed", 20_261_123L);
        Random random = new Random(seed);
        for (int i = 0; i < MUTANTS; i++) {
            String text = mutate(random, seeds);
            assertThatCode(() -> check(text))
                    .as("seed %d, mutant %d:%n%s", seed, i, text)
                    .doesNotThrowAnyException();
        }
    }

    private static void check(String text) {
        Parsed parsed =
                Assertions.assertTimeoutPreemptively(
                        Duration.ofSeconds(20),
                        () ->
                                Samples.read(
                                        text,
                                        Map.of("other.scn", "parameter more = 1"),
                                        Overrides.NONE));
        boolean errors = parsed.diagnostics().stream().anyMatch(MutatedScenariosTest::isError);
        assertThat(parsed.scenario().isPresent()).isNotEqualTo(errors);
        assertThat(Samples.messages(parsed)).doesNotContain("null");
        parsed.scenario().ifPresent(scenario -> WorkloadProgram.of(scenario.workload()));
    }

    private static boolean isError(Diagnostic diagnostic) {
        return diagnostic.kind() == Diagnostic.Kind.ERROR;
    }

    private static String mutate(Random random, List<String> seeds) {
        StringBuilder text =
                new StringBuilder(
                        random.nextInt(3) > 0 ? GOOD : seeds.get(random.nextInt(seeds.size())));
        int mutations = 1 + random.nextInt(4);
        for (int i = 0; i < mutations && text.length() > 1; i++) {
            int at = random.nextInt(text.length());
            int end = Math.min(text.length(), at + 1 + random.nextInt(20));
            switch (random.nextInt(6)) {
                case 0 -> text.delete(at, end);
                case 1 -> text.insert(random.nextInt(text.length()), text.substring(at, end));
                case 2 ->
                        text.setCharAt(
                                at,
                                "{}()[]\"'/*\\#.,:=<>-!~@\n\u00e9\ud83d"
                                        .charAt(random.nextInt(25)));
                case 3 -> text.insert(at, word(random));
                case 4 -> text.setLength(at);
                default -> text.insert(at, String.valueOf((char) random.nextInt(0x300)));
            }
        }
        return text.toString();
    }

    private static String word(Random random) {
        List<String> words =
                List.of(
                        " thread ",
                        " { ",
                        " } ",
                        " device ",
                        " driver ",
                        " at ",
                        " expect ",
                        " 5us ",
                        " \"",
                        " /* ",
                        " no ",
                        " every ",
                        " -",
                        " (",
                        ".",
                        " lock ",
                        " repeat 3 ",
                        " hardware ",
                        " register A at ",
                        " on write ",
                        " interrupt while (",
                        " bit 3 ",
                        " pci 1:2 ",
                        " bar 1 ports ",
                        " in bar 2 ",
                        " msix 9 ",
                        " message 1 to 3 while (",
                        " timer t[3] free-running { ",
                        " [4] at 0 step 8 ");
        return words.get(random.nextInt(words.size()));
    }

    private static String distinctArrays(int count) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append("register a%d[1024] at 0 step 2 width 1 read-only\n".formatted(i));
        }
        return text.toString();
    }

    @Test
    void largeAndDeepTextsAreRefusedOrReadInBoundedTime() {
        check("x".repeat(1 << 20));
        check("x".repeat((1 << 20) + 1));
        check("(".repeat(1 << 20));
        check("parameter a = " + "(".repeat(1 << 13));
        check("parameter a = " + "-".repeat(1 << 13) + "1");
        check("parameter a = 1" + " + 1".repeat(1 << 13));
        check("workload { thread " + "{ repeat 1 ".repeat(1 << 13));
        check("machine { " + "processors 1 ".repeat(1 << 13) + "}");
        check("machine { " + "1 ".repeat(1 << 14) + "}");
        check("machine { }\n".repeat(1 << 13));
        check("} ".repeat(1 << 14));
        check("\n}".repeat(1 << 14));
        check("/*".repeat(1 << 14));
        check("\"\n".repeat(1 << 14));
        check("\u00a7\n".repeat(1 << 14));
        check("driver d { " + "{".repeat(1 << 13));
        check("driver d { " + "\n#if 1".repeat(1 << 14));
        check("hardware h { " + "register a at 0 ".repeat(1 << 12) + "}");
        check("hardware h { " + "on write a { ".repeat(1 << 12));
        check("hardware h { pci 1:1 " + "bar 0 memory ".repeat(1 << 12) + "register a at 0 }");
        check("hardware h { pci 1:1 msix 2048 " + "message 0 to 2047 while (1) ".repeat(1 << 10));
        check("hardware h { " + "register a[1024] at 0 step 4\n".repeat(1 << 10) + "}");
        check("hardware h { " + distinctArrays(1 << 10) + "}");
        check("hardware h { register a at 0 " + "reset 1 ".repeat(1 << 13) + "}");
        check("hardware h { interrupt while " + "(".repeat(1 << 13));
        check("expect { " + "a.b == 1\n".repeat(1 << 14) + "}");
        check("expect { " + "a.b = 1\n".repeat(1 << 14) + "}");
        check(Samples.withDisk("workload { " + "disk.raise ".repeat(1 << 13) + "}"));
        check(Samples.withDisk("workload { " + "thread { } ".repeat(1 << 13) + "}"));
        check("parameter a = 0\n".repeat(1 << 13));
    }
}
