package dev.dirql.events.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.events.Event;
import dev.dirql.events.LockKind;
import dev.dirql.events.RunEnd;
import dev.dirql.events.Stamp;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProcessorStatisticsTest {
    private final ProcessorStatistics statistics = new ProcessorStatistics(2);
    private long sequence;

    @Test
    void timeIsCountedForTheIrqlTheProcessorWasAt() {
        accept(100, 0, 0, new Event.IrqlChanged(0, 2, 0));
        accept(130, 0, 2, new Event.InterruptTaken(0x51, 0));
        accept(130, 0, 5, new Event.IsrStarted(0, 0, 0x51));
        accept(150, 0, 5, new Event.IrqlChanged(5, 2, 0));
        accept(160, 0, 2, new Event.IrqlChanged(2, 0, 0));
        accept(1_000, Stamp.NO_PROCESSOR, 0, new Event.RunEnded(RunEnd.DONE, ""));

        assertThat(statistics.rows().get(0).timeAtIrqlNs())
                .isEqualTo(Map.of(0, 940L, 2, 40L, 5, 20L));
        assertThat(statistics.rows().get(1).timeAtIrqlNs()).isEqualTo(Map.of(0, 1_000L));
    }

    @Test
    void whatAProcessorDidIsCounted() {
        accept(1, 1, 5, new Event.InterruptTaken(0x51, 0));
        accept(2, 1, 5, new Event.InterruptTaken(0x51, 0));
        accept(3, 1, 2, new Event.InterruptTaken(0x2F, 0));
        accept(4, 1, 2, new Event.DpcStarted(0, 0));
        accept(5, 1, 2, new Event.LockAcquired(0, "l", LockKind.SPIN_LOCK, 2, 2, 0, 17));
        accept(6, 1, 0, new Event.ThreadSwitched(1, 2, "wait"));

        ProcessorRow row = statistics.rows().get(1);
        assertThat(row.processor()).isEqualTo(1);
        assertThat(row.interruptsByVector()).isEqualTo(Map.of(0x2F, 1L, 0x51, 2L));
        assertThat(row.interrupts()).isEqualTo(3);
        assertThat(row.dpcs()).isEqualTo(1);
        assertThat(row.spinNs()).isEqualTo(17);
        assertThat(row.contextSwitches()).isEqualTo(1);
        assertThat(statistics.rows().get(0).interrupts()).isZero();
    }

    @Test
    void aProcessorAheadOfTheRunsEndKeepsItsTime() {
        accept(500, 0, 0, new Event.IrqlChanged(0, 2, 0));
        accept(400, Stamp.NO_PROCESSOR, 0, new Event.RunEnded(RunEnd.DONE, ""));

        assertThat(statistics.rows().get(0).timeAtIrqlNs()).isEqualTo(Map.of(0, 500L));
    }

    private void accept(long timeNs, int processor, int irql, Event event) {
        statistics.accept(new Stamp(++sequence, timeNs, processor, 0, irql), event);
    }
}
