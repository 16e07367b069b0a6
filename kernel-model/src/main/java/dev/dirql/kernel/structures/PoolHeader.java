package dev.dirql.kernel.structures;

import dev.dirql.machine.GuestMemory;

/**
 * The POOL_HEADER before every block of less than a page. Sizes are in units of 16 bytes and count
 * the header.
 *
 * <pre>
 * +0x000  PreviousSize   units of the block before it in its page
 * +0x001  PoolIndex
 * +0x002  BlockSize      units of this block
 * +0x003  PoolType       0 if free, else 2 + (POOL_TYPE + 1)
 * +0x004  PoolTag
 * +0x008  ProcessBilled
 * </pre>
 */
public record PoolHeader(GuestMemory memory, long address) {
    public static final int BYTES = 0x10;

    private static final int BLOCK_SIZE = 0x02;
    private static final int POOL_TYPE = 0x03;
    private static final int POOL_TAG = 0x04;

    public int previousSize() {
        return (int) memory.load8(address);
    }

    public int blockSize() {
        return (int) memory.load8(address + BLOCK_SIZE);
    }

    public int poolType() {
        return (int) memory.load8(address + POOL_TYPE);
    }

    public int poolTag() {
        return (int) memory.load32(address + POOL_TAG);
    }

    /** The first eight bytes, as a bug check shows them. */
    public long contents() {
        return memory.load64(address);
    }

    /** What the first eight bytes are for such a block. */
    public static long contents(int previousSize, int blockSize, int poolType, int tag) {
        return previousSize | (long) blockSize << 16 | (long) poolType << 24 | (long) tag << 32;
    }
}
