package dev.dirql.simulation;

import dev.dirql.store.TraceReader;
import dev.dirql.store.TraceRecord.EventRecord;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * Where two runs part.
 *
 * @param common the last events that both have, at most {@link #CONTEXT}
 * @param left the first event of one that the other does not have there; empty if it ended
 * @param right the same of the other
 */
public record TraceDifference(
        List<EventRecord> common, Optional<EventRecord> left, Optional<EventRecord> right) {
    /** How many events before the difference are kept. */
    public static final int CONTEXT = 5;

    public TraceDifference {
        common = List.copyOf(common);
    }

    /** The first difference between the events of two traces; empty if they are the same. */
    public static Optional<TraceDifference> between(TraceReader left, TraceReader right) {
        Iterator<EventRecord> lefts = new TraceEvents(left.records());
        Iterator<EventRecord> rights = new TraceEvents(right.records());
        Deque<EventRecord> common = new ArrayDeque<>();
        while (lefts.hasNext() && rights.hasNext()) {
            EventRecord one = lefts.next();
            EventRecord other = rights.next();
            if (!one.equals(other)) {
                return Optional.of(
                        new TraceDifference(
                                new ArrayList<>(common), Optional.of(one), Optional.of(other)));
            }
            if (common.size() == CONTEXT) {
                common.removeFirst();
            }
            common.addLast(one);
        }
        if (!lefts.hasNext() && !rights.hasNext()) {
            return Optional.empty();
        }
        return Optional.of(new TraceDifference(new ArrayList<>(common), next(lefts), next(rights)));
    }

    private static Optional<EventRecord> next(Iterator<EventRecord> events) {
        return events.hasNext() ? Optional.of(events.next()) : Optional.empty();
    }
}
