package dev.dirql.simulation.decisions;

import dev.dirql.events.DecisionKind;
import dev.dirql.machine.DecisionPoint;
import dev.dirql.machine.DecisionSource;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;

/**
 * The default policy, disturbed by a seed. Seed 0 does not disturb it at all. Any other seed starts
 * a generator of its own (SplitMix64: Steele, Lea and Flood, "Fast splittable pseudorandom number
 * generators", 2014), so that a seed means the same on every host and for ever.
 */
public final class SeededPolicy implements DecisionSource, StatePart {
    private static final long INCREMENT = 0x9E3779B97F4A7C15L;

    private final boolean disturbed;
    private long state;

    public SeededPolicy(long seed) {
        disturbed = seed != 0;
        state = seed;
    }

    /** Whether this source can answer anything but the default. */
    public boolean isDisturbed() {
        return disturbed;
    }

    @Override
    public int choose(DecisionPoint point) {
        if (!disturbed) {
            return 0;
        }
        long random = next();
        if ((random & 1023) >= deviationsIn1024(point.kind())) {
            return 0;
        }
        return 1 + (int) Long.remainderUnsigned(random >>> 10, point.alternatives() - 1);
    }

    /**
     * How many of 1,024 questions are answered with something else than the default. Schedules are
     * disturbed often enough that short runs differ and seldom enough that every processor gets on;
     * what a driver cannot avoid by being correct (an absent page, a failed allocation) is left to
     * scenarios that ask for it.
     */
    static int deviationsIn1024(DecisionKind kind) {
        return switch (kind) {
            case RUN_PROCESSOR -> 64;
            case SLICE_LENGTH -> 128;
            case INTERRUPT_ARRIVAL -> 256;
            case INTERRUPT_PROCESSOR -> 512;
            case LOCK_WINNER -> 512;
            case QUANTUM_END -> 128;
            case NEXT_THREAD -> 512;
            case THREAD_PROCESSOR -> 256;
            case DPC_PROCESSOR -> 128;
            case PAGE_RESIDENT -> 64;
            case ALLOCATION_FAILURE -> 0;
        };
    }

    private long next() {
        state += INCREMENT;
        long mixed = state;
        mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }

    @Override
    public void save(StateWriter out) {
        out.value(state);
    }

    @Override
    public void restore(StateReader in) {
        state = in.value();
    }
}
