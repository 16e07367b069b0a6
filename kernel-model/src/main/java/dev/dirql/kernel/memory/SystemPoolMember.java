package dev.dirql.kernel.memory;

/**
 * A part of a structure that the system itself allocates from pool, for reports.
 *
 * @param tag of the allocation
 * @param offset from its start
 * @param name of the structure and its member
 */
public record SystemPoolMember(int tag, long offset, String name) {

    /** Whether it is what lies at an address of an allocated block. */
    public boolean isAt(PoolBlock block, long address) {
        return block.allocator() == 0 && block.tag() == tag && address - block.data() == offset;
    }
}
