package dev.dirql.simulation;

import dev.dirql.events.Event;
import dev.dirql.events.EventSink;
import dev.dirql.events.RunEnd;
import dev.dirql.events.Stamp;
import dev.dirql.machine.Machine;
import dev.dirql.store.TraceComparison.EventDifference;
import dev.dirql.store.TraceRecord.EventRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Holds each event of a run against the recorded one, and lets the run pause at the first that
 * differs, at the end of the recording, or at the event that was asked for.
 */
final class EventComparison implements EventSink {
    private static final int CONTEXT = 5;

    private final TraceEvents recorded;
    private final Machine machine;
    private final long pauseAt;

    /** The last events that were equal, in turn. */
    private final @Nullable EventRecord[] before = new @Nullable EventRecord[CONTEXT];

    private Optional<EventDifference> difference = Optional.empty();
    private long compared;
    private boolean ended;

    /**
     * @param pauseAt sequence number of the event at which the run pauses; MAX_VALUE for none
     */
    EventComparison(TraceEvents recorded, Machine machine, long pauseAt) {
        this.recorded = recorded;
        this.machine = machine;
        this.pauseAt = pauseAt;
    }

    @Override
    public void accept(Stamp stamp, Event event) {
        if (stamp.sequence() >= pauseAt) {
            machine.requestPause();
        }
        if (difference.isPresent() || ended) {
            return;
        }
        EventRecord actual = new EventRecord(stamp, event);
        if (recorded.pass(stamp, event)) {
            equal(actual);
            return;
        }
        if (!recorded.hasNext()) {
            ended = true;
            machine.requestPause();
            return;
        }
        EventRecord expected = recorded.next();
        if (expected.equals(actual)) {
            equal(actual);
        } else if (expected.event() instanceof Event.RunEnded(RunEnd reason, _)
                && reason == RunEnd.STOPPED) {
            // Somebody stopped the recorded run here; nobody stops this one.
            ended = true;
            machine.requestPause();
        } else {
            differ(stamp.sequence(), Optional.of(expected), Optional.of(actual));
        }
    }

    private void equal(EventRecord event) {
        before[(int) (compared % CONTEXT)] = event;
        compared++;
    }

    private List<EventRecord> lastEqual() {
        List<EventRecord> last = new ArrayList<>();
        for (long i = Math.max(0, compared - CONTEXT); i < compared; i++) {
            last.add(Objects.requireNonNull(before[(int) (i % CONTEXT)]));
        }
        return last;
    }

    private void differ(
            long sequence, Optional<EventRecord> expected, Optional<EventRecord> actual) {
        difference = Optional.of(new EventDifference(sequence, expected, actual, lastEqual()));
        machine.requestPause();
    }

    /** The run is over: the recording must be as well. */
    void runEnded() {
        if (difference.isEmpty() && !ended && recorded.hasNext()) {
            EventRecord expected = recorded.next();
            differ(expected.stamp().sequence(), Optional.of(expected), Optional.empty());
        }
    }

    Optional<EventDifference> difference() {
        return difference;
    }

    /** Whether the recording has no more events though the run goes on. */
    boolean recordingEnded() {
        return ended;
    }

    /** Events that were equal. */
    long compared() {
        return compared;
    }
}
