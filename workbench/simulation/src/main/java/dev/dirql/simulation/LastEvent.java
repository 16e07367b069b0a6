package dev.dirql.simulation;

import dev.dirql.events.Event;
import dev.dirql.events.EventSink;
import dev.dirql.events.Stamp;
import dev.dirql.machine.Machine;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;

/** Remembers the last event of a run, and after how many steps it had happened. */
public final class LastEvent implements EventSink, StatePart {
    private final Machine machine;
    private long sequence;
    private long steps;

    LastEvent(Machine machine) {
        this.machine = machine;
    }

    /** Sequence number of the last event, 0 before the first. */
    public long sequence() {
        return sequence;
    }

    /**
     * Steps of all processors together at the first step boundary at which the event had happened.
     */
    public long steps() {
        return steps;
    }

    @Override
    public void accept(Stamp stamp, Event event) {
        sequence = stamp.sequence();
        steps = machine.boundary();
    }

    @Override
    public void save(StateWriter out) {
        out.value(sequence);
        out.value(steps);
    }

    @Override
    public void restore(StateReader in) {
        sequence = in.value();
        steps = in.value();
    }
}
