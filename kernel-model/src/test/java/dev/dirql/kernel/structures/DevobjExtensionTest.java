package dev.dirql.kernel.structures;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DevobjExtensionTest {
    private static final long BASE = 0x1000;

    private final FlatMemory memory = new FlatMemory(BASE, DevobjExtension.BYTES);
    private final DevobjExtension view = new DevobjExtension(memory, BASE);

    @Test
    void everyFieldIsWhereNtHasIt() {
        view.setType(0x4101);
        assertThat(memory.load16(BASE + 0x0)).isEqualTo(0x4101L);
        assertThat(view.type()).isEqualTo(0x4101);
        view.setSize(0x4102);
        assertThat(memory.load16(BASE + 0x2)).isEqualTo(0x4102L);
        assertThat(view.size()).isEqualTo(0x4102);
        view.setDeviceObject(0x4100000000000003L);
        assertThat(memory.load64(BASE + 0x8)).isEqualTo(0x4100000000000003L);
        assertThat(view.deviceObject()).isEqualTo(0x4100000000000003L);
        view.setPowerFlags(0x41000044);
        assertThat(memory.load32(BASE + 0x10)).isEqualTo(0x41000044L);
        assertThat(view.powerFlags()).isEqualTo(0x41000044);
        view.setExtensionFlags(0x41000004);
        assertThat(memory.load32(BASE + 0x20)).isEqualTo(0x41000004L);
        assertThat(view.extensionFlags()).isEqualTo(0x41000004);
        view.setAttachedTo(0x4100000000000005L);
        assertThat(memory.load64(BASE + 0x30)).isEqualTo(0x4100000000000005L);
        assertThat(view.attachedTo()).isEqualTo(0x4100000000000005L);
        view.setStartIoCount(0x41000006);
        assertThat(memory.load32(BASE + 0x38)).isEqualTo(0x41000006L);
        assertThat(view.startIoCount()).isEqualTo(0x41000006);
        view.setStartIoKey(0x41000007);
        assertThat(memory.load32(BASE + 0x3C)).isEqualTo(0x41000007L);
        assertThat(view.startIoKey()).isEqualTo(0x41000007);
        view.setStartIoFlags(0x41000008);
        assertThat(memory.load32(BASE + 0x40)).isEqualTo(0x41000008L);
        assertThat(view.startIoFlags()).isEqualTo(0x41000008);
        view.setVpb(0x4100000000000009L);
        assertThat(memory.load64(BASE + 0x48)).isEqualTo(0x4100000000000009L);
        assertThat(view.vpb()).isEqualTo(0x4100000000000009L);
    }
}
