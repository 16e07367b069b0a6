package dev.dirql.simulation;

import dev.dirql.events.Event;
import dev.dirql.events.Stamp;
import dev.dirql.store.TraceCursor;
import dev.dirql.store.TraceRecord.EventRecord;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** The events of a trace without its decisions. */
public final class TraceEvents implements Iterator<EventRecord> {
    private final TraceCursor records;
    private @Nullable EventRecord next;

    public TraceEvents(TraceCursor records) {
        this.records = records;
    }

    /**
     * Passes the next event if it is this one: faster than {@link #next} and a comparison, which
     * can still find it equal if this gives false.
     */
    boolean pass(Stamp stamp, Event event) {
        return next == null && records.pass(stamp, event);
    }

    @Override
    public boolean hasNext() {
        while (next == null && records.hasNext()) {
            if (records.next() instanceof EventRecord event) {
                next = event;
            }
        }
        return next != null;
    }

    @Override
    public EventRecord next() {
        EventRecord current = hasNext() ? next : null;
        if (current == null) {
            throw new NoSuchElementException("the trace has no more events");
        }
        next = null;
        return current;
    }
}
