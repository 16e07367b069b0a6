package dev.dirql.kernel.processors;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.kernel.structures.FlatMemory;
import org.junit.jupiter.api.Test;

class KPcrTest {
    private static final long BASE = 0xFFFFF780_00010000L;

    private final FlatMemory memory = new FlatMemory(BASE, KPcr.SIZE);
    private final KPcr view = new KPcr(memory, BASE);

    @Test
    void everyFieldIsWhereNtHasIt() {
        view.initialize(3, 0x4100_0000_0000_0001L, 0x4100_0000_0000_0002L, 4, 5, true);

        assertThat(memory.load64(BASE + 0x18)).isEqualTo(BASE);
        assertThat(memory.load64(BASE + 0x20)).isEqualTo(BASE + 0x180);
        assertThat(memory.load8(BASE + 0x184)).isEqualTo(3);
        assertThat(memory.load64(BASE + 0x188)).isEqualTo(0x4100_0000_0000_0001L);
        assertThat(memory.load64(BASE + 0x190)).isZero();
        assertThat(memory.load64(BASE + 0x198)).isEqualTo(0x4100_0000_0000_0001L);
        assertThat(memory.load32(BASE + 0x1A4)).isEqualTo(3);
        assertThat(memory.load64(BASE + 0x31C8)).isEqualTo(BASE + 0x31C0);
        assertThat(memory.load64(BASE + 0x31F0)).isEqualTo(BASE + 0x31E8);
        assertThat(memory.load64(BASE + 0x3210)).isEqualTo(0x4100_0000_0000_0002L);
        assertThat(memory.load32(BASE + 0x3218)).isEqualTo(4);
        assertThat(memory.load32(BASE + 0x3220)).isEqualTo(5);
        assertThat(memory.load8(BASE + 0x3228)).isEqualTo(1);
        assertThat(view.isThreadDpcEnabled()).isTrue();
        assertThat(memory.load32(BASE + 0x322C)).isZero();
        assertThat(view.prcb()).isEqualTo(BASE + 0x180);
    }

    @Test
    void whatChangesWhileItRunsIsWhereNtHasIt() {
        view.setCurrentThread(0x4100_0000_0000_0003L);
        view.setNestingLevel(2);
        view.dpcs().setLastEntry(0x4100_0000_0000_0004L);
        view.dpcs().setDepth(5);
        view.dpcs().countDpc();
        view.dpcs().setActiveDpc(0x4100_0000_0000_0006L);
        view.setTimerExpirationRequested(true);
        view.setDpcRoutineActive(true);

        assertThat(memory.load64(BASE + 0x188)).isEqualTo(0x4100_0000_0000_0003L);
        assertThat(view.currentThread()).isEqualTo(0x4100_0000_0000_0003L);
        assertThat(memory.load8(BASE + 0x1A0)).isEqualTo(2);
        assertThat(view.nestingLevel()).isEqualTo(2);
        assertThat(view.dpcs().address()).isEqualTo(BASE + 0x31C0);
        assertThat(view.threadedDpcs().address()).isEqualTo(BASE + 0x31E8);
        assertThat(memory.load64(BASE + 0x31C8)).isEqualTo(0x4100_0000_0000_0004L);
        assertThat(view.dpcs().lastEntry()).isEqualTo(0x4100_0000_0000_0004L);
        assertThat(memory.load32(BASE + 0x31D8)).isEqualTo(5);
        assertThat(view.dpcs().depth()).isEqualTo(5);
        assertThat(memory.load32(BASE + 0x31DC)).isEqualTo(1);
        assertThat(memory.load64(BASE + 0x31E0)).isEqualTo(0x4100_0000_0000_0006L);
        assertThat(view.dpcs().activeDpc()).isEqualTo(0x4100_0000_0000_0006L);
        assertThat(memory.load8(BASE + 0x322A)).isEqualTo(1);
        assertThat(view.isDpcRoutineActive()).isTrue();
        assertThat(memory.load32(BASE + 0x322C)).isEqualTo(0x8);
        view.setThreadRequested(true);
        view.setTimerExpirationRequested(false);
        assertThat(memory.load32(BASE + 0x322C)).isEqualTo(0x2_0000);
        assertThat(view.isThreadRequested()).isTrue();
        assertThat(view.isTimerExpirationRequested()).isFalse();
    }

    @Test
    void theRateOfDpcsIsAMeanOverTheTicks() {
        view.initialize(3, 0x4100_0000_0000_0001L, 0x4100_0000_0000_0002L, 4, 3, true);

        assertThat(view.isDpcRateLow()).isTrue();
        for (int i = 0; i < 8; i++) {
            view.dpcs().countDpc();
        }
        view.adjustDpcRate();
        assertThat(memory.load32(BASE + 0x321C)).isEqualTo(4);
        assertThat(memory.load32(BASE + 0x3224)).isEqualTo(8);
        assertThat(view.isDpcRateLow()).isFalse();
        view.adjustDpcRate();
        assertThat(memory.load32(BASE + 0x321C)).isEqualTo(2);
        assertThat(view.isDpcRateLow()).isTrue();
    }
}
