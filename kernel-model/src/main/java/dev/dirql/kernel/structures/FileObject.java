package dev.dirql.kernel.structures;

import dev.dirql.machine.GuestMemory;

/**
 * A FILE_OBJECT: an open instance of a device. WDK, wdm.h.
 *
 * <pre>
 * +0x000  Type
 * +0x002  Size
 * +0x008  DeviceObject
 * +0x010  Vpb
 * +0x018  FsContext
 * +0x020  FsContext2
 * +0x028  SectionObjectPointer
 * +0x030  PrivateCacheMap
 * +0x038  FinalStatus
 * +0x040  RelatedFileObject
 * +0x048  LockOperation
 * +0x049  DeletePending
 * +0x04A  ReadAccess
 * +0x04B  WriteAccess
 * +0x04C  DeleteAccess
 * +0x04D  SharedRead
 * +0x04E  SharedWrite
 * +0x04F  SharedDelete
 * +0x050  Flags
 * +0x058  FileName
 * +0x068  CurrentByteOffset
 * +0x070  Waiters
 * +0x074  Busy
 * +0x078  LastLock
 * +0x080  Lock
 * +0x098  Event
 * +0x0B0  CompletionContext
 * +0x0B8  IrpListLock
 * +0x0C0  IrpList
 * +0x0D0  FileObjectExtension
 * </pre>
 */
@Layout(name = "FILE_OBJECT", size = FileObject.BYTES)
public record FileObject(GuestMemory memory, long address) {
    /** Bytes of the structure. */
    public static final int BYTES = 0xD8;

    /** What {@link #type} holds in every file object. */
    public static final int IO_TYPE_FILE = 5;

    @Offset("Type")
    private static final int TYPE = 0x0;

    @Offset("Size")
    private static final int SIZE = 0x2;

    @Offset("DeviceObject")
    private static final int DEVICE_OBJECT = 0x8;

    @Offset("Vpb")
    private static final int VPB = 0x10;

    @Offset("FsContext")
    private static final int FS_CONTEXT = 0x18;

    @Offset("FsContext2")
    private static final int FS_CONTEXT2 = 0x20;

    @Offset("SectionObjectPointer")
    private static final int SECTION_OBJECT_POINTER = 0x28;

    @Offset("PrivateCacheMap")
    private static final int PRIVATE_CACHE_MAP = 0x30;

    @Offset("FinalStatus")
    private static final int FINAL_STATUS = 0x38;

    @Offset("RelatedFileObject")
    private static final int RELATED_FILE_OBJECT = 0x40;

    @Offset("LockOperation")
    private static final int LOCK_OPERATION = 0x48;

    @Offset("DeletePending")
    private static final int DELETE_PENDING = 0x49;

    @Offset("ReadAccess")
    private static final int READ_ACCESS = 0x4A;

    @Offset("WriteAccess")
    private static final int WRITE_ACCESS = 0x4B;

    @Offset("DeleteAccess")
    private static final int DELETE_ACCESS = 0x4C;

    @Offset("SharedRead")
    private static final int SHARED_READ = 0x4D;

    @Offset("SharedWrite")
    private static final int SHARED_WRITE = 0x4E;

    @Offset("SharedDelete")
    private static final int SHARED_DELETE = 0x4F;

    @Offset("Flags")
    private static final int FLAGS = 0x50;

    @Offset("FileName")
    private static final int FILE_NAME = 0x58;

    @Offset("CurrentByteOffset")
    private static final int CURRENT_BYTE_OFFSET = 0x68;

    @Offset("Waiters")
    private static final int WAITERS = 0x70;

    @Offset("Busy")
    private static final int BUSY = 0x74;

    @Offset("LastLock")
    private static final int LAST_LOCK = 0x78;

    @Offset("Lock")
    private static final int LOCK = 0x80;

    @Offset("Event")
    private static final int EVENT = 0x98;

    @Offset("CompletionContext")
    private static final int COMPLETION_CONTEXT = 0xB0;

    @Offset("IrpListLock")
    private static final int IRP_LIST_LOCK = 0xB8;

    @Offset("IrpList")
    private static final int IRP_LIST = 0xC0;

    @Offset("FileObjectExtension")
    private static final int FILE_OBJECT_EXTENSION = 0xD0;

    public int type() {
        return (short) memory.load16(address + TYPE);
    }

    public void setType(int value) {
        memory.store16(address + TYPE, value);
    }

    public int size() {
        return (short) memory.load16(address + SIZE);
    }

    public void setSize(int value) {
        memory.store16(address + SIZE, value);
    }

    public long deviceObject() {
        return memory.load64(address + DEVICE_OBJECT);
    }

    public void setDeviceObject(long value) {
        memory.store64(address + DEVICE_OBJECT, value);
    }

    public long vpb() {
        return memory.load64(address + VPB);
    }

    public void setVpb(long value) {
        memory.store64(address + VPB, value);
    }

