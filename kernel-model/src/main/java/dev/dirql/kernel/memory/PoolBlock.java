package dev.dirql.kernel.memory;

/**
 * A piece of pool, allocated or free.
 *
 * @param address where it begins: at its header, or at a page if it has none
 * @param size bytes, with the header
 * @param requested bytes that were asked for, 0 if it is free
 * @param tag tag of the allocation, or of the last one
 * @param pages whether it is whole pages without a header
 * @param allocator code that asked for it
 */
public record PoolBlock(
        long address, long size, long requested, int tag, boolean pages, long allocator) {

    /** Stands in {@code requested} of a free block. */
    static final long FREE = -1;

    public boolean isFree() {
        return requested == FREE;
    }

    /** The address that the driver was given. */
    public long data() {
        return pages ? address : address + PoolArena.HEADER;
    }

    public long end() {
        return address + size;
    }

    public boolean contains(long place) {
        return place >= address && place < end();
    }
}
