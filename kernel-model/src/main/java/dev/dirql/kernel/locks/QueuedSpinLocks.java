package dev.dirql.kernel.locks;

import dev.dirql.events.LockKind;
import dev.dirql.events.Severity;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.rules.Violation;
import dev.dirql.kernel.rules.Violation.Verifier;
import dev.dirql.kernel.structures.KLockQueueHandle;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;
import java.util.List;

/**
 * The queue of a queued spin lock. The KSPIN_LOCK holds the address of the last handle, 0 if it is
 * free; each handle names the one behind it, and who waits spins on its own handle until the one
 * before it hands the lock over. WDK, "Queued spin locks".
 */
final class QueuedSpinLocks {
    private static final LockKind KIND = LockKind.QUEUED_SPIN_LOCK;
    private static final long BITS = KLockQueueHandle.WAIT | KLockQueueHandle.OWNER;

    private final Machine machine;
    private final LockTable table;
    private final Deadlocks deadlocks;
    private final Rules rules;
    private final LockUses uses;
    private final LockInitialization initialization;

    QueuedSpinLocks(
            Machine machine, LockTable table, Deadlocks deadlocks, Rules rules, LockUses uses) {
        this.machine = machine;
        this.table = table;
        this.deadlocks = deadlocks;
        this.rules = rules;
        this.uses = uses;
        initialization = new LockInitialization(table, rules);
    }

    /**
     * Goes to the end of the queue.
     *
     * @return whether the lock was free and is acquired; if not, the run may have ended
     */
    boolean enter(
            Processor processor, long address, long handleAddress, int irqlBefore, long caller) {
        KLockQueueHandle handle = new KLockQueueHandle(processor.memory(), handleAddress);
        LockRecord lock = table.at(processor, address, KIND);
        uses.check(processor, lock, KIND, caller);
        processor.memory().probe(address, Long.BYTES, true);
        initialization.check(processor, lock, processor.memory().load64(address), caller);
        checkIsUnused(processor, handle, lock, caller);
        if (machine.hasEnded()) {
            return false;
        }
        long last = processor.memory().load64(address);
        processor.memory().probe(handleAddress, KLockQueueHandle.BYTES, true);
        if (last != 0) {
            // The word of a lock that was taken as an ordinary one is no address: NT faults too.
            processor.memory().probe(last, Long.BYTES, true);
        }
        handle.setNext(0);
        processor.memory().store64(address, handleAddress);
        if (last == 0) {
            handle.setLock(address | KLockQueueHandle.OWNER);
            table.acquired(
                    processor,
                    lock,
                    KIND,
                    irqlBefore,
                    caller,
                    processor.clockNs,
                    physical(processor, handleAddress));
            return true;
        }
        handle.setLock(address | KLockQueueHandle.WAIT);
        new KLockQueueHandle(processor.memory(), last).setNext(handleAddress);
        table.contended(processor, lock, KIND, caller);
        table.waits(
                new LockWaiter(
                        lock,
                        KIND,
                        processor.number(),
                        processor.thread,
                        caller,
                        physical(processor, handle.lockAddress())));
        deadlocks.check(processor, lock, caller);
        return false;
    }

    /** Looks whether the lock was handed over. */
    boolean isOwner(
            Processor processor,
            long address,
            long handleAddress,
            int irqlBefore,
            long caller,
            long firstTryNs) {
        KLockQueueHandle handle = new KLockQueueHandle(processor.memory(), handleAddress);
        LockRecord lock = table.at(processor, address, KIND);
        if ((handle.lock() & KLockQueueHandle.WAIT) != 0) {
            deadlocks.check(processor, lock, caller);
            return false;
        }
        LockWaiter waiter =
                table.waiter(processor.number(), physical(processor, handle.lockAddress()));
        if (waiter != null) {
            table.waitEnds(waiter);
        }
        table.acquired(
                processor,
                lock,
                KIND,
                irqlBefore,
                caller,
                firstTryNs,
                physical(processor, handleAddress));
        return true;
    }

