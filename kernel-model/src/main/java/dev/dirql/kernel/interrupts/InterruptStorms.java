package dev.dirql.kernel.interrupts;

import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.Arrays;

/**
 * Notices interrupts that never end: so many in a row that nobody claims, or that come back at
 * once, before the interrupted code could do anything. The WDK names no number; it is a setting.
 */
public final class InterruptStorms implements StatePart {
    private static final int VECTORS = 256;

    /** Steps between the end of an interrupt and its return in which nothing else can be done. */
    private static final int AT_ONCE_STEPS = 4;

    private final Machine machine;
    private final int maximum;
    private final long[] unclaimed = new long[VECTORS];
    private final long[] returned = new long[VECTORS];
    private final long[] endedNs = new long[VECTORS];
    private final long[] interruptedRip = new long[VECTORS];

    public InterruptStorms(Machine machine, int maximum) {
        this.machine = machine;
        this.maximum = maximum;
    }

    /** An interrupt is taken; whether it is one too many. */
    boolean taken(Processor processor, int vector) {
        boolean atOnce =
                processor.rip == interruptedRip[vector]
                        && processor.clockNs - endedNs[vector]
                                <= AT_ONCE_STEPS * machine.settings().stepNs();
        returned[vector] = atOnce ? returned[vector] + 1 : 0;
        interruptedRip[vector] = processor.rip;
        return returned[vector] > maximum;
    }

    /** The handler is done; whether it was one too many that nobody claimed. */
    boolean ended(Processor processor, int vector, boolean claimed) {
        endedNs[vector] = processor.clockNs;
        unclaimed[vector] = claimed ? 0 : unclaimed[vector] + 1;
        return unclaimed[vector] > maximum;
    }

    @Override
    public void save(StateWriter out) {
        for (int vector = 0; vector < VECTORS; vector++) {
            if (endedNs[vector] != 0 || interruptedRip[vector] != 0) {
                out.value(vector);
                out.value(unclaimed[vector]);
                out.value(returned[vector]);
                out.time(endedNs[vector]);
                out.value(interruptedRip[vector]);
            }
        }
        out.value(-1);
    }

    @Override
    public void restore(StateReader in) {
        Arrays.fill(unclaimed, 0);
        Arrays.fill(returned, 0);
        Arrays.fill(endedNs, 0);
        Arrays.fill(interruptedRip, 0);
        for (int vector = in.intValue(); vector >= 0; vector = in.intValue()) {
            unclaimed[vector] = in.value();
            returned[vector] = in.value();
            endedNs[vector] = in.time();
            interruptedRip[vector] = in.value();
        }
    }
}
