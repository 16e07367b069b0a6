package dev.dirql.kernel.structures;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class KLockQueueHandleTest {
    private static final long BASE = 0x1000;

    private final FlatMemory memory = new FlatMemory(BASE, KLockQueueHandle.BYTES);
    private final KLockQueueHandle view = new KLockQueueHandle(memory, BASE);

    @Test
    void everyFieldIsWhereNtHasIt() {
        view.setNext(0x4100000000000001L);
        assertThat(memory.load64(BASE + 0x0)).isEqualTo(0x4100000000000001L);
        assertThat(view.next()).isEqualTo(0x4100000000000001L);
        view.setLock(0x4100000000000002L);
        assertThat(memory.load64(BASE + 0x8)).isEqualTo(0x4100000000000002L);
        assertThat(view.lock()).isEqualTo(0x4100000000000002L);
        assertThat(view.lockAddress()).isEqualTo(BASE + 0x8);
        view.setOldIrql(0x83);
        assertThat(memory.load8(BASE + 0x10)).isEqualTo(0x83);
        assertThat(view.oldIrql()).isEqualTo(0x83);
    }
}
