package dev.dirql.kernel.interrupts;

import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.Arrays;

/**
 * Notices interrupts that never end, on each processor: so many in a row that nobody claims, that
 * leave their line asserted though all ISRs were asked, or that come back at once, before the
 * interrupted code could do anything. The WDK names no number; it is a setting.
 */
public final class InterruptStorms implements StatePart {
    private static final int VECTORS = 256;

    /** Steps between the end of an interrupt and its return in which nothing else can be done. */
    private static final int AT_ONCE_STEPS = 4;

    private final Machine machine;
    private final int maximum;

    /** What follows is kept for each processor and vector. */
    private final long[] unclaimed;

    private final long[] asserted;
    private final long[] returned;
    private final long[] endedNs;
    private final long[] interruptedRip;

    public InterruptStorms(Machine machine, int maximum) {
        this.machine = machine;
        this.maximum = maximum;
        int size = machine.processorCount() * VECTORS;
        unclaimed = new long[size];
        asserted = new long[size];
        returned = new long[size];
        endedNs = new long[size];
        interruptedRip = new long[size];
    }

    private static int place(Processor processor, int vector) {
        return processor.number() * VECTORS + vector;
    }

    /** An interrupt is taken; whether it is one too many. */
    boolean taken(Processor processor, int vector) {
        int at = place(processor, vector);
        boolean atOnce =
                processor.rip == interruptedRip[at]
                        && processor.clockNs - endedNs[at]
                                <= AT_ONCE_STEPS * machine.settings().stepNs();
        returned[at] = atOnce ? returned[at] + 1 : 0;
        interruptedRip[at] = processor.rip;
        return returned[at] > maximum;
    }

    /**
     * The handler is done; whether it was one too many that nobody claimed, or that nobody quieted.
     */
    boolean ended(Processor processor, int vector, boolean claimed) {
        int at = place(processor, vector);
        endedNs[at] = processor.clockNs;
        unclaimed[at] = claimed ? 0 : unclaimed[at] + 1;
        asserted[at] = machine.controller().isAsserted(vector) ? asserted[at] + 1 : 0;
        return unclaimed[at] > maximum || asserted[at] > maximum;
    }

    @Override
    public void save(StateWriter out) {
        for (int at = 0; at < endedNs.length; at++) {
            if (endedNs[at] != 0 || interruptedRip[at] != 0) {
                out.value(at);
                out.value(unclaimed[at]);
                out.value(asserted[at]);
                out.value(returned[at]);
                out.time(endedNs[at]);
                out.value(interruptedRip[at]);
            }
        }
        out.value(-1);
    }

    @Override
    public void restore(StateReader in) {
        Arrays.fill(unclaimed, 0);
        Arrays.fill(asserted, 0);
        Arrays.fill(returned, 0);
        Arrays.fill(endedNs, 0);
        Arrays.fill(interruptedRip, 0);
        for (int at = in.intValue(); at >= 0; at = in.intValue()) {
            unclaimed[at] = in.value();
            asserted[at] = in.value();
            returned[at] = in.value();
            endedNs[at] = in.time();
            interruptedRip[at] = in.value();
        }
    }
}
