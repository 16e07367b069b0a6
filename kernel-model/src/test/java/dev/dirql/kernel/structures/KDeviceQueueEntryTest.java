package dev.dirql.kernel.structures;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class KDeviceQueueEntryTest {
    private static final long BASE = 0x1000;

    private final FlatMemory memory = new FlatMemory(BASE, KDeviceQueueEntry.BYTES);
    private final KDeviceQueueEntry view = new KDeviceQueueEntry(memory, BASE);

    @Test
    void everyFieldIsWhereNtHasIt() {
        assertThat(view.deviceListEntry().address()).isEqualTo(BASE + 0x0);
        view.setSortKey(0x41000002L);
        assertThat(memory.load32(BASE + 0x10)).isEqualTo(0x41000002L);
        assertThat(view.sortKey()).isEqualTo(0x41000002L);
        view.setInserted(true);
        assertThat(memory.load8(BASE + 0x14)).isEqualTo(1);
        assertThat(view.inserted()).isTrue();
    }
}
