package dev.dirql.kernel.wmi;

import dev.dirql.machine.GuestMemory;

/**
 * WNODE_HEADER and what follows it in the structures that begin with it. Windows SDK, wmistr.h.
 *
 * <pre>
 * +0x000  BufferSize           +0x004  ProviderId
 * +0x008  Version              +0x00C  Linkage
 * +0x010  TimeStamp
 * +0x018  Guid
 * +0x028  ClientContext        +0x02C  Flags
 * WNODE_ALL_DATA:
 * +0x030  DataBlockOffset      +0x034  InstanceCount
 * +0x038  OffsetInstanceNameOffsets
 * +0x03C  FixedInstanceSize, or OffsetInstanceDataAndLength, offset and length of each instance
 * WNODE_SINGLE_INSTANCE:
 * +0x030  OffsetInstanceName   +0x034  InstanceIndex
 * +0x038  DataBlockOffset      +0x03C  SizeDataBlock
 * +0x040  VariableData
 * WNODE_SINGLE_ITEM, WNODE_METHOD_ITEM:
 * +0x030  OffsetInstanceName   +0x034  InstanceIndex
 * +0x038  ItemId, MethodId     +0x03C  DataBlockOffset
 * +0x040  SizeDataItem, SizeDataBlock
 * WNODE_TOO_SMALL:
 * +0x030  SizeNeeded
 * </pre>
 */
record Wnode(GuestMemory memory, long address) {
    static final int HEADER_BYTES = 0x30;
    static final int TOO_SMALL_BYTES = 0x38;
    static final int SINGLE_INSTANCE_BYTES = 0x40;
    static final int ITEM_BYTES = 0x48;
    static final int INSTANCES = 0x3C;

    static final int ALL_DATA = 0x1;
    static final int SINGLE_INSTANCE = 0x2;
    static final int SINGLE_ITEM = 0x4;
    static final int EVENT_ITEM = 0x8;
    static final int FIXED_INSTANCE_SIZE = 0x10;
    static final int TOO_SMALL = 0x20;
    static final int STATIC_INSTANCE_NAMES = 0x80;
    static final int METHOD_ITEM = 0x8000;
    static final int TRACED_GUID = 0x2_0000;

    static final int GUID = 0x18;
    private static final int PROVIDER_ID = 0x04;
    private static final int VERSION = 0x08;
    private static final int LINKAGE = 0x0C;
    private static final int TIME_STAMP = 0x10;
    private static final int FLAGS = 0x2C;

    void initialize(long bytes, int provider, WmiGuid guid, int flags) {
        memory.storeBytes(address, new byte[HEADER_BYTES]);
        setBufferSize(bytes);
        memory.store32(address + PROVIDER_ID, provider);
        memory.store32(address + VERSION, 1);
        guid.store(memory, address + GUID);
        setFlags(flags);
    }

    long bufferSize() {
        return memory.load32(address);
    }

    void setBufferSize(long value) {
        memory.store32(address, value);
    }

    void setLinkage(long value) {
        memory.store32(address + LINKAGE, value);
    }

    void setTimeStamp(long value) {
        memory.store64(address + TIME_STAMP, value);
    }

    WmiGuid guid() {
        return WmiGuid.load(memory, address + GUID);
    }

    int flags() {
        return (int) memory.load32(address + FLAGS);
    }

    boolean is(int flag) {
        return (flags() & flag) != 0;
    }

    void setFlags(int value) {
        memory.store32(address + FLAGS, value);
    }

    /** A member behind the header, by its offset. */
    long get(int offset) {
        return memory.load32(address + offset);
    }

    void set(int offset, long value) {
        memory.store32(address + offset, value);
    }

    /** Makes of it what tells how large a buffer must be. */
    void becomeTooSmall(long needed) {
        setBufferSize(TOO_SMALL_BYTES);
        setFlags(flags() | TOO_SMALL);
        set(HEADER_BYTES, needed);
    }
}
