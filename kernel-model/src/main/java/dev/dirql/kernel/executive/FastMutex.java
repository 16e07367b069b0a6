package dev.dirql.kernel.executive;

import dev.dirql.kernel.structures.Layout;
import dev.dirql.kernel.structures.Offset;
import dev.dirql.kernel.threads.DispatcherHeader;
import dev.dirql.machine.GuestMemory;

/**
 * FAST_MUTEX, and by another name KGUARDED_MUTEX. Layout of the WDK's wdm.h, x64.
 *
 * <pre>
 * +0x00 Count  +0x08 Owner  +0x10 Contention  +0x18 Event  +0x30 OldIrql
 * </pre>
 *
 * <p>Bit 0 of Count is set while it is free, bit 1 while a waiter is awake that did not try again
 * yet; each waiter that sleeps adds 4.
 */
@Layout(name = "FAST_MUTEX", size = FastMutex.SIZE)
public record FastMutex(GuestMemory memory, long address) {
    public static final int SIZE = 0x38;

    private static final int FREE = 1;
    private static final int WOKEN = 2;
    private static final int WAITER = 4;

    @Offset("Count")
    private static final int COUNT = 0x00;

    @Offset("Owner")
    private static final int OWNER = 0x08;

    @Offset("Contention")
    private static final int CONTENTION = 0x10;

    @Offset("Event")
    private static final int EVENT = 0x18;

    @Offset("OldIrql")
    private static final int OLD_IRQL = 0x30;

    void initialize() {
        memory.probe(address, SIZE, true);
        memory.store32(address + COUNT, FREE);
        memory.store64(address + OWNER, 0);
        memory.store32(address + CONTENTION, 0);
        event().initialize(DispatcherHeader.SYNCHRONIZATION_EVENT, DispatcherHeader.SIZE, false);
    }

    private int count() {
        return (int) memory.load32(address + COUNT);
    }

    private void setCount(int count) {
        memory.store32(address + COUNT, count);
    }

    boolean isFree() {
        return (count() & FREE) != 0;
    }

    void take(long thread) {
        setCount(count() & ~FREE);
        memory.store64(address + OWNER, thread);
    }

    void addWaiter() {
        setCount(count() + WAITER);
        memory.store32(address + CONTENTION, memory.load32(address + CONTENTION) + 1);
    }

    /** The waiter that was woken tries again. */
    void forgetWoken() {
        setCount(count() & ~WOKEN);
    }

    /** Frees it, and says whether a waiter is to be woken, which counts as awake then. */
    boolean free() {
        memory.store64(address + OWNER, 0);
        int count = count() | FREE;
        boolean wake = count >= WAITER && (count & WOKEN) == 0;
        setCount(wake ? count - WAITER + WOKEN : count);
        return wake;
    }

    /** KTHREAD of the owner, or 0. */
    public long owner() {
        return memory.load64(address + OWNER);
    }

    int oldIrql() {
        return (int) memory.load32(address + OLD_IRQL) & 15;
    }

    void setOldIrql(int irql) {
        memory.store32(address + OLD_IRQL, irql);
    }

    /** What its waiters wait for. */
    DispatcherHeader event() {
        return new DispatcherHeader(memory, address + EVENT);
    }
}
