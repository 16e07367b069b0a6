package dev.dirql.kernel.threads;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.kernel.structures.FlatMemory;
import org.junit.jupiter.api.Test;

class KThreadTest {
    private static final long BASE = 0x10000;
    private static final long EVENT = BASE + KThread.SIZE;

    private final FlatMemory memory = new FlatMemory(BASE, KThread.SIZE + 0x40);
    private final KThread view = new KThread(memory, BASE);

    @Test
    void everyFieldIsWhereNtHasIt() {
        view.initialize(0x4101, 0x8000, 0x6000, 8, 3, 0x4102, 4, 12);

        assertThat(memory.load8(BASE)).isEqualTo(6);
        assertThat(memory.load64(BASE + 0x28)).isEqualTo(0x8000);
        assertThat(memory.load64(BASE + 0x30)).isEqualTo(0x2000);
        assertThat(memory.load64(BASE + 0x38)).isEqualTo(0x8000);
        assertThat(memory.load64(BASE + 0x58)).isEqualTo(0x8000);
        assertThat(memory.load64(BASE + 0x98)).isEqualTo(BASE + 0x98);
        assertThat(memory.load64(BASE + 0xA8)).isEqualTo(BASE + 0xA8);
        assertThat(memory.load64(BASE + 0xB8)).isEqualTo(0x4101);
        assertThat(memory.load8(BASE + 0xC3)).isEqualTo(8);
        assertThat(memory.load64(BASE + 0x220)).isEqualTo(0x4101);
        assertThat(memory.load8(BASE + 0x233)).isEqualTo(8);
        assertThat(memory.load64(BASE + 0x240)).isEqualTo(3);
        assertThat(memory.load64(BASE + 0x450)).isEqualTo(0x4102);
        assertThat(view.startAddress()).isEqualTo(0x4102);
        assertThat(memory.load64(BASE + 0x478)).isEqualTo(4);
        assertThat(memory.load64(BASE + 0x480)).isEqualTo(12);
    }

    @Test
    void whatChangesWhileItRunsIsWhereNtHasIt() {
        view.setState(KThread.RUNNING);
        view.setPriority(9);
        view.setAffinity(0x4103);
        view.setKernelStack(0x4104);
        view.setWaitIrql(2);
        view.setWaitStatus(0x102);

        assertThat(memory.load8(BASE + 0x184)).isEqualTo(2);
        assertThat(memory.load8(BASE + 0x71)).isEqualTo(1);
        assertThat(memory.load8(BASE + 0xC3)).isEqualTo(9);
        assertThat(memory.load64(BASE + 0x240)).isEqualTo(0x4103);
        assertThat(memory.load64(BASE + 0x58)).isEqualTo(0x4104);
        assertThat(memory.load8(BASE + 0x186)).isEqualTo(2);
        assertThat(memory.load64(BASE + 0xC8)).isEqualTo(0x102);
    }

    @Test
    void alertsAreKeptForEachMode() {
        memory.store16(BASE + 0x72, 0xAAAA);
        view.setAlerted(0, true);
        view.setAlerted(1, false);

        assertThat(memory.load16(BASE + 0x72)).isEqualTo(0x0001);
        assertThat(view.isAlerted(0)).isTrue();
        assertThat(view.isAlerted(1)).isFalse();
    }

    @Test
    void aWaitIsInTheFirstWaitBlock() {
        DispatcherHeader event = new DispatcherHeader(memory, EVENT);
        event.initialize(0, 6, false);

        view.setWaitReason(1, 6);
        view.enterWait(new long[] {EVENT}, KThread.WAIT_ANY, view.ownWaitBlocks());

        assertThat(memory.load64(BASE + 0xD0)).isEqualTo(BASE + 0x140);
        assertThat(memory.load64(EVENT + 8)).isEqualTo(BASE + 0x140);
        assertThat(memory.load8(BASE + 0x150)).isEqualTo(1);
        assertThat(memory.load64(BASE + 0x158)).isEqualTo(BASE);
        assertThat(memory.load64(BASE + 0x160)).isEqualTo(EVENT);
        assertThat(memory.load8(BASE + 0x187)).isEqualTo(1);
        assertThat(memory.load8(BASE + 0x283)).isEqualTo(6);
        assertThat(KThread.ofWaitEntry(memory, BASE + 0x140)).isEqualTo(BASE);
    }

    @Test
    void aWaitForSeveralHasABlockForEach() {
        for (long event : new long[] {EVENT, EVENT + 0x18}) {
            new DispatcherHeader(memory, event).initialize(0, 0x18, false);
        }

        view.enterWait(new long[] {EVENT, EVENT + 0x18}, KThread.WAIT_ALL, view.ownWaitBlocks());

        assertThat(memory.load8(BASE + 0x24B)).isEqualTo(2);
        assertThat(memory.load64(EVENT + 0x20)).isEqualTo(BASE + 0x170);
        assertThat(memory.load8(BASE + 0x180)).isZero();
        assertThat(memory.load16(BASE + 0x182)).isEqualTo(1);
        assertThat(memory.load64(BASE + 0x188)).isEqualTo(BASE);
        assertThat(memory.load64(BASE + 0x190)).isEqualTo(EVENT + 0x18);

        view.leaveWait();

        assertThat(memory.load8(BASE + 0x24B)).isZero();
        assertThat(memory.load64(EVENT + 8)).isEqualTo(EVENT + 8);
        assertThat(memory.load64(EVENT + 0x20)).isEqualTo(EVENT + 0x20);
    }

    @Test
    void apcFieldsAreWhereNtHasThem() {
        view.initialize(0x4101, 0x8000, 0x6000, 8, 3, 0x4102, 4, 12);

        view.addKernelApcDisable(-1);
        view.addSpecialApcDisable(-2);
        view.setNormalApcInProgress(true);
        view.setKernelApcPending(true);
        view.setUserApcPending();

        assertThat(memory.load16(BASE + 0x1E4)).isEqualTo(0xFFFF);
        assertThat(memory.load16(BASE + 0x1E6)).isEqualTo(0xFFFE);
        assertThat(memory.load8(BASE + 0xC0)).isEqualTo(1);
        assertThat(memory.load8(BASE + 0xC1)).isEqualTo(1);
        assertThat(memory.load8(BASE + 0xC2)).isEqualTo(1);
        assertThat(memory.load64(BASE + 0x308)).isEqualTo(BASE + 0x308);
    }
}