    public long fsContext() {
        return memory.load64(address + FS_CONTEXT);
    }

    public void setFsContext(long value) {
        memory.store64(address + FS_CONTEXT, value);
    }

    public long fsContext2() {
        return memory.load64(address + FS_CONTEXT2);
    }

    public void setFsContext2(long value) {
        memory.store64(address + FS_CONTEXT2, value);
    }

    public long sectionObjectPointer() {
        return memory.load64(address + SECTION_OBJECT_POINTER);
    }

    public void setSectionObjectPointer(long value) {
        memory.store64(address + SECTION_OBJECT_POINTER, value);
    }

    public long privateCacheMap() {
        return memory.load64(address + PRIVATE_CACHE_MAP);
    }

    public void setPrivateCacheMap(long value) {
        memory.store64(address + PRIVATE_CACHE_MAP, value);
    }

    public int finalStatus() {
        return (int) memory.load32(address + FINAL_STATUS);
    }

    public void setFinalStatus(int value) {
        memory.store32(address + FINAL_STATUS, value);
    }

    public long relatedFileObject() {
        return memory.load64(address + RELATED_FILE_OBJECT);
    }

    public void setRelatedFileObject(long value) {
        memory.store64(address + RELATED_FILE_OBJECT, value);
    }

    public boolean lockOperation() {
        return memory.load8(address + LOCK_OPERATION) != 0;
    }

    public void setLockOperation(boolean value) {
        memory.store8(address + LOCK_OPERATION, value ? 1 : 0);
    }

    public boolean deletePending() {
        return memory.load8(address + DELETE_PENDING) != 0;
    }

    public void setDeletePending(boolean value) {
        memory.store8(address + DELETE_PENDING, value ? 1 : 0);
    }

    public boolean readAccess() {
        return memory.load8(address + READ_ACCESS) != 0;
    }

    public void setReadAccess(boolean value) {
        memory.store8(address + READ_ACCESS, value ? 1 : 0);
    }

    public boolean writeAccess() {
        return memory.load8(address + WRITE_ACCESS) != 0;
    }

    public void setWriteAccess(boolean value) {
        memory.store8(address + WRITE_ACCESS, value ? 1 : 0);
    }

    public boolean deleteAccess() {
        return memory.load8(address + DELETE_ACCESS) != 0;
    }

    public void setDeleteAccess(boolean value) {
        memory.store8(address + DELETE_ACCESS, value ? 1 : 0);
    }

    public boolean sharedRead() {
        return memory.load8(address + SHARED_READ) != 0;
    }

    public void setSharedRead(boolean value) {
        memory.store8(address + SHARED_READ, value ? 1 : 0);
    }

    public boolean sharedWrite() {
        return memory.load8(address + SHARED_WRITE) != 0;
    }

    public void setSharedWrite(boolean value) {
        memory.store8(address + SHARED_WRITE, value ? 1 : 0);
    }

    public boolean sharedDelete() {
        return memory.load8(address + SHARED_DELETE) != 0;
    }

    public void setSharedDelete(boolean value) {
        memory.store8(address + SHARED_DELETE, value ? 1 : 0);
    }

    public int flags() {
        return (int) memory.load32(address + FLAGS);
    }

    public void setFlags(int value) {
        memory.store32(address + FLAGS, value);
    }

    public UnicodeString fileName() {
        return new UnicodeString(memory, address + FILE_NAME);
    }

    public long currentByteOffset() {
        return memory.load64(address + CURRENT_BYTE_OFFSET);
    }

    public void setCurrentByteOffset(long value) {
        memory.store64(address + CURRENT_BYTE_OFFSET, value);
    }

    public long waiters() {
        return memory.load32(address + WAITERS);
    }

    public void setWaiters(long value) {
        memory.store32(address + WAITERS, value);
    }

    public long busy() {
        return memory.load32(address + BUSY);
    }

    public void setBusy(long value) {
        memory.store32(address + BUSY, value);
    }

    public long lastLock() {
        return memory.load64(address + LAST_LOCK);
    }

    public void setLastLock(long value) {
        memory.store64(address + LAST_LOCK, value);
    }

    /** Address of the embedded structure. */
    public long lock() {
        return address + LOCK;
    }

    /** Address of the embedded structure. */
    public long event() {
        return address + EVENT;
    }

    public long completionContext() {
        return memory.load64(address + COMPLETION_CONTEXT);
    }

    public void setCompletionContext(long value) {
        memory.store64(address + COMPLETION_CONTEXT, value);
    }

    /** Address of the embedded structure. */
    public long irpListLock() {
        return address + IRP_LIST_LOCK;
    }

    public ListEntry irpList() {
        return new ListEntry(memory, address + IRP_LIST);
    }

    public long fileObjectExtension() {
        return memory.load64(address + FILE_OBJECT_EXTENSION);
    }

    public void setFileObjectExtension(long value) {
        memory.store64(address + FILE_OBJECT_EXTENSION, value);
    }
}
