package dev.dirql.x86;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.machine.Flags;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Every encoding that user mode can execute, with random operands and states, against the processor
 * this test runs on. Flags that the manual leaves undefined are not compared.
 */
class HostComparisonTest {
    private static final long SEED = Long.getLong("dirql.seed", 2026);
    private static final int CASES = HostTools.isLong() ? 1_000 : 24;

    /**
     * What user mode cannot execute, or what answers differently by design; {@link
     * PrivilegedInstructionsTest} has cases for each.
     */
    static final Set<String> NOT_COMPARED =
            Set.of(
                    "movFromSegment",
                    "cli",
                    "sti",
                    "hlt",
                    "int3",
                    "interrupt",
                    "in",
                    "out",
                    "ins",
                    "outs",
                    "movFromControl",
                    "movToControl",
                    "cpuid",
                    "rdtsc");

    @Test
    void everyEncodingDoesWhatTheHostDoes() {
        Random random = new Random(SEED);
        CaseGenerator generator = new CaseGenerator(random);
        EmulatedProcessor emulated = new EmulatedProcessor();
        List<String> different = new ArrayList<>();
        int compared = 0;
        try (HostProcessor host = new HostProcessor()) {
            for (Row row : InstructionTable.rows()) {
                if (NOT_COMPARED.contains(row.method())) {
                    continue;
                }
                List<CaseGenerator.Case> cases = new ArrayList<>();
                for (int bits : CaseGenerator.sizes(row)) {
                    for (int i = 0; i < CASES; i++) {
                        cases.add(generator.make(row, bits));
                    }
                }
                different.addAll(compare(row, cases, host, emulated));
                compared += cases.size();
            }
        }
        System.out.println(compared + " cases compared with the host, seed " + SEED);

        assertThat(different).as("seed %d", SEED).isEmpty();
    }

    /** At most a few differences of a row, in words. */
    private static List<String> compare(
            Row row,
            List<CaseGenerator.Case> cases,
            HostProcessor host,
            EmulatedProcessor emulated) {
        List<String> different = new ArrayList<>();
        List<State> answers = host.execute(cases.stream().map(CaseGenerator.Case::before).toList());
        int done = 0;
        for (int i = 0; i < answers.size(); i++) {
            State before = cases.get(i).before();
            State mine = emulated.execute(before);
            long flags = (Flags.STATUS | Flags.DIRECTION) & ~cases.get(i).undefined();
            String difference = mine.difference(answers.get(i), flags);
            if (!difference.isEmpty() && different.size() < 3) {
                different.add(row.text() + ":" + difference + " from " + before.describe());
            }
            done += answers.get(i).end == State.End.NEXT ? 1 : 0;
        }
        // A row whose cases all trap has not been compared.
        boolean always = row.code() == Code.UD2;
        if (!always && done < answers.size() / 4) {
            different.add(row.text() + ": only " + done + " of " + answers.size() + " ended well");
        }
        return different;
    }
}
