package dev.dirql.kernel.structures;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DeviceObjectTest {
    private static final long BASE = 0x1000;

    private final FlatMemory memory = new FlatMemory(BASE, DeviceObject.BYTES);
    private final DeviceObject view = new DeviceObject(memory, BASE);

    @Test
    void everyFieldIsWhereNtHasIt() {
        view.setType(0x4101);
        assertThat(memory.load16(BASE + 0x0)).isEqualTo(0x4101L);
        assertThat(view.type()).isEqualTo(0x4101);
        view.setSize(0x4102);
        assertThat(memory.load16(BASE + 0x2)).isEqualTo(0x4102L);
        assertThat(view.size()).isEqualTo(0x4102);
        view.setReferenceCount(0x41000003);
        assertThat(memory.load32(BASE + 0x4)).isEqualTo(0x41000003L);
        assertThat(view.referenceCount()).isEqualTo(0x41000003);
        view.setDriverObject(0x4100000000000004L);
        assertThat(memory.load64(BASE + 0x8)).isEqualTo(0x4100000000000004L);
        assertThat(view.driverObject()).isEqualTo(0x4100000000000004L);
        view.setNextDevice(0x4100000000000005L);
        assertThat(memory.load64(BASE + 0x10)).isEqualTo(0x4100000000000005L);
        assertThat(view.nextDevice()).isEqualTo(0x4100000000000005L);
        view.setAttachedDevice(0x4100000000000006L);
        assertThat(memory.load64(BASE + 0x18)).isEqualTo(0x4100000000000006L);
        assertThat(view.attachedDevice()).isEqualTo(0x4100000000000006L);
        view.setCurrentIrp(0x4100000000000007L);
        assertThat(memory.load64(BASE + 0x20)).isEqualTo(0x4100000000000007L);
        assertThat(view.currentIrp()).isEqualTo(0x4100000000000007L);
        view.setTimer(0x4100000000000008L);
        assertThat(memory.load64(BASE + 0x28)).isEqualTo(0x4100000000000008L);
        assertThat(view.timer()).isEqualTo(0x4100000000000008L);
        view.setFlags(0x41000009);
        assertThat(memory.load32(BASE + 0x30)).isEqualTo(0x41000009L);
        assertThat(view.flags()).isEqualTo(0x41000009);
        view.setCharacteristics(0x4100000a);
        assertThat(memory.load32(BASE + 0x34)).isEqualTo(0x4100000aL);
        assertThat(view.characteristics()).isEqualTo(0x4100000a);
        view.setVpb(0x410000000000000bL);
        assertThat(memory.load64(BASE + 0x38)).isEqualTo(0x410000000000000bL);
        assertThat(view.vpb()).isEqualTo(0x410000000000000bL);
        view.setDeviceExtension(0x410000000000000cL);
        assertThat(memory.load64(BASE + 0x40)).isEqualTo(0x410000000000000cL);
        assertThat(view.deviceExtension()).isEqualTo(0x410000000000000cL);
        view.setDeviceType(0x4100000dL);
        assertThat(memory.load32(BASE + 0x48)).isEqualTo(0x4100000dL);
        assertThat(view.deviceType()).isEqualTo(0x4100000dL);
        view.setStackSize(0x4f);
        assertThat(memory.load8(BASE + 0x4C)).isEqualTo(0x4fL);
        assertThat(view.stackSize()).isEqualTo(0x4f);
        assertThat(view.queue()).isEqualTo(BASE + 0x50);
        view.setAlignmentRequirement(0x41000010L);
        assertThat(memory.load32(BASE + 0x98)).isEqualTo(0x41000010L);
        assertThat(view.alignmentRequirement()).isEqualTo(0x41000010L);
        assertThat(view.deviceQueue().address()).isEqualTo(BASE + 0xA0);
        assertThat(view.dpc()).isEqualTo(BASE + 0xC8);
        view.setActiveThreadCount(0x41000013L);
        assertThat(memory.load32(BASE + 0x108)).isEqualTo(0x41000013L);
        assertThat(view.activeThreadCount()).isEqualTo(0x41000013L);
        view.setSecurityDescriptor(0x4100000000000014L);
        assertThat(memory.load64(BASE + 0x110)).isEqualTo(0x4100000000000014L);
        assertThat(view.securityDescriptor()).isEqualTo(0x4100000000000014L);
        assertThat(view.deviceLock()).isEqualTo(BASE + 0x118);
        view.setSectorSize(0x4116);
        assertThat(memory.load16(BASE + 0x130)).isEqualTo(0x4116L);
        assertThat(view.sectorSize()).isEqualTo(0x4116);
        view.setDeviceObjectExtension(0x4100000000000017L);
        assertThat(memory.load64(BASE + 0x138)).isEqualTo(0x4100000000000017L);
        assertThat(view.deviceObjectExtension()).isEqualTo(0x4100000000000017L);
        view.setReserved(0x4100000000000018L);
        assertThat(memory.load64(BASE + 0x140)).isEqualTo(0x4100000000000018L);
        assertThat(view.reserved()).isEqualTo(0x4100000000000018L);
    }
}
