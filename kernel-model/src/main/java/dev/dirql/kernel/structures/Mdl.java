package dev.dirql.kernel.structures;

import dev.dirql.machine.GuestMemory;

/**
 * A memory descriptor list: a buffer and, behind the structure, the numbers of its page frames.
 * WDK, wdm.h.
 *
 * <pre>
 * +0x000  Next
 * +0x008  Size
 * +0x00A  MdlFlags
 * +0x00C  AllocationProcessorNumber
 * +0x010  Process
 * +0x018  MappedSystemVa
 * +0x020  StartVa
 * +0x028  ByteCount
 * +0x02C  ByteOffset
 * </pre>
 */
@Layout(name = "MDL", size = Mdl.BYTES)
public record Mdl(GuestMemory memory, long address) {
    /** Bytes of the structure. */
    public static final int BYTES = 0x30;

    @Offset("Next")
    private static final int NEXT = 0x0;

    @Offset("Size")
    private static final int SIZE = 0x8;

    @Offset("MdlFlags")
    private static final int MDL_FLAGS = 0xA;

    @Offset("AllocationProcessorNumber")
    private static final int ALLOCATION_PROCESSOR_NUMBER = 0xC;

    @Offset("Process")
    private static final int PROCESS = 0x10;

    @Offset("MappedSystemVa")
    private static final int MAPPED_SYSTEM_VA = 0x18;

    @Offset("StartVa")
    private static final int START_VA = 0x20;

    @Offset("ByteCount")
    private static final int BYTE_COUNT = 0x28;

    @Offset("ByteOffset")
    private static final int BYTE_OFFSET = 0x2C;

    public long next() {
        return memory.load64(address + NEXT);
    }

    public void setNext(long value) {
        memory.store64(address + NEXT, value);
    }

    public int size() {
        return (short) memory.load16(address + SIZE);
    }

    public void setSize(int value) {
        memory.store16(address + SIZE, value);
    }

    public int mdlFlags() {
        return (short) memory.load16(address + MDL_FLAGS);
    }

    public void setMdlFlags(int value) {
        memory.store16(address + MDL_FLAGS, value);
    }

    public int allocationProcessorNumber() {
        return (int) memory.load16(address + ALLOCATION_PROCESSOR_NUMBER);
    }

    public void setAllocationProcessorNumber(int value) {
        memory.store16(address + ALLOCATION_PROCESSOR_NUMBER, value);
    }

    public long process() {
        return memory.load64(address + PROCESS);
    }

    public void setProcess(long value) {
        memory.store64(address + PROCESS, value);
    }

    public long mappedSystemVa() {
        return memory.load64(address + MAPPED_SYSTEM_VA);
    }

    public void setMappedSystemVa(long value) {
        memory.store64(address + MAPPED_SYSTEM_VA, value);
    }

    public long startVa() {
        return memory.load64(address + START_VA);
    }

    public void setStartVa(long value) {
        memory.store64(address + START_VA, value);
    }

    public long byteCount() {
        return memory.load32(address + BYTE_COUNT);
    }

    public void setByteCount(long value) {
        memory.store32(address + BYTE_COUNT, value);
    }

    public long byteOffset() {
        return memory.load32(address + BYTE_OFFSET);
    }

    public void setByteOffset(long value) {
        memory.store32(address + BYTE_OFFSET, value);
    }

    /** Address of the first frame number. */
    public long frames() {
        return address + BYTES;
    }

    /** The number of a page frame of the buffer, by its index. */
    public long frame(int index) {
        return memory.load64(frames() + 8L * index);
    }

    /** Pages that a buffer touches. */
    public static int pages(long start, long bytes) {
        return (int) (((start & 0xFFF) + bytes + 0xFFF) >>> 12);
    }
}
