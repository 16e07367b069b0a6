package dev.dirql.kernel.threads;

import dev.dirql.kernel.structures.Layout;
import dev.dirql.kernel.structures.ListEntry;
import dev.dirql.kernel.structures.Offset;
import dev.dirql.machine.GuestMemory;

/**
 * KMUTEX, by its other name KMUTANT. Layout of the WDK's wdm.h, x64. SignalState is 1 while it is
 * free, and one less for each acquisition.
 *
 * <pre>
 * +0x00 Header  +0x18 MutantListEntry  +0x28 OwnerThread  +0x30 MutantFlags  +0x31 ApcDisable
 * </pre>
 */
@Layout(name = "KMUTANT", size = KMutant.SIZE)
public record KMutant(GuestMemory memory, long address) {
    public static final int SIZE = 0x38;

    @Offset("MutantListEntry")
    private static final int LIST_ENTRY = 0x18;

    @Offset("OwnerThread")
    private static final int OWNER = 0x28;

    @Offset("MutantFlags")
    private static final int FLAGS = 0x30;

    @Offset("ApcDisable")
    private static final int APC_DISABLE = 0x31;

    /** A mutex for drivers, whose owner is in a critical region. */
    void initialize() {
        memory.probe(address, SIZE, true);
        header().initialize(DispatcherHeader.MUTANT, SIZE, true);
        memory.store64(address + LIST_ENTRY, 0);
        memory.store64(address + LIST_ENTRY + 8, 0);
        memory.store64(address + OWNER, 0);
        memory.store8(address + FLAGS, 0);
        memory.store8(address + APC_DISABLE, 1);
    }

    DispatcherHeader header() {
        return new DispatcherHeader(memory, address);
    }

    /** The mutex whose list entry is at an address. */
    static KMutant ofListEntry(GuestMemory memory, long entry) {
        return new KMutant(memory, entry - LIST_ENTRY);
    }

    /** Its place in the list of its owner's mutexes. */
    ListEntry listEntry() {
        return new ListEntry(memory, address + LIST_ENTRY);
    }

    /** KTHREAD of the owner, or 0. */
    public long owner() {
        return memory.load64(address + OWNER);
    }

    void setOwner(long thread) {
        memory.store64(address + OWNER, thread);
    }

    /** What an acquisition takes from its owner's KernelApcDisable. */
    int apcDisable() {
        return (int) memory.load8(address + APC_DISABLE) & 0xFF;
    }

    /** Whether it was acquired at DISPATCH_LEVEL. */
    boolean isAcquiredAtDispatchLevel() {
        return header().second() != 0;
    }

    void setAcquiredAtDispatchLevel(boolean raised) {
        header().setSecond(raised ? 1 : 0);
    }
}
