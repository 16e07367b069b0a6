package dev.dirql.kernel.structures;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DriverObjectTest {
    private static final long BASE = 0x1000;

    private final FlatMemory memory = new FlatMemory(BASE, DriverObject.BYTES);
    private final DriverObject view = new DriverObject(memory, BASE);

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
        view.setFlags(0x41000004);
        assertThat(memory.load32(BASE + 0x10)).isEqualTo(0x41000004L);
        assertThat(view.flags()).isEqualTo(0x41000004);
        view.setDriverStart(0x4100000000000005L);
        assertThat(memory.load64(BASE + 0x18)).isEqualTo(0x4100000000000005L);
        assertThat(view.driverStart()).isEqualTo(0x4100000000000005L);
        view.setDriverSize(0x41000006L);
        assertThat(memory.load32(BASE + 0x20)).isEqualTo(0x41000006L);
        assertThat(view.driverSize()).isEqualTo(0x41000006L);
        view.setDriverSection(0x4100000000000007L);
        assertThat(memory.load64(BASE + 0x28)).isEqualTo(0x4100000000000007L);
        assertThat(view.driverSection()).isEqualTo(0x4100000000000007L);
        view.setDriverExtension(0x4100000000000008L);
        assertThat(memory.load64(BASE + 0x30)).isEqualTo(0x4100000000000008L);
        assertThat(view.driverExtension()).isEqualTo(0x4100000000000008L);
        assertThat(view.driverName().address()).isEqualTo(BASE + 0x38);
        view.setHardwareDatabase(0x410000000000000aL);
        assertThat(memory.load64(BASE + 0x48)).isEqualTo(0x410000000000000aL);
        assertThat(view.hardwareDatabase()).isEqualTo(0x410000000000000aL);
        view.setFastIoDispatch(0x410000000000000bL);
        assertThat(memory.load64(BASE + 0x50)).isEqualTo(0x410000000000000bL);
        assertThat(view.fastIoDispatch()).isEqualTo(0x410000000000000bL);
        view.setDriverInit(0x410000000000000cL);
        assertThat(memory.load64(BASE + 0x58)).isEqualTo(0x410000000000000cL);
        assertThat(view.driverInit()).isEqualTo(0x410000000000000cL);
        view.setDriverStartIo(0x410000000000000dL);
        assertThat(memory.load64(BASE + 0x60)).isEqualTo(0x410000000000000dL);
        assertThat(view.driverStartIo()).isEqualTo(0x410000000000000dL);
        view.setDriverUnload(0x410000000000000eL);
        assertThat(memory.load64(BASE + 0x68)).isEqualTo(0x410000000000000eL);
        assertThat(view.driverUnload()).isEqualTo(0x410000000000000eL);
        view.setMajorFunction(27, 0x1234_5678_9ABC_DEF0L);
        assertThat(memory.load64(BASE + 0x148)).isEqualTo(0x1234_5678_9ABC_DEF0L);
        assertThat(view.majorFunction(27)).isEqualTo(0x1234_5678_9ABC_DEF0L);
    }
}
