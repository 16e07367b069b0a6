package dev.dirql.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.events.Decision;
import dev.dirql.events.DecisionKind;
import dev.dirql.events.Event;
import dev.dirql.store.TraceComparison.Sides;
import dev.dirql.store.TraceRecord.DecisionRecord;
import dev.dirql.store.TraceRecord.EventRecord;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TraceComparisonTest {
    @TempDir Path directory;

    @Test
    void theSameRecordsAreTheSameRun() {
        List<TraceRecord> records = new RandomRecords(1).records(3_000);

        TraceComparison comparison = compare(records, records);

        assertThat(comparison.isSameRun()).isTrue();
        assertThat(comparison.header()).isEmpty();
        assertThat(comparison.kinds()).containsKey("LockAcquired");
        comparison
                .kinds()
                .values()
                .forEach(sides -> assertThat(sides.left()).isEqualTo(sides.right()));
    }

    @Test
    void theFirstDifferentEventIsGivenWithWhatCameBefore() {
        List<TraceRecord> left = events(2_000);
        List<TraceRecord> right = new ArrayList<>(left);
        EventRecord changed =
                new EventRecord(KilledRecording.stamp(1_500), new Event.InterruptCompleted(7));
        right.set(1_499, changed);

        TraceComparison comparison = compare(left, right);

        assertThat(comparison.isSameRun()).isFalse();
        TraceComparison.EventDifference difference = comparison.events().orElseThrow();
        assertThat(difference.sequence()).isEqualTo(1_500);
        assertThat(difference.left()).contains((EventRecord) left.get(1_499));
        assertThat(difference.right()).contains(changed);
        assertThat(difference.before()).isEqualTo(left.subList(1_496, 1_499));
        assertThat(comparison.kinds())
                .containsEntry("LockAcquired", new Sides<>(2_000L, 1_999L))
                .containsEntry("InterruptCompleted", new Sides<>(0L, 1L));
    }

    @Test
    void aShorterTraceDiffersWhereItEnds() {
        TraceComparison comparison = compare(events(10), events(12));

        TraceComparison.EventDifference difference = comparison.events().orElseThrow();
        assertThat(difference.sequence()).isEqualTo(11);
        assertThat(difference.left()).isEmpty();
        assertThat(difference.right()).isPresent();
    }

    @Test
    void decisionsAreComparedByThemselves() {
        List<TraceRecord> left = events(10);
        List<TraceRecord> right = new ArrayList<>(left);
        Decision decision =
                new Decision(3, DecisionKind.LOCK_WINNER, "thread 1", "d!Isr+0x4", 0, 2, 1);
        right.add(5, new DecisionRecord(6, decision));

        TraceComparison comparison = compare(left, right);

        assertThat(comparison.events()).isEmpty();
        assertThat(comparison.isSameRun()).isFalse();
        assertThat(comparison.decisions().orElseThrow().left()).isEmpty();
        assertThat(comparison.decisions().orElseThrow().right()).contains(decision);
    }

    private TraceComparison compare(List<TraceRecord> left, List<TraceRecord> right) {
        Traces.write(directory.resolve("left"), left);
        Traces.write(directory.resolve("right"), right);
        try (TraceReader l = TraceReader.open(directory.resolve("left"));
                TraceReader r = TraceReader.open(directory.resolve("right"))) {
            return TraceComparison.of(l, r, 3);
        }
    }

    private static List<TraceRecord> events(int count) {
        List<TraceRecord> events = new ArrayList<>();
        for (long sequence = 1; sequence <= count; sequence++) {
            events.add(
                    new EventRecord(
                            KilledRecording.stamp(sequence), KilledRecording.event(sequence)));
        }
        return events;
    }
}
