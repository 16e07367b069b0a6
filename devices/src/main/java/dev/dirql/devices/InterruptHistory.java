package dev.dirql.devices;

import dev.dirql.machine.Machine;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;

/**
 * What is known of the condition behind one interrupt of a device beside whether it holds: since
 * when, and which of its reasons made no interrupt of their own because it held already. It only
 * watches.
 */
final class InterruptHistory implements StatePart {
    private final Machine machine;
    private boolean lost;
    private long sinceSequence;
    private long sinceNs;
    private long merged;
    private long mergedSequence;
    private long mergedNs;

    InterruptHistory(Machine machine) {
        this.machine = machine;
        machine.addObserverPart(this);
    }

    /** The condition begins. */
    void began() {
        lost = false;
        sinceSequence = machine.sequence();
        sinceNs = machine.nowNs();
        merged = 0;
    }

    /** The interrupt that would begin now does not: a scenario loses it. */
    void lost() {
        lost = true;
    }

    /** A reason arose while the condition held. */
    void merged() {
        merged++;
        mergedSequence = machine.sequence();
        mergedNs = machine.nowNs();
    }

    /** What there is to tell of it. */
    InterruptCondition condition(
            String name, InterruptCondition.Way way, int vector, boolean holds, boolean pends) {
        return new InterruptCondition(
                name,
                way,
                vector,
                holds,
                pends,
                lost,
                sinceSequence,
                sinceNs,
                merged,
                mergedSequence,
                mergedNs);
    }

    @Override
    public void save(StateWriter out) {
        out.value(lost);
        out.value(sinceSequence);
        out.value(sinceNs);
        out.value(merged);
        out.value(mergedSequence);
        out.value(mergedNs);
    }

    @Override
    public void restore(StateReader in) {
        lost = in.booleanValue();
        sinceSequence = in.value();
        sinceNs = in.value();
        merged = in.value();
        mergedSequence = in.value();
        mergedNs = in.value();
    }
}
