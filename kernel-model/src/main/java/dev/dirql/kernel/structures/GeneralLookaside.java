package dev.dirql.kernel.structures;

import dev.dirql.machine.GuestMemory;

/**
 * A lookaside list: what PAGED_LOOKASIDE_LIST, NPAGED_LOOKASIDE_LIST and LOOKASIDE_LIST_EX begin
 * with. Inline functions of drivers use it. WDK, wdm.h.
 *
 * <pre>
 * +0x000 ListHead, an SLIST_HEADER
 * +0x010 Depth           +0x012 MaximumDepth    +0x014 TotalAllocates
 * +0x018 AllocateMisses  +0x01C TotalFrees      +0x020 FreeMisses
 * +0x024 Type            +0x028 Tag             +0x02C Size
 * +0x030 Allocate        +0x038 Free            +0x040 ListEntry
 * +0x050 LastTotalAllocates                     +0x054 LastAllocateMisses
 * </pre>
 */
@Layout(name = "GENERAL_LOOKASIDE_POOL", size = GeneralLookaside.BYTES)
public record GeneralLookaside(GuestMemory memory, long address) {
    /** Bytes that are used; those of PAGED_LOOKASIDE_LIST and NPAGED_LOOKASIDE_LIST are more. */
    public static final int BYTES = 0x60;

    @Offset("ListHead")
    private static final int LIST_HEAD = 0x00;

    @Offset("Depth")
    private static final int DEPTH = 0x10;

    @Offset("MaximumDepth")
    private static final int MAXIMUM_DEPTH = 0x12;

    @Offset("TotalAllocates")
    private static final int TOTAL_ALLOCATES = 0x14;

    @Offset("AllocateMisses")
    private static final int ALLOCATE_MISSES = 0x18;

    @Offset("Type")
    private static final int TYPE = 0x24;

    @Offset("Tag")
    private static final int TAG = 0x28;

    @Offset("Size")
    private static final int SIZE = 0x2C;

    @Offset("Allocate")
    private static final int ALLOCATE = 0x30;

    @Offset("Free")
    private static final int FREE = 0x38;

    @Offset("ListEntry")
    private static final int LIST_ENTRY = 0x40;

    @Offset("LastTotalAllocates")
    private static final int LAST_TOTAL_ALLOCATES = 0x50;

    @Offset("LastAllocateMisses")
    private static final int LAST_ALLOCATE_MISSES = 0x54;

    /**
     * Makes a list without entries, all counts zero; {@link #listEntry} is not linked.
     *
     * @param depth how many entries it may hold
     * @param type POOL_TYPE that the allocate routine gets
     * @param allocate address of the allocate routine
     * @param free address of the free routine
     */
    public void initialize(
            int depth, int maximumDepth, int type, int tag, int size, long allocate, long free) {
        for (int at = 0; at < BYTES; at += Long.BYTES) {
            memory.store64(address + at, 0);
        }
        memory.store16(address + DEPTH, depth);
        memory.store16(address + MAXIMUM_DEPTH, maximumDepth);
        memory.store32(address + TYPE, type);
        memory.store32(address + TAG, tag);
        memory.store32(address + SIZE, size);
        memory.store64(address + ALLOCATE, allocate);
        memory.store64(address + FREE, free);
    }

    /** The entries that it holds. */
    public SListHeader head() {
        return new SListHeader(memory, address + LIST_HEAD);
    }

    /** How many entries it may hold; what is freed beyond goes to the free routine. */
    public int depth() {
        return (int) memory.load16(address + DEPTH) & 0xFFFF;
    }

    public void setDepth(int value) {
        memory.store16(address + DEPTH, value);
    }

    public int maximumDepth() {
        return (int) memory.load16(address + MAXIMUM_DEPTH) & 0xFFFF;
    }

    /** Allocations, modulo 2^32. */
    public int totalAllocates() {
        return (int) memory.load32(address + TOTAL_ALLOCATES);
    }

    /** Allocations for which there was no entry, modulo 2^32. */
    public int allocateMisses() {
        return (int) memory.load32(address + ALLOCATE_MISSES);
    }

    /** Address of the routine that frees an entry. */
    public long free() {
        return memory.load64(address + FREE);
    }

    /** Its place in the list of all lookaside lists. */
    public ListEntry listEntry() {
        return new ListEntry(memory, address + LIST_ENTRY);
    }

    /** {@link #totalAllocates} when the system looked last. */
    public int lastTotalAllocates() {
        return (int) memory.load32(address + LAST_TOTAL_ALLOCATES);
    }

    /** {@link #allocateMisses} when the system looked last. */
    public int lastAllocateMisses() {
        return (int) memory.load32(address + LAST_ALLOCATE_MISSES);
    }

    /** Keeps the counts for the next look. */
    public void keepCounts() {
        memory.store32(address + LAST_TOTAL_ALLOCATES, totalAllocates());
        memory.store32(address + LAST_ALLOCATE_MISSES, allocateMisses());
    }
}
