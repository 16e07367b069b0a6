package dev.dirql.kernel.structures;

import dev.dirql.machine.GuestMemory;

/**
 * The head of a sequenced singly linked list, in the form that cmpxchg16b changes at once. It must
 * be aligned to 16 bytes. WDK, wdm.h.
 *
 * <pre>
 * +0x000  bits 0-15: Depth; bits 16-63: Sequence, one more at each change
 * +0x008  bits 4-63: the first entry, which is aligned to 16 bytes, 0 if there is none
 * </pre>
 */
@Layout(name = "SLIST_HEADER", size = SListHeader.BYTES)
public record SListHeader(GuestMemory memory, long address) {
    /** Bytes of the structure, and its alignment. */
    public static final int BYTES = 0x10;

    @Offset("Alignment")
    private static final int ALIGNMENT = 0x0;

    @Offset("Region")
    private static final int REGION = 0x8;

    private static final long RESERVED = 0xF;

    /** The number of entries, modulo 2^16. */
    public int depth() {
        return (int) memory.load16(address + ALIGNMENT) & 0xFFFF;
    }

    /** The number of changes, modulo 2^48. */
    public long sequence() {
        return memory.load64(address + ALIGNMENT) >>> 16;
    }

    /** The first entry, or 0. */
    public long first() {
        return memory.load64(address + REGION) & ~RESERVED;
    }

    /** Makes an empty list. */
    public void initialize() {
        memory.store64(address + ALIGNMENT, 0);
        memory.store64(address + REGION, 0);
    }

    /** Puts an entry in front, and gives the one that was. */
    public long push(long entry) {
        long before = first();
        memory.probe(address, BYTES, true);
        memory.store64(entry & ~RESERVED, before);
        set(depth() + 1, entry & ~RESERVED);
        return before;
    }

    /** Takes the first entry out, if there is one. */
    public long pop() {
        long entry = first();
        if (entry != 0) {
            long next = memory.load64(entry);
            memory.probe(address, BYTES, true);
            set(depth() - 1, next);
        }
        return entry;
    }

    /** Takes all entries out, and gives the first. */
    public long flush() {
        long entry = first();
        if (entry != 0) {
            memory.probe(address, BYTES, true);
            set(0, 0);
        }
        return entry;
    }

    private void set(int depth, long entry) {
        memory.store64(address + ALIGNMENT, (sequence() + 1) << 16 | (depth & 0xFFFF));
        memory.store64(address + REGION, entry);
    }
}
