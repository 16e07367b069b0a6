package dev.dirql.kernel.executive;

import dev.dirql.kernel.structures.Layout;
import dev.dirql.kernel.structures.ListEntry;
import dev.dirql.kernel.structures.Offset;
import dev.dirql.machine.GuestMemory;

/**
 * ERESOURCE. Layout of the WDK's wdm.h, x64. The first owner is in OwnerEntry; more are in the
 * OwnerTable, whose first entry holds its size. Both waiter fields begin a {@link WaitChain}.
 *
 * <pre>
 * +0x00 SystemResourcesList  +0x10 OwnerTable  +0x18 ActiveCount  +0x1A Flag  +0x20 SharedWaiters
 * +0x28 ExclusiveWaiters  +0x30 OwnerEntry: +0x00 OwnerThread +0x08 OwnerCount, from bit 3 on
 * +0x40 ActiveEntries  +0x44 ContentionCount  +0x48 NumberOfSharedWaiters
 * +0x4C NumberOfExclusiveWaiters  +0x50 Reserved2  +0x58 Address  +0x60 SpinLock
 * </pre>
 */
@Layout(name = "ERESOURCE", size = EResource.SIZE)
public record EResource(GuestMemory memory, long address) {
    public static final int SIZE = 0x68;

    /** Bytes of an OWNER_ENTRY. */
    static final int ENTRY = 0x10;

    private static final int OWNED_EXCLUSIVE = 0x80;
    private static final int ENTRY_COUNT = 0x08;
    private static final int COUNT_SHIFT = 3;

    @Offset("OwnerTable")
    private static final int OWNER_TABLE = 0x10;

    @Offset("ActiveCount")
    private static final int ACTIVE_COUNT = 0x18;

    @Offset("Flag")
    private static final int FLAG = 0x1A;

    @Offset("SharedWaiters")
    private static final int SHARED_WAITERS = 0x20;

    @Offset("ExclusiveWaiters")
    private static final int EXCLUSIVE_WAITERS = 0x28;

    @Offset("OwnerEntry")
    private static final int OWNER_ENTRY = 0x30;

    @Offset("ActiveEntries")
    private static final int ACTIVE_ENTRIES = 0x40;

    @Offset("ContentionCount")
    private static final int CONTENTION = 0x44;

    @Offset("NumberOfSharedWaiters")
    private static final int SHARED_COUNT = 0x48;

    @Offset("NumberOfExclusiveWaiters")
    private static final int EXCLUSIVE_COUNT = 0x4C;

    /** Nobody owns it, and it has no table. */
    void initialize() {
        memory.probe(address, SIZE, true);
        for (int at = 0; at < SIZE; at += 8) {
            memory.store64(address + at, 0);
        }
    }

    /** Its place in the list of all resources. */
    ListEntry listEntry() {
        return new ListEntry(memory, address);
    }

    long ownerTable() {
        return memory.load64(address + OWNER_TABLE);
    }

    void setOwnerTable(long table) {
        memory.store64(address + OWNER_TABLE, table);
    }

    boolean isOwnedExclusive() {
        return (memory.load16(address + FLAG) & OWNED_EXCLUSIVE) != 0;
    }

    void setOwnedExclusive(boolean exclusive) {
        long flag = memory.load16(address + FLAG);
        memory.store16(
                address + FLAG, exclusive ? flag | OWNED_EXCLUSIVE : flag & ~OWNED_EXCLUSIVE);
    }

    /** How many owners there are. */
    int activeEntries() {
        return (int) memory.load32(address + ACTIVE_ENTRIES);
    }

    private void addActive(int change) {
        int active = activeEntries() + change;
        memory.store32(address + ACTIVE_ENTRIES, active);
        memory.store16(address + ACTIVE_COUNT, active);
    }

    /** Address of the entry of an owner, or 0. */
    long entryOf(long thread) {
        long first = address + OWNER_ENTRY;
        if (memory.load64(first) == thread && count(first) > 0) {
            return first;
        }
        for (int i = 1; i < tableSize(); i++) {
            long entry = ownerTable() + (long) ENTRY * i;
            if (memory.load64(entry) == thread && count(entry) > 0) {
                return entry;
            }
        }
        return 0;
    }

    /** Entries of the table, the first of which is no owner's. */
    int tableSize() {
        return ownerTable() == 0 ? 0 : (int) memory.load32(ownerTable() + ENTRY_COUNT);
    }

    void setTableSize(int size) {
        memory.store32(ownerTable() + ENTRY_COUNT, size);
    }

    int count(long entry) {
        return (int) memory.load32(entry + ENTRY_COUNT) >>> COUNT_SHIFT;
    }

    private void setCount(long entry, int count) {
        memory.store32(entry + ENTRY_COUNT, (long) count << COUNT_SHIFT);
    }

    /** An owner acquired it again. */
    void addCount(long entry) {
        setCount(entry, count(entry) + 1);
    }

    /** A new owner, for which there is room. */
    void addOwner(long thread) {
        long entry = address + OWNER_ENTRY;
        for (int i = 1; count(entry) > 0; i++) {
            if (i >= tableSize()) {
                throw new IllegalStateException("the owner table of a resource is full");
            }
            entry = ownerTable() + (long) ENTRY * i;
        }
        memory.store64(entry, thread);
        setCount(entry, 1);
        addActive(1);
    }

    /** An owner released it once, and perhaps for the last time. */
    void removeCount(long entry) {
        int count = count(entry) - 1;
        setCount(entry, count);
        if (count == 0) {
            memory.store64(entry, 0);
            addActive(-1);
        }
    }

    void setOwner(long entry, long owner) {
        memory.store64(entry, owner);
    }

    WaitChain sharedWaiters() {
        return new WaitChain(memory, address + SHARED_WAITERS);
    }

    WaitChain exclusiveWaiters() {
        return new WaitChain(memory, address + EXCLUSIVE_WAITERS);
    }

    int sharedWaiterCount() {
        return (int) memory.load32(address + SHARED_COUNT);
    }

    void addSharedWaiters(int change) {
        memory.store32(address + SHARED_COUNT, sharedWaiterCount() + change);
    }

    int exclusiveWaiterCount() {
        return (int) memory.load32(address + EXCLUSIVE_COUNT);
    }

    void addExclusiveWaiters(int change) {
        memory.store32(address + EXCLUSIVE_COUNT, exclusiveWaiterCount() + change);
    }

    void countContention() {
        memory.store32(address + CONTENTION, memory.load32(address + CONTENTION) + 1);
    }
}
