package dev.dirql.debugger;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** However long a run is, its checkpoints are bounded, and no place is far from one. */
class CheckpointsTest {
    @Test
    void thereAreNeverMoreThanWasSaid() {
        CheckpointLimits limits = new CheckpointLimits(200, 16, 1L << 30);
        try (Debugger debugger = new Debugger(Counters.run(2), limits, () -> false)) {
            int most = 0;
            while (!debugger.isAtEnd()) {
                debugger.goUpTo(debugger.position().steps() + 37);
                most = Math.max(most, debugger.checkpointUse().count());
            }
            long end = debugger.position().steps();
            for (long place = end; place > 0; place -= 101) {
                debugger.goTo(place);
                most = Math.max(most, debugger.checkpointUse().count());
            }
            // A pinned one at the start, and one that is made before another is dropped.
            assertThat(most).isBetween(8, 18);
        }
    }

    @Test
    void theyTakeNoMoreMemoryThanWasSaid() {
        long bytes = 3 << 20;
        CheckpointLimits limits = new CheckpointLimits(200, 1_000, bytes);
        try (Debugger debugger = new Debugger(Counters.run(2), limits, () -> false)) {
            while (!debugger.isAtEnd()) {
                debugger.goUpTo(debugger.position().steps() + 500);
                assertThat(debugger.checkpointUse().bytes()).isLessThanOrEqualTo(bytes);
            }
            assertThat(debugger.checkpointUse().count()).isGreaterThan(5);
        }
    }
}
