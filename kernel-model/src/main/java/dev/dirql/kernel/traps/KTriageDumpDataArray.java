package dev.dirql.kernel.traps;

import dev.dirql.kernel.structures.Layout;
import dev.dirql.kernel.structures.Offset;
import dev.dirql.machine.GuestMemory;

/**
 * Ranges of memory that a driver wants in a small dump. WDK, wdm.h.
 *
 * <pre>
 * +0x000  List
 * +0x010  NumBlocksUsed
 * +0x014  NumBlocksTotal
 * +0x018  DataSize
 * +0x01C  MaxDataSize
 * +0x020  ComponentNameBufferLength
 * +0x028  ComponentName
 * +0x030  Blocks, 0x10 bytes each: +0x00 Address  +0x08 Size
 * </pre>
 */
@Layout(name = "KTRIAGE_DUMP_DATA_ARRAY", size = KTriageDumpDataArray.BYTES)
record KTriageDumpDataArray(GuestMemory memory, long address) {
    /** Bytes of an array of one block. */
    static final int BYTES = 0x40;

    @Offset("NumBlocksUsed")
    private static final int NUM_BLOCKS_USED = 0x10;

    @Offset("NumBlocksTotal")
    private static final int NUM_BLOCKS_TOTAL = 0x14;

    @Offset("DataSize")
    private static final int DATA_SIZE = 0x18;

    @Offset("MaxDataSize")
    private static final int MAX_DATA_SIZE = 0x1C;

    @Offset("ComponentName")
    private static final int COMPONENT_NAME = 0x28;

    @Offset("Blocks")
    private static final int BLOCKS = 0x30;

    private static final int BLOCK = 0x10;
    private static final int BLOCK_SIZE = 0x08;

    void initialize(int size) {
        memory.storeBytes(address, new byte[BLOCKS]);
        memory.store64(address, address);
        memory.store64(address + 8, address);
        memory.store32(address + NUM_BLOCKS_TOTAL, Integer.toUnsignedLong(size - BLOCKS) / BLOCK);
        memory.store32(address + MAX_DATA_SIZE, 0xFFFF_FFFFL);
        memory.store64(address + COMPONENT_NAME, 0);
    }

    int used() {
        return (int) memory.load32(address + NUM_BLOCKS_USED);
    }

    /** Bytes of all blocks together. */
    long dataSize() {
        return memory.load32(address + DATA_SIZE);
    }

    /** Adds a block, if there is room for it. */
    boolean add(long block, int size) {
        long used = memory.load32(address + NUM_BLOCKS_USED);
        long sum = dataSize() + Integer.toUnsignedLong(size);
        if (used >= memory.load32(address + NUM_BLOCKS_TOTAL)
                || sum > memory.load32(address + MAX_DATA_SIZE)) {
            return false;
        }
        memory.store64(address + BLOCKS + BLOCK * used, block);
        memory.store64(address + BLOCKS + BLOCK * used + BLOCK_SIZE, Integer.toUnsignedLong(size));
        memory.store32(address + NUM_BLOCKS_USED, used + 1);
        memory.store32(address + DATA_SIZE, sum);
        return true;
    }
}
