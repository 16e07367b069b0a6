package dev.dirql.kernel.structures;

import dev.dirql.machine.GuestMemory;

/**
 * What one acquisition of a queued spin lock is kept in: a place in the queue of the lock, and the
 * IRQL to go back to. WDK, wdm.h.
 *
 * <pre>
 * +0x000  LockQueue.Next   the handle behind this one, 0 if it is the last
 * +0x008  LockQueue.Lock   address of the lock; bit 0: waits, bit 1: owns
 * +0x010  OldIrql
 * </pre>
 */
@Layout(name = "KLOCK_QUEUE_HANDLE", size = KLockQueueHandle.BYTES)
public record KLockQueueHandle(GuestMemory memory, long address) {
    /** Bytes of the structure. */
    public static final int BYTES = 0x18;

    /** Bit of {@link #lock}: its owner waits for the lock. LOCK_QUEUE_WAIT. */
    public static final long WAIT = 1;

    /** Bit of {@link #lock}: its owner owns the lock. LOCK_QUEUE_OWNER. */
    public static final long OWNER = 2;

    @Offset("LockQueue.Next")
    private static final int NEXT = 0x0;

    @Offset("LockQueue.Lock")
    private static final int LOCK = 0x8;

    @Offset("OldIrql")
    private static final int OLD_IRQL = 0x10;

    public long next() {
        return memory.load64(address + NEXT);
    }

    public void setNext(long value) {
        memory.store64(address + NEXT, value);
    }

    /** Address of the word on which who waits spins. */
    public long lockAddress() {
        return address + LOCK;
    }

    /** The address of the lock, with the bits below it. */
    public long lock() {
        return memory.load64(address + LOCK);
    }

    public void setLock(long value) {
        memory.store64(address + LOCK, value);
    }

    public int oldIrql() {
        return (int) memory.load8(address + OLD_IRQL) & 0xFF;
    }

    public void setOldIrql(int value) {
        memory.store8(address + OLD_IRQL, value);
    }
}
