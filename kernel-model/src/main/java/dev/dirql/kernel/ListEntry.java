package dev.dirql.kernel;

import dev.dirql.machine.GuestMemory;

/**
 * LIST_ENTRY: a doubly linked list through guest memory.
 *
 * <pre>
 * +0x00 Flink   +0x08 Blink
 * </pre>
 */
public record ListEntry(GuestMemory memory, long address) {
    public static final int SIZE = 16;
    private static final int BLINK = 8;

    public long flink() {
        return memory.load64(address);
    }

    public long blink() {
        return memory.load64(address + BLINK);
    }

    /** Makes this an empty list head, or an entry that is in no list. */
    public void initialize() {
        memory.store64(address, address);
        memory.store64(address + BLINK, address);
    }

    public boolean isEmpty() {
        return flink() == address;
    }

    /** Appends an entry to the list that this heads. */
    public void insertTail(long entry) {
        long last = blink();
        memory.store64(entry, address);
        memory.store64(entry + BLINK, last);
        memory.store64(last, entry);
        memory.store64(address + BLINK, entry);
    }

    /** Takes this entry out of its list and leaves it empty. */
    public void remove() {
        long next = flink();
        long previous = blink();
        memory.store64(previous, next);
        memory.store64(next + BLINK, previous);
        initialize();
    }
}
