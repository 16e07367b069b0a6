package dev.dirql.events.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.events.Event;
import dev.dirql.events.LockKind;
import dev.dirql.events.Stamp;
import org.junit.jupiter.api.Test;

class LockStatisticsTest {
    private static final long A = 0xFFFF_B800_0000_1000L;
    private static final long B = 0xFFFF_B800_0000_2000L;

    private final LockStatistics statistics = new LockStatistics();
    private long sequence;

    @Test
    void figuresOfALockAreGathered() {
        accept(10, 0, new Event.LockDefined(A, "d.Lock", LockKind.SPIN_LOCK, "nonpaged pool"));
        accept(10, 0, acquired(A, "d.Lock", 0, 2, 0));
        accept(15, 3, new Event.LockContended(A, "d.Lock", LockKind.SPIN_LOCK, 0, 0));
        accept(16, 1, new Event.LockTryFailed(A, "d.Lock", LockKind.SPIN_LOCK, 0));
        accept(20, 0, released(A, "d.Lock", 10));
        accept(21, 3, acquired(A, "d.Lock", 2, 2, 6));
        accept(51, 3, released(A, "d.Lock", 30));

        assertThat(statistics.rows()).hasSize(1);
        LockRow row = statistics.rows().get(0);
        assertThat(row.lock()).isEqualTo(A);
        assertThat(row.name()).isEqualTo("d.Lock");
        assertThat(row.kind()).isEqualTo(LockKind.SPIN_LOCK);
        assertThat(row.storage()).isEqualTo("nonpaged pool");
        assertThat(row.acquisitions()).isEqualTo(2);
        assertThat(row.contended()).isEqualTo(1);
        assertThat(row.triesFailed()).isEqualTo(1);
        assertThat(row.spinTotalNs()).isEqualTo(6);
        assertThat(row.spinMaximumNs()).isEqualTo(6);
        assertThat(row.holdTotalNs()).isEqualTo(40);
        assertThat(row.holdMaximumNs()).isEqualTo(30);
        assertThat(row.irqlsBefore()).containsExactly(0, 2);
        assertThat(row.irqlsAfter()).containsExactly(2);
        assertThat(row.processors()).containsExactly(0, 3);
        assertThat(row.firstNs()).isEqualTo(10);
        assertThat(row.lastNs()).isEqualTo(51);
    }

    @Test
    void locksAreListedInTheOrderTheyWereFirstSeen() {
        accept(1, 0, acquired(B, "d.B", 0, 2, 0));
        accept(2, 0, acquired(A, "d.A", 0, 2, 0));
        accept(3, 0, acquired(B, "d.B", 0, 2, 0));

        assertThat(statistics.rows()).extracting(LockRow::name).containsExactly("d.B", "d.A");
        assertThat(statistics.rows()).extracting(LockRow::acquisitions).containsExactly(2L, 1L);
    }

    @Test
    void aLockDefinedAnewAtTheSameAddressHasItsOwnRow() {
        accept(1, 0, new Event.LockDefined(A, "d.Old", LockKind.SPIN_LOCK, "nonpaged pool"));
        accept(1, 0, acquired(A, "d.Old", 0, 2, 0));
        accept(2, 0, new Event.LockDefined(A, "d.New", LockKind.SPIN_LOCK, "nonpaged pool"));
        accept(3, 0, acquired(A, "d.New", 0, 2, 0));

        assertThat(statistics.rows()).extracting(LockRow::name).containsExactly("d.Old", "d.New");
        assertThat(statistics.rows()).extracting(LockRow::acquisitions).containsExactly(1L, 1L);
    }

    @Test
    void aDefinitionThatComesLaterNamesTheStorage() {
        accept(1, 0, acquired(A, "d.Lock", 0, 2, 0));
        accept(2, 0, new Event.LockDefined(A, "d.Lock", LockKind.SPIN_LOCK, "device extension"));

        assertThat(statistics.rows()).hasSize(1);
        assertThat(statistics.rows().get(0).storage()).isEqualTo("device extension");
    }

    private void accept(long timeNs, int processor, Event event) {
        statistics.accept(new Stamp(++sequence, timeNs, processor, 0, 2), event);
    }

    private static Event acquired(long lock, String name, int before, int after, long spinNs) {
        return new Event.LockAcquired(lock, name, LockKind.SPIN_LOCK, before, after, 0, spinNs);
    }

    private static Event released(long lock, String name, long holdNs) {
        return new Event.LockReleased(lock, name, LockKind.SPIN_LOCK, 2, 0, 0, holdNs);
    }
}
