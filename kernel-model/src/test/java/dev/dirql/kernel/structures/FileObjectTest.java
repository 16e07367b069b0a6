package dev.dirql.kernel.structures;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FileObjectTest {
    private static final long BASE = 0x1000;

    private final FlatMemory memory = new FlatMemory(BASE, FileObject.BYTES);
    private final FileObject view = new FileObject(memory, BASE);

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
        view.setVpb(0x4100000000000004L);
        assertThat(memory.load64(BASE + 0x10)).isEqualTo(0x4100000000000004L);
        assertThat(view.vpb()).isEqualTo(0x4100000000000004L);
        view.setFsContext(0x4100000000000005L);
        assertThat(memory.load64(BASE + 0x18)).isEqualTo(0x4100000000000005L);
        assertThat(view.fsContext()).isEqualTo(0x4100000000000005L);
        view.setFsContext2(0x4100000000000006L);
        assertThat(memory.load64(BASE + 0x20)).isEqualTo(0x4100000000000006L);
        assertThat(view.fsContext2()).isEqualTo(0x4100000000000006L);
        view.setSectionObjectPointer(0x4100000000000007L);
        assertThat(memory.load64(BASE + 0x28)).isEqualTo(0x4100000000000007L);
        assertThat(view.sectionObjectPointer()).isEqualTo(0x4100000000000007L);
        view.setPrivateCacheMap(0x4100000000000008L);
        assertThat(memory.load64(BASE + 0x30)).isEqualTo(0x4100000000000008L);
        assertThat(view.privateCacheMap()).isEqualTo(0x4100000000000008L);
        view.setFinalStatus(0x41000009);
        assertThat(memory.load32(BASE + 0x38)).isEqualTo(0x41000009L);
        assertThat(view.finalStatus()).isEqualTo(0x41000009);
        view.setRelatedFileObject(0x410000000000000aL);
        assertThat(memory.load64(BASE + 0x40)).isEqualTo(0x410000000000000aL);
        assertThat(view.relatedFileObject()).isEqualTo(0x410000000000000aL);
        view.setLockOperation(true);
        assertThat(memory.load8(BASE + 0x48)).isEqualTo(1);
        assertThat(view.lockOperation()).isTrue();
        view.setDeletePending(true);
        assertThat(memory.load8(BASE + 0x49)).isEqualTo(1);
        assertThat(view.deletePending()).isTrue();
        view.setReadAccess(true);
        assertThat(memory.load8(BASE + 0x4A)).isEqualTo(1);
        assertThat(view.readAccess()).isTrue();
        view.setWriteAccess(true);
        assertThat(memory.load8(BASE + 0x4B)).isEqualTo(1);
        assertThat(view.writeAccess()).isTrue();
        view.setDeleteAccess(true);
        assertThat(memory.load8(BASE + 0x4C)).isEqualTo(1);
        assertThat(view.deleteAccess()).isTrue();
        view.setSharedRead(true);
        assertThat(memory.load8(BASE + 0x4D)).isEqualTo(1);
        assertThat(view.sharedRead()).isTrue();
        view.setSharedWrite(true);
        assertThat(memory.load8(BASE + 0x4E)).isEqualTo(1);
        assertThat(view.sharedWrite()).isTrue();
        view.setSharedDelete(true);
        assertThat(memory.load8(BASE + 0x4F)).isEqualTo(1);
        assertThat(view.sharedDelete()).isTrue();
        view.setFlags(0x41000013);
        assertThat(memory.load32(BASE + 0x50)).isEqualTo(0x41000013L);
        assertThat(view.flags()).isEqualTo(0x41000013);
        assertThat(view.fileName().address()).isEqualTo(BASE + 0x58);
        view.setCurrentByteOffset(0x4100000000000015L);
        assertThat(memory.load64(BASE + 0x68)).isEqualTo(0x4100000000000015L);
        assertThat(view.currentByteOffset()).isEqualTo(0x4100000000000015L);
        view.setWaiters(0x41000016L);
        assertThat(memory.load32(BASE + 0x70)).isEqualTo(0x41000016L);
        assertThat(view.waiters()).isEqualTo(0x41000016L);
        view.setBusy(0x41000017L);
        assertThat(memory.load32(BASE + 0x74)).isEqualTo(0x41000017L);
        assertThat(view.busy()).isEqualTo(0x41000017L);
        view.setLastLock(0x4100000000000018L);
        assertThat(memory.load64(BASE + 0x78)).isEqualTo(0x4100000000000018L);
        assertThat(view.lastLock()).isEqualTo(0x4100000000000018L);
        assertThat(view.lock()).isEqualTo(BASE + 0x80);
        assertThat(view.event()).isEqualTo(BASE + 0x98);
        view.setCompletionContext(0x410000000000001bL);
        assertThat(memory.load64(BASE + 0xB0)).isEqualTo(0x410000000000001bL);
        assertThat(view.completionContext()).isEqualTo(0x410000000000001bL);
        assertThat(view.irpListLock()).isEqualTo(BASE + 0xB8);
        assertThat(view.irpList().address()).isEqualTo(BASE + 0xC0);
        view.setFileObjectExtension(0x410000000000001eL);
        assertThat(memory.load64(BASE + 0xD0)).isEqualTo(0x410000000000001eL);
        assertThat(view.fileObjectExtension()).isEqualTo(0x410000000000001eL);
    }
}
