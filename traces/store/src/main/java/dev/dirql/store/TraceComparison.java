package dev.dirql.store;

import dev.dirql.events.Decision;
import dev.dirql.store.TraceRecord.EventRecord;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How two traces differ.
 *
 * @param header what the headers say differently, by name, left and right
 * @param events the first event that differs, empty if all are equal
 * @param decisions the first decision that differs, empty if all are equal
 * @param kinds number of events of each kind, in the format's order
 */
public record TraceComparison(
        Map<String, Sides<String>> header,
        Optional<EventDifference> events,
        Optional<DecisionDifference> decisions,
        Map<String, Sides<Long>> kinds) {

    /** The two sides of a difference. */
    public record Sides<T>(T left, T right) {}

    /**
     * The first event that differs.
     *
     * @param sequence its sequence number
     * @param left the event on the left, empty if that trace ended before
     * @param right the event on the right, empty if that trace ended before
     * @param before the equal events right before it, oldest first
     */
    public record EventDifference(
            long sequence,
            Optional<EventRecord> left,
            Optional<EventRecord> right,
            List<EventRecord> before) {
        public EventDifference {
            before = List.copyOf(before);
        }
    }

    /**
     * The first decision that differs.
     *
     * @param index its place among the decisions, from 0
     * @param left the decision on the left, empty if there are no more
     * @param right the decision on the right, empty if there are no more
     */
    public record DecisionDifference(
            int index, Optional<Decision> left, Optional<Decision> right) {}

    /**
     * Whether the same things happened. The headers may differ: another version may have recorded
     * the same run.
     */
    public boolean isSameRun() {
        return events.isEmpty() && decisions.isEmpty();
    }

    /**
     * Compares two traces, record by record.
     *
     * @param context how many events before the first difference are wanted
     */
    public static TraceComparison of(TraceReader left, TraceReader right, int context) {
        EventPass pass = new EventPass(left, right, context);
        return new TraceComparison(
                headers(left.header(), right.header()),
                Optional.ofNullable(pass.difference),
                firstDifference(left.decisions(), right.decisions()),
                pass.kinds());
    }

    private static Optional<DecisionDifference> firstDifference(
            List<Decision> left, List<Decision> right) {
        for (int i = 0; i < Math.max(left.size(), right.size()); i++) {
            Optional<Decision> l = i < left.size() ? Optional.of(left.get(i)) : Optional.empty();
            Optional<Decision> r = i < right.size() ? Optional.of(right.get(i)) : Optional.empty();
            if (!l.equals(r)) {
                return Optional.of(new DecisionDifference(i, l, r));
            }
        }
        return Optional.empty();
    }

    private static Map<String, Sides<String>> headers(TraceHeader left, TraceHeader right) {
        Map<String, String> l = described(left);
        Map<String, String> r = described(right);
        Map<String, String> names = new LinkedHashMap<>(l);
        names.putAll(r);
        Map<String, Sides<String>> differences = new LinkedHashMap<>();
        for (String name : names.keySet()) {
            String onLeft = l.getOrDefault(name, "");
            String onRight = r.getOrDefault(name, "");
            if (!onLeft.equals(onRight)) {
                differences.put(name, new Sides<>(onLeft, onRight));
            }
        }
        return differences;
    }

    private static Map<String, String> described(TraceHeader header) {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("format version", String.valueOf(header.formatVersion()));
        values.put("dirql version", header.dirqlVersion());
        values.put("Windows build", header.windowsBuild());
        values.put("scenario", header.scenario());
        values.put("policy", header.policy());
        values.put("seed", String.valueOf(header.seed()));
        values.put("processors", String.valueOf(header.processors()));
        header.options().forEach((name, value) -> values.put("option " + name, value));
        for (TraceInput input : header.inputs()) {
            values.put("input " + input.name(), "SHA-256 " + input.sha256());
        }
        return values;
    }

    /** Goes through the events of both traces once. */
    private static final class EventPass {
        private final long[] leftKinds = new long[256];
        private final long[] rightKinds = new long[256];
        private final Deque<EventRecord> before = new ArrayDeque<>();
        private final int context;
        private @Nullable EventDifference difference;

        EventPass(TraceReader left, TraceReader right, int context) {
            this.context = context;
            TraceCursor leftCursor = left.records();
            TraceCursor rightCursor = right.records();
            Optional<EventRecord> l = nextEvent(leftCursor, leftKinds);
            Optional<EventRecord> r = nextEvent(rightCursor, rightKinds);
            long sequence = 1;
            while (l.isPresent() || r.isPresent()) {
                compare(sequence++, l, r);
                l = nextEvent(leftCursor, leftKinds);
                r = nextEvent(rightCursor, rightKinds);
            }
        }

        Map<String, Sides<Long>> kinds() {
            Map<String, Sides<Long>> kinds = new LinkedHashMap<>();
            for (RecordKind kind : RecordKind.values()) {
                long l = leftKinds[kind.code];
                long r = rightKinds[kind.code];
                if (l != 0 || r != 0) {
                    kinds.put(kind.type.getSimpleName(), new Sides<>(l, r));
                }
            }
            return kinds;
        }

        private void compare(
                long sequence, Optional<EventRecord> left, Optional<EventRecord> right) {
            if (difference != null) {
                return;
            }
            if (!Objects.equals(left, right)) {
                difference = new EventDifference(sequence, left, right, new ArrayList<>(before));
                return;
            }
            if (context > 0 && left.isPresent()) {
                if (before.size() == context) {
                    before.removeFirst();
                }
                before.addLast(left.get());
            }
        }

        private static Optional<EventRecord> nextEvent(TraceCursor cursor, long[] kinds) {
            while (cursor.hasNext()) {
                if (cursor.next() instanceof EventRecord event) {
                    kinds[RecordKind.of(event.event()).code]++;
                    return Optional.of(event);
                }
            }
            return Optional.empty();
        }
    }
}
