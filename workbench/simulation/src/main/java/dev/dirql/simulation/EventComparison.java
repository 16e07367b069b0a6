package dev.dirql.simulation;

import dev.dirql.events.Event;
import dev.dirql.events.EventSink;
import dev.dirql.events.RunEnd;
import dev.dirql.events.Stamp;
import dev.dirql.machine.Machine;
import dev.dirql.store.TraceComparison.EventDifference;
import dev.dirql.store.TraceRecord.EventRecord;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * Holds each event of a run against the recorded one, and lets the run pause at the first that
 * differs, at the end of the recording, or at the event that was asked for.
 */
final class EventComparison implements EventSink {
    private static final int CONTEXT = 5;

    private final Iterator<EventRecord> recorded;
    private final Machine machine;
    private final long pauseAt;
    private final Deque<EventRecord> before = new ArrayDeque<>();
    private Optional<EventDifference> difference = Optional.empty();
    private long compared;
    private boolean ended;
    private long stepsAtLastEvent;

    /**
     * @param pauseAt sequence number of the event at which the run pauses; MAX_VALUE for none
     */
    EventComparison(Iterator<EventRecord> recorded, Machine machine, long pauseAt) {
        this.recorded = recorded;
        this.machine = machine;
        this.pauseAt = pauseAt;
    }

    @Override
    public void accept(Stamp stamp, Event event) {
        stepsAtLastEvent = machine.steps();
        if (stamp.sequence() >= pauseAt) {
            machine.requestPause();
        }
        if (difference.isPresent() || ended) {
            return;
        }
        if (!recorded.hasNext()) {
            ended = true;
            machine.requestPause();
            return;
        }
        EventRecord expected = recorded.next();
        EventRecord actual = new EventRecord(stamp, event);
        if (expected.equals(actual)) {
            compared++;
            if (before.size() == CONTEXT) {
                before.removeFirst();
            }
            before.addLast(actual);
        } else if (expected.event() instanceof Event.RunEnded(RunEnd reason, _)
                && reason == RunEnd.STOPPED) {
            // Somebody stopped the recorded run here; nobody stops this one.
            ended = true;
            machine.requestPause();
        } else {
            differ(stamp.sequence(), Optional.of(expected), Optional.of(actual));
        }
    }

    private void differ(
            long sequence, Optional<EventRecord> expected, Optional<EventRecord> actual) {
        difference =
                Optional.of(new EventDifference(sequence, expected, actual, List.copyOf(before)));
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

    /** Steps of the machine when the last event happened. */
    long stepsAtLastEvent() {
        return stepsAtLastEvent;
    }
}
