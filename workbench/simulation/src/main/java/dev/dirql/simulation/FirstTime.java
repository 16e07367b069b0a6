package dev.dirql.simulation;

import dev.dirql.events.Decision;
import dev.dirql.events.Event;
import dev.dirql.events.EventSink;
import dev.dirql.events.Stamp;
import java.util.function.Consumer;

/**
 * Hands on what a run tells, each event and each decision once, though the run may be taken back
 * and do the same again; and nothing of a branch, which is another run.
 */
final class FirstTime implements EventSink {
    private final EventSink events;
    private final Consumer<Decision> decisions;
    private long lastSequence;
    private long lastOrdinal = -1;
    private boolean branch;

    FirstTime(EventSink events, Consumer<Decision> decisions) {
        this.events = events;
        this.decisions = decisions;
    }

    /** Whether what happens from now on belongs to a branch. */
    void setBranch(boolean on) {
        branch = on;
    }

    @Override
    public void accept(Stamp stamp, Event event) {
        if (!branch && stamp.sequence() > lastSequence) {
            lastSequence = stamp.sequence();
            events.accept(stamp, event);
        }
    }

    void decision(Decision decision) {
        if (!branch && decision.ordinal() > lastOrdinal) {
            lastOrdinal = decision.ordinal();
            decisions.accept(decision);
        }
    }
}
