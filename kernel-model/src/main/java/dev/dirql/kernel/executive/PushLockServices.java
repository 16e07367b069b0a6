package dev.dirql.kernel.executive;

import dev.dirql.events.LockKind;
import dev.dirql.kernel.Irql;
import dev.dirql.kernel.KernelModel;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.rules.Violation;
import dev.dirql.kernel.rules.Violation.Verifier;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.Pending;
import dev.dirql.kernel.services.PendingFrame;
import dev.dirql.kernel.services.Resumes;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.services.Walk;
import dev.dirql.kernel.threads.Apcs;
import dev.dirql.kernel.threads.WaitLock;
import dev.dirql.kernel.threads.WaitLocks;
import dev.dirql.kernel.threads.Waits;
import dev.dirql.kernel.traps.BugChecks;
import dev.dirql.machine.GuestMemory;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;

/**
 * Push locks. Who waits gets the lock in the order of asking, and shared waiters that follow each
 * other get it together; the WDK promises no order. Source: WDK, ExInitializePushLock and the pages
 * of the others, whose names are macros for the exports.
 *
 * <p>Bit 0 of the lock says that it is held. While nobody waits, how many hold it shared is in the
 * bits from 4 on; while bit 1 is set, these are the address of the first waiter's node, which holds
 * the number.
 */
public final class PushLockServices {
    private static final long HELD = 1;
    private static final long WAITING = 2;
    private static final int SHARE_SHIFT = 4;
    private static final long NODE = -16;

    /** Of a node, behind what a {@link WaitChain} has. */
    private static final int EXCLUSIVE = 0x18;

    private static final int SHARES = 0x20;
    private static final int WR_PUSH_LOCK = 28;
    private static final int INVALID_PUSH_LOCK_FLAGS = 0x152;
    private static final int DISABLE_AUTO_BOOST = 1;

    private final Machine machine;
    private final ServiceEngine engine;
    private final Waits waits;
    private final WaitLocks locks;
    private final Rules rules;
    private final BugChecks bugChecks;
    private final AutoBoost boosts;

    PushLockServices(KernelModel kernel) {
        machine = kernel.machine();
        engine = kernel.engine();
        waits = kernel.waits();
        locks = kernel.waitLocks();
        rules = kernel.rules();
        bugChecks = kernel.bugChecks();
        boosts = new AutoBoost(bugChecks);
    }

    /** The only try. */
    record AcquirePushLock(long lock, boolean exclusive) implements Pending {}

    /** The thread waits; the components from the second to the sixth are its node. */
    record WaitForPushLock(
            long lock,
            long next,
            long thread,
            long granted,
            boolean exclusive,
            long shares,
            long sinceNs)
            implements Pending {}

    @Ddi("ExInitializePushLock")
    void initialize(Processor processor, long lock) {
        processor.memory().store64(lock, 0);
        locks.forget(processor, lock);
    }

    @Ddi(value = "ExAcquirePushLockExclusiveEx", maximum = Irql.APC_LEVEL)
    Outcome acquireExclusive(Processor processor, long lock, int flags) {
        return begin(processor, lock, true, flags);
    }

    @Ddi(value = "ExAcquirePushLockSharedEx", maximum = Irql.APC_LEVEL)
    Outcome acquireShared(Processor processor, long lock, int flags) {
        return begin(processor, lock, false, flags);
    }

    private Outcome begin(Processor processor, long lock, boolean exclusive, int flags) {
        processor.memory().probe(lock, Long.BYTES, true);
        checkFlags(processor, lock, flags);
        checkRegion(processor, lock, "acquired", 0xEA);
        boosts.acquires(processor, lock, engine.caller(processor));
        return machine.ended() != null
                ? Outcome.stay()
                : new Outcome.Then(new AcquirePushLock(lock, exclusive));
    }

    @Resumes("ExpAcquirePushLock")
    Outcome acquire(Processor processor, AcquirePushLock pending) {
        long caller = engine.caller(processor);
        GuestMemory memory = processor.memory();
        long word = memory.load64(pending.lock);
        WaitLock lock = locks.at(processor, pending.lock, LockKind.PUSH_LOCK);
        boolean shared = (word & HELD) != 0 && (word & WAITING) == 0 && word >>> SHARE_SHIFT != 0;
        if (word == 0 || (shared && !pending.exclusive)) {
            long shares = (word >>> SHARE_SHIFT) + (pending.exclusive ? 0 : 1);
            memory.store64(pending.lock, shares << SHARE_SHIFT | HELD);
            acquired(processor, lock, caller, processor.clockNs, !pending.exclusive);
            return Outcome.done();
        }
        locks.contended(processor, lock, caller);
        if (processor.irql() > Irql.APC_LEVEL) {
            return waits.switchAtRaisedIrql(processor, caller);
        }
        long node = PendingFrame.fieldAddress(processor, 1);
        long shares = 0;
        if ((word & WAITING) == 0) {
            shares = word >>> SHARE_SHIFT;
            memory.store64(pending.lock, node | HELD | WAITING);
        } else {
            last(memory, word & NODE, node);
        }
        return block(
                processor,
                new WaitForPushLock(
                        pending.lock,
                        0,
                        processor.thread,
                        0,
                        pending.exclusive,
                        shares,
                        processor.clockNs),
                caller);
    }

    private static void last(GuestMemory memory, long first, long node) {
        long at = first;
        Walk walk = new Walk(WaitChain.WAITERS);
        for (long next = WaitChain.next(memory, at); next != 0; ) {
            walk.at(next);
            at = next;
            next = WaitChain.next(memory, at);
        }
        memory.store64(at, node);
    }

