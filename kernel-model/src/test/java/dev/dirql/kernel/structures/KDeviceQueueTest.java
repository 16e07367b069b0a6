package dev.dirql.kernel.structures;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class KDeviceQueueTest {
    private static final long BASE = 0x1000;

    private final FlatMemory memory = new FlatMemory(BASE, KDeviceQueue.BYTES);
    private final KDeviceQueue view = new KDeviceQueue(memory, BASE);

    @Test
    void everyFieldIsWhereNtHasIt() {
        view.setType(0x4101);
        assertThat(memory.load16(BASE + 0x0)).isEqualTo(0x4101L);
        assertThat(view.type()).isEqualTo(0x4101);
        view.setSize(0x4102);
        assertThat(memory.load16(BASE + 0x2)).isEqualTo(0x4102L);
        assertThat(view.size()).isEqualTo(0x4102);
        assertThat(view.deviceListHead().address()).isEqualTo(BASE + 0x8);
        assertThat(view.lock()).isEqualTo(BASE + 0x18);
        view.setBusy(true);
        assertThat(memory.load8(BASE + 0x20)).isEqualTo(1);
        assertThat(view.busy()).isTrue();
    }

    @Test
    void aNewQueueIsEmptyAndNotBusy() {
        view.setBusy(true);
        memory.store64(view.lock(), 1);

        view.initialize();

        assertThat(view.type()).isEqualTo(20);
        assertThat(view.size()).isEqualTo(0x28);
        assertThat(view.deviceListHead().isEmpty()).isTrue();
        assertThat(view.busy()).isFalse();
        assertThat(memory.load64(view.lock())).isZero();
    }
}
