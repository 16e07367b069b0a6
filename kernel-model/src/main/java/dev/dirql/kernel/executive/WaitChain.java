package dev.dirql.kernel.executive;

import dev.dirql.kernel.services.Walk;
import dev.dirql.machine.GuestMemory;

/**
 * Threads that wait for a lock, the first one first: a pointer to nodes on their own stacks, which
 * are the components of the records of their waits.
 *
 * <pre>
 * +0x00 the next node, or 0  +0x08 KTHREAD  +0x10 1 when the lock is given to it
 * </pre>
 */
record WaitChain(GuestMemory memory, long address) {
    /** What a walk in it goes along. */
    static final String WAITERS = "waiting threads";

    private static final int THREAD = 0x08;
    private static final int GRANTED = 0x10;

    /** The first node, or 0. */
    long first() {
        return memory.load64(address);
    }

    boolean isEmpty() {
        return first() == 0;
    }

    /** Puts a node at the end. */
    void append(long node) {
        long place = address;
        Walk walk = new Walk(WAITERS);
        for (long next = first(); next != 0; next = memory.load64(next)) {
            walk.at(next);
            place = next;
        }
        memory.store64(place, node);
    }

    /** Takes the first node, gives the lock to its thread, and gives that thread. */
    long grantFirst() {
        long node = first();
        memory.store64(address, memory.load64(node));
        return grant(memory, node);
    }

    /** Gives the lock to the thread of a node that is in no chain any more. */
    static long grant(GuestMemory memory, long node) {
        memory.store64(node + GRANTED, 1);
        return memory.load64(node + THREAD);
    }

    static long thread(GuestMemory memory, long node) {
        return memory.load64(node + THREAD);
    }

    static long next(GuestMemory memory, long node) {
        return memory.load64(node);
    }
}
