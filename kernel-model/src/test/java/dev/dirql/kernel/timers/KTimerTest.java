package dev.dirql.kernel.timers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.kernel.structures.FlatMemory;
import dev.dirql.kernel.threads.DispatcherHeader;
import org.junit.jupiter.api.Test;

class KTimerTest {
    private static final long BASE = 0x1000;

    private final FlatMemory memory = new FlatMemory(BASE, ExTimer.SIZE);

    @Test
    void everyFieldIsWhereNtHasIt() {
        KTimer view = new KTimer(memory, BASE);
        view.initialize(DispatcherHeader.SYNCHRONIZATION_TIMER);

        assertThat(memory.load8(BASE)).isEqualTo(9);
        assertThat(memory.load8(BASE + 2)).isEqualTo(KTimer.SIZE / 4);
        view.setInserted(true);
        assertThat(memory.load8(BASE + 3)).isEqualTo(0x40);
        assertThat(memory.load64(BASE + 0x20)).isEqualTo(BASE + 0x20);
        assertThat(view.isInserted()).isTrue();
        view.setInserted(false);
        assertThat(view.isInserted()).isFalse();
        view.setDueTime(0x4101);
        assertThat(memory.load64(BASE + 0x18)).isEqualTo(0x4101);
        view.setDpc(0x4102);
        assertThat(memory.load64(BASE + 0x30)).isEqualTo(0x4102);
        view.setPeriod(0x4103);
        assertThat(memory.load32(BASE + 0x3C)).isEqualTo(0x4103);
        view.setTolerance(5);
        assertThat(view.tolerance()).isEqualTo(5);
        assertThat(view.header().type()).isEqualTo(9);
    }

    @Test
    void aTimerOfTheSystemBeginsAsItsStructure() {
        ExTimer view = new ExTimer(memory, BASE);
        view.initialize(DispatcherHeader.NOTIFICATION_TIMER_2, ExTimers.NO_WAKE, 0x4101, 0x4102);
        view.setPeriod(0x4103);
        view.setDueTime(0x4104);
        view.setDeleteCallback(0x4105, 0x4106);
        view.setTolerance(0x4107);

        assertThat(memory.load8(BASE)).isEqualTo(0x18);
        assertThat(memory.load64(BASE + 0x48)).isEqualTo(0x4104);
        assertThat(memory.load64(BASE + 0x58)).isEqualTo(0x4103);
        assertThat(memory.load64(BASE + 0x60)).isEqualTo(0x4101);
        assertThat(memory.load64(BASE + 0x68)).isEqualTo(0x4102);
        assertThat(memory.load64(BASE + 0x70)).isEqualTo(0x4105);
        assertThat(memory.load64(BASE + 0x78)).isEqualTo(0x4106);
        assertThat(view.attributes()).isEqualTo(ExTimers.NO_WAKE);
        assertThat(view.state()).isEqualTo(ExTimer.ENABLED);
        assertThat(view.tolerance()).isEqualTo(0x4107);
    }

    @Test
    void anIoTimerIsLaidOutAsInNt() {
        IoTimer view = new IoTimer(memory, BASE);
        view.initialize(0x4101);
        view.setRoutine(0x4102, 0x4103);
        view.setStarted(true);

        assertThat(memory.load16(BASE)).isEqualTo(9);
        assertThat(memory.load16(BASE + 2)).isEqualTo(1);
        assertThat(memory.load64(BASE + 0x18)).isEqualTo(0x4102);
        assertThat(memory.load64(BASE + 0x20)).isEqualTo(0x4103);
        assertThat(memory.load64(BASE + 0x28)).isEqualTo(0x4101);
    }
}