    /**
     * Hands the lock to the next in the queue, or frees it.
     *
     * @param irqlAfter IRQL to which the routine will return
     * @return whether that is done; if not, the lock names another last handle, and this one has
     *     none behind it: NT waits for that to come, and so it comes back here
     */
    boolean release(
            Processor processor, long handleAddress, int irqlAfter, long caller, boolean again) {
        KLockQueueHandle handle = new KLockQueueHandle(processor.memory(), handleAddress);
        if (!again) {
            checkIsOwned(processor, handle, caller);
            if (machine.hasEnded()) {
                return false;
            }
        }
        long address = handle.lock() & ~BITS;
        long next = handle.next();
        long last = processor.memory().load64(address);
        if (next == 0 && last != handleAddress) {
            return false;
        }
        processor.memory().probe(address, Long.BYTES, true);
        processor.memory().probe(handleAddress, KLockQueueHandle.BYTES, true);
        LockRecord lock = table.at(processor, address, KIND);
        if (next == 0) {
            processor.memory().store64(address, 0);
        } else {
            KLockQueueHandle successor = new KLockQueueHandle(processor.memory(), next);
            processor.memory().probe(next, KLockQueueHandle.BYTES, true);
            successor.setLock((successor.lock() & ~KLockQueueHandle.WAIT) | KLockQueueHandle.OWNER);
            handle.setNext(0);
        }
        handle.setLock(address);
        table.released(processor, lock, KIND, irqlAfter, caller);
        return true;
    }

    /** One handle is for one acquisition. WDK, KeAcquireInStackQueuedSpinLock. */
    private void checkIsUnused(
            Processor processor, KLockQueueHandle handle, LockRecord lock, long caller) {
        LockTable.Held held = table.heldThrough(physical(processor, handle.address()));
        boolean waits = table.isWaitedOn(physical(processor, handle.lockAddress()));
        if (held == null && !waits) {
            return;
        }
        rules.broken(
                processor,
                new Violation(
                        "QueuedSpinLock",
                        "40006",
                        Severity.ERROR,
                        "the lock handle 0x%x is used for %s while %s"
                                .formatted(
                                        handle.address(),
                                        lock.name(),
                                        held == null
                                                ? "another acquisition waits with it"
                                                : held.lock().name() + " is held with it"),
                        Verifier.detected(0x40006, 0, 0, 0),
                        held == null ? List.of() : List.of(Deadlocks.owner(held.holder()))),
                caller);
    }

    private void checkIsOwned(Processor processor, KLockQueueHandle handle, long caller) {
        LockTable.Held held = table.heldThrough(physical(processor, handle.address()));
        long address = handle.lock() & ~BITS;
        if (held == null || held.lock().physical() != physical(processor, address)) {
            rules.broken(
                    processor,
                    Violation.error(
                            "QueuedSpinLockRelease",
                            "40007",
                            "the lock handle 0x%x is released, but no lock is held with it"
                                    .formatted(handle.address()),
                            Verifier.detected(0x40007, 0, 0, 0)),
                    caller);
        } else if (held.holder().processor() != processor.number()) {
            rules.broken(
                    processor,
                    new Violation(
                            "QueuedSpinLockRelease",
                            "1004",
                            Severity.ERROR,
                            "%s is released by cpu%d, but cpu%d acquired it"
                                    .formatted(
                                            held.lock().name(),
                                            processor.number(),
                                            held.holder().processor()),
                            Verifier.detected(
                                    0x1004,
                                    held.lock().address(),
                                    held.holder().thread(),
                                    processor.thread),
                            List.of(Deadlocks.owner(held.holder()))),
                    caller);
        }
    }

    private static long physical(Processor processor, long address) {
        return processor.memory().physical(address);
    }
}
