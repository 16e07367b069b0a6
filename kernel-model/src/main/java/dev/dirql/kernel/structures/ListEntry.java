package dev.dirql.kernel.structures;

import dev.dirql.machine.GuestMemory;

/**
 * A link, or the head, of a doubly linked circular list. WDK, ntdef.h.
 *
 * <pre>
 * +0x000  Flink
 * +0x008  Blink
 * </pre>
 */
@Layout(name = "LIST_ENTRY", size = ListEntry.BYTES)
public record ListEntry(GuestMemory memory, long address) {
    /** Bytes of the structure. */
    public static final int BYTES = 0x10;

    @Offset("Flink")
    private static final int FLINK = 0x0;

    @Offset("Blink")
    private static final int BLINK = 0x8;

    public long flink() {
        return memory.load64(address + FLINK);
    }

    public void setFlink(long value) {
        memory.store64(address + FLINK, value);
    }

    public long blink() {
        return memory.load64(address + BLINK);
    }

    public void setBlink(long value) {
        memory.store64(address + BLINK, value);
    }

    /** Makes this the head of an empty list. */
    public void initializeHead() {
        setFlink(address);
        setBlink(address);
    }

    public boolean isEmpty() {
        return flink() == address;
    }

    /** Whether the neighbours point here. */
    public boolean isSound() {
        return at(flink()).blink() == address && at(blink()).flink() == address;
    }

    /** Links an entry before this one: behind the last, if this is the head. */
    public void insertBefore(ListEntry entry) {
        ListEntry previous = at(blink());
        entry.setFlink(address);
        entry.setBlink(previous.address);
        previous.setFlink(entry.address);
        setBlink(entry.address);
    }

    /** Takes this entry out of its list. */
    public void remove() {
        ListEntry next = at(flink());
        ListEntry previous = at(blink());
        previous.setFlink(next.address);
        next.setBlink(previous.address);
    }

    private ListEntry at(long other) {
        return new ListEntry(memory, other);
    }
}