    private void acquired(
            Processor processor, WaitLock lock, long caller, long sinceNs, boolean shared) {
        locks.acquired(processor, lock, processor.irql(), caller, sinceNs, shared);
    }

    private Outcome block(Processor processor, WaitForPushLock wait, long caller) {
        waits.beginForLock(processor, wait.lock, LockKind.PUSH_LOCK, WR_PUSH_LOCK, caller);
        return machine.ended() != null ? Outcome.stay() : new Outcome.Block(wait);
    }

    @Resumes("ExpWaitForPushLock")
    Outcome waited(Processor processor, WaitForPushLock pending) {
        long caller = engine.caller(processor);
        if (pending.granted == 0) {
            // A special APC ran; the thread kept its place.
            return block(processor, pending, caller);
        }
        WaitLock lock = locks.at(processor, pending.lock, LockKind.PUSH_LOCK);
        acquired(processor, lock, caller, pending.sinceNs, !pending.exclusive);
        return Outcome.done();
    }

    @Ddi(value = "ExReleasePushLockExclusiveEx", maximum = Irql.APC_LEVEL)
    Outcome releaseExclusive(Processor processor, long lock, int flags) {
        return release(processor, lock, true, flags);
    }

    @Ddi(value = "ExReleasePushLockSharedEx", maximum = Irql.APC_LEVEL)
    Outcome releaseShared(Processor processor, long lock, int flags) {
        return release(processor, lock, false, flags);
    }

    private Outcome release(Processor processor, long address, boolean exclusive, int flags) {
        long caller = engine.caller(processor);
        GuestMemory memory = processor.memory();
        memory.probe(address, Long.BYTES, true);
        checkFlags(processor, address, flags);
        checkRegion(processor, address, "released", 0xEB);
        long word = memory.load64(address);
        boolean waiting = (word & WAITING) != 0;
        long first = word & NODE;
        long shares = waiting ? memory.load64(first + SHARES) : word >>> SHARE_SHIFT;
        WaitLock lock = locks.at(processor, address, LockKind.PUSH_LOCK);
        if ((word & HELD) == 0 || exclusive != (shares == 0)) {
            releasedWrongly(processor, lock, (word & HELD) != 0, exclusive, caller);
        }
        if (!lock.isHeldBy(processor.thread)) {
            boosts.releasesUnowned(processor, address, caller);
        }
        if (machine.ended() != null) {
            return Outcome.stay();
        }
        if ((word & HELD) == 0) {
            return Outcome.done();
        }
        locks.released(processor, lock, processor.thread, processor.irql(), caller);
        if (shares > 1) {
            if (waiting) {
                memory.store64(first + SHARES, shares - 1);
            } else {
                memory.store64(address, (shares - 1) << SHARE_SHIFT | HELD);
            }
        } else if (waiting) {
            pass(processor, address, first);
        } else {
            memory.store64(address, 0);
        }
        return Outcome.done();
    }

    /** Gives the lock to the first waiter, and with a shared one to all like it that follow. */
    private void pass(Processor processor, long lock, long first) {
        GuestMemory memory = processor.memory();
        boolean exclusive = isExclusive(memory, first);
        int granted = 0;
        long node = first;
        do {
            long next = WaitChain.next(memory, node);
            waits.end(processor, WaitChain.grant(memory, node));
            node = next;
            granted++;
        } while (!exclusive && node != 0 && !isExclusive(memory, node));
        long shares = exclusive ? 0 : granted;
        if (node == 0) {
            memory.store64(lock, shares << SHARE_SHIFT | HELD);
        } else {
            memory.store64(node + SHARES, shares);
            memory.store64(lock, node | HELD | WAITING);
        }
    }

    private static boolean isExclusive(GuestMemory memory, long node) {
        return memory.load64(node + EXCLUSIVE) != 0;
    }

    private void releasedWrongly(
            Processor processor, WaitLock lock, boolean held, boolean exclusive, long caller) {
        String message;
        if (!held) {
            message = "%s is released, but nobody holds it".formatted(lock.name());
        } else {
            message =
                    "%s is released as if held %s, but it is held %s"
                            .formatted(
                                    lock.name(),
                                    exclusive ? "exclusively" : "shared",
                                    exclusive ? "shared" : "exclusively");
        }
        rules.broken(
                processor, Violation.error("PushLockRelease", "", message, Verifier.NONE), caller);
    }

    /** WDK, "Bug Check 0x152"; FltAcquirePushLockExclusiveEx names the flag that there is. */
    private void checkFlags(Processor processor, long lock, int flags) {
        if ((flags & ~DISABLE_AUTO_BOOST) != 0) {
            bugChecks.raise(
                    processor,
                    INVALID_PUSH_LOCK_FLAGS,
                    flags & 0xFFFF_FFFFL,
                    lock,
                    0,
                    0,
                    engine.caller(processor));
        }
    }

    /** WDK, "Bug Check 0xC4", subcodes 0xEA and 0xEB. */
    private void checkRegion(Processor processor, long lock, String what, int subcode) {
        if (machine.ended() != null
                || processor.irql() >= Irql.APC_LEVEL
                || Apcs.areDisabled(processor)) {
            return;
        }
        rules.broken(
                processor,
                Violation.error(
                        "PushLockWithApcs",
                        subcode == 0xEA ? "EA" : "EB",
                        "the push lock at 0x%x is %s with normal kernel APCs enabled"
                                .formatted(lock, what),
                        Verifier.detected(
                                subcode, processor.irql(), Apcs.disableCounts(processor), lock)),
                engine.caller(processor));
    }
}
