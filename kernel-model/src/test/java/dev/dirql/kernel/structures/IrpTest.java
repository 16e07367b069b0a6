package dev.dirql.kernel.structures;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class IrpTest {
    private static final long BASE = 0x1000;

    private final FlatMemory memory = new FlatMemory(BASE, Irp.BYTES);
    private final Irp view = new Irp(memory, BASE);

    @Test
    void everyFieldIsWhereNtHasIt() {
        view.setType(0x4101);
        assertThat(memory.load16(BASE + 0x0)).isEqualTo(0x4101L);
        assertThat(view.type()).isEqualTo(0x4101);
        view.setSize(0x4102);
        assertThat(memory.load16(BASE + 0x2)).isEqualTo(0x4102L);
        assertThat(view.size()).isEqualTo(0x4102);
        view.setMdlAddress(0x4100000000000003L);
        assertThat(memory.load64(BASE + 0x8)).isEqualTo(0x4100000000000003L);
        assertThat(view.mdlAddress()).isEqualTo(0x4100000000000003L);
        view.setFlags(0x41000004);
        assertThat(memory.load32(BASE + 0x10)).isEqualTo(0x41000004L);
        assertThat(view.flags()).isEqualTo(0x41000004);
        view.setSystemBuffer(0x4100000000000005L);
        assertThat(memory.load64(BASE + 0x18)).isEqualTo(0x4100000000000005L);
        assertThat(view.systemBuffer()).isEqualTo(0x4100000000000005L);
        assertThat(view.threadListEntry().address()).isEqualTo(BASE + 0x20);
        view.setStatus(0x41000007);
        assertThat(memory.load32(BASE + 0x30)).isEqualTo(0x41000007L);
        assertThat(view.status()).isEqualTo(0x41000007);
        view.setInformation(0x4100000000000008L);
        assertThat(memory.load64(BASE + 0x38)).isEqualTo(0x4100000000000008L);
        assertThat(view.information()).isEqualTo(0x4100000000000008L);
        view.setRequestorMode(0x4a);
        assertThat(memory.load8(BASE + 0x40)).isEqualTo(0x4aL);
        assertThat(view.requestorMode()).isEqualTo(0x4a);
        view.setPendingReturned(true);
        assertThat(memory.load8(BASE + 0x41)).isEqualTo(1);
        assertThat(view.pendingReturned()).isTrue();
        view.setStackCount(0x4c);
        assertThat(memory.load8(BASE + 0x42)).isEqualTo(0x4cL);
        assertThat(view.stackCount()).isEqualTo(0x4c);
        view.setCurrentLocation(0x4d);
        assertThat(memory.load8(BASE + 0x43)).isEqualTo(0x4dL);
        assertThat(view.currentLocation()).isEqualTo(0x4d);
        view.setCancel(true);
        assertThat(memory.load8(BASE + 0x44)).isEqualTo(1);
        assertThat(view.cancel()).isTrue();
        view.setCancelIrql(0x4f);
        assertThat(memory.load8(BASE + 0x45)).isEqualTo(0x4fL);
        assertThat(view.cancelIrql()).isEqualTo(0x4f);
        view.setApcEnvironment(0x50);
        assertThat(memory.load8(BASE + 0x46)).isEqualTo(0x50L);
        assertThat(view.apcEnvironment()).isEqualTo(0x50);
        view.setAllocationFlags(0x51);
        assertThat(memory.load8(BASE + 0x47)).isEqualTo(0x51L);
        assertThat(view.allocationFlags()).isEqualTo(0x51);
        view.setUserIosb(0x4100000000000011L);
        assertThat(memory.load64(BASE + 0x48)).isEqualTo(0x4100000000000011L);
        assertThat(view.userIosb()).isEqualTo(0x4100000000000011L);
        view.setUserEvent(0x4100000000000012L);
        assertThat(memory.load64(BASE + 0x50)).isEqualTo(0x4100000000000012L);
        assertThat(view.userEvent()).isEqualTo(0x4100000000000012L);
        view.setUserApcRoutine(0x4100000000000013L);
        assertThat(memory.load64(BASE + 0x58)).isEqualTo(0x4100000000000013L);
        assertThat(view.userApcRoutine()).isEqualTo(0x4100000000000013L);
        view.setUserApcContext(0x4100000000000014L);
        assertThat(memory.load64(BASE + 0x60)).isEqualTo(0x4100000000000014L);
        assertThat(view.userApcContext()).isEqualTo(0x4100000000000014L);
        view.setCancelRoutine(0x4100000000000015L);
        assertThat(memory.load64(BASE + 0x68)).isEqualTo(0x4100000000000015L);
        assertThat(view.cancelRoutine()).isEqualTo(0x4100000000000015L);
        view.setUserBuffer(0x4100000000000016L);
        assertThat(memory.load64(BASE + 0x70)).isEqualTo(0x4100000000000016L);
        assertThat(view.userBuffer()).isEqualTo(0x4100000000000016L);
        assertThat(view.deviceQueueEntry().address()).isEqualTo(BASE + 0x78);
        view.setThread(0x4100000000000018L);
        assertThat(memory.load64(BASE + 0x98)).isEqualTo(0x4100000000000018L);
        assertThat(view.thread()).isEqualTo(0x4100000000000018L);
        view.setAuxiliaryBuffer(0x4100000000000019L);
        assertThat(memory.load64(BASE + 0xA0)).isEqualTo(0x4100000000000019L);
        assertThat(view.auxiliaryBuffer()).isEqualTo(0x4100000000000019L);
        assertThat(view.listEntry().address()).isEqualTo(BASE + 0xA8);
        view.setCurrentStackLocation(0x410000000000001bL);
        assertThat(memory.load64(BASE + 0xB8)).isEqualTo(0x410000000000001bL);
        assertThat(view.currentStackLocation()).isEqualTo(0x410000000000001bL);
        view.setOriginalFileObject(0x410000000000001cL);
        assertThat(memory.load64(BASE + 0xC0)).isEqualTo(0x410000000000001cL);
        assertThat(view.originalFileObject()).isEqualTo(0x410000000000001cL);
    }

    @Test
    void stackLocationsFollowAndCountFromOne() {
        assertThat(Irp.size(2)).isEqualTo(0xD0 + 2 * 0x48);
        assertThat(view.stackLocation(1).address()).isEqualTo(BASE + 0xD0);
        assertThat(view.stackLocation(2).address()).isEqualTo(BASE + 0x118);
        assertThat(Irp.ofDeviceQueueEntry(memory, BASE + 0x78)).isEqualTo(view);
    }
}
