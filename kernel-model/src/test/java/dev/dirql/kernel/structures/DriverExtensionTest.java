package dev.dirql.kernel.structures;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DriverExtensionTest {
    private static final long BASE = 0x1000;

    private final FlatMemory memory = new FlatMemory(BASE, DriverExtension.BYTES);
    private final DriverExtension view = new DriverExtension(memory, BASE);

    @Test
    void everyFieldIsWhereNtHasIt() {
        view.setDriverObject(0x4100000000000001L);
        assertThat(memory.load64(BASE + 0x0)).isEqualTo(0x4100000000000001L);
        assertThat(view.driverObject()).isEqualTo(0x4100000000000001L);
        view.setAddDevice(0x4100000000000002L);
        assertThat(memory.load64(BASE + 0x8)).isEqualTo(0x4100000000000002L);
        assertThat(view.addDevice()).isEqualTo(0x4100000000000002L);
        view.setCount(0x41000003L);
        assertThat(memory.load32(BASE + 0x10)).isEqualTo(0x41000003L);
        assertThat(view.count()).isEqualTo(0x41000003L);
        assertThat(view.serviceKeyName().address()).isEqualTo(BASE + 0x18);
    }
}
