package dev.dirql.store;

import dev.dirql.events.Decision;
import dev.dirql.events.Event;
import dev.dirql.events.Stamp;

/** One record of a trace. */
public sealed interface TraceRecord {
    /**
     * Position in the run: an event's own sequence number, a decision's that of the event after it.
     */
    long sequence();

    /** Something that happened. */
    record EventRecord(Stamp stamp, Event event) implements TraceRecord {
        @Override
        public long sequence() {
            return stamp.sequence();
        }
    }

    /** A choice that differed from the default policy, made before the event {@code sequence}. */
    record DecisionRecord(long sequence, Decision decision) implements TraceRecord {}
}
