package dev.dirql.simulation;

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
        advance();
    }

    private void advance() {
        next = null;
        while (next == null && records.hasNext()) {
            if (records.next() instanceof EventRecord event) {
                next = event;
            }
        }
    }

    @Override
    public boolean hasNext() {
        return next != null;
    }

    @Override
    public EventRecord next() {
        EventRecord current = next;
        if (current == null) {
            throw new NoSuchElementException("the trace has no more events");
        }
        advance();
        return current;
    }
}
