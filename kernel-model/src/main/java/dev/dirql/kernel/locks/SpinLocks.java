package dev.dirql.kernel.locks;

import dev.dirql.events.LockKind;
import dev.dirql.events.Severity;
import dev.dirql.kernel.Irql;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.rules.Violation;
import dev.dirql.kernel.rules.Violation.Verifier;
import dev.dirql.kernel.traps.BugChecks;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;
import java.util.List;

/**
 * The one way to take and give back a spin lock, for the Ke… services, interrupt dispatch and
 * services with internal locks. A KSPIN_LOCK is eight bytes, of which bit 0 says that it is held.
 */
public final class SpinLocks {
    private static final int SPIN_LOCK_ALREADY_OWNED = 0x0F;
    private static final long HELD = 1;

    private final Machine machine;
    private final LockTable table;
    private final Deadlocks deadlocks;
    private final BugChecks bugChecks;
    private final Rules rules;

    public SpinLocks(
            Machine machine,
            LockTable table,
            Deadlocks deadlocks,
            BugChecks bugChecks,
            Rules rules) {
        this.machine = machine;
        this.table = table;
        this.deadlocks = deadlocks;
        this.bugChecks = bugChecks;
        this.rules = rules;
    }

    /**
     * Tries once.
     *
     * @param irqlBefore IRQL when the routine was called
     * @param caller the code that asked for the lock
     * @param firstTryNs time of the first try, for the spin time, if it was contended
     * @param contended whether an earlier try of this acquisition failed
     * @return whether it was acquired; if not, the run may have ended
     */
    public boolean tryOnce(
            Processor processor,
            long address,
            LockKind kind,
            int irqlBefore,
            long caller,
            long firstTryNs,
            boolean contended) {
        LockRecord lock = table.at(processor, address, kind);
        if (machine.hasEnded()) {
            return false;
        }
        long word = processor.memory().load64(address);
        if ((word & HELD) == 0) {
            processor.memory().store64(address, word | HELD);
            table.acquired(
                    processor,
                    lock,
                    irqlBefore,
                    caller,
                    contended ? firstTryNs : processor.clockNs);
            return true;
        }
        if (!contended) {
            table.contended(processor, lock, caller);
            if (rules.verifier()
                    && lock.ownerProcessor() == processor.number()
                    && lock.ownerIrql() >= Irql.DISPATCH_LEVEL) {
                bugChecks.raise(processor, SPIN_LOCK_ALREADY_OWNED, 0, 0, 0, 0, caller);
                return false;
            }
        }
        deadlocks.check(processor, lock, caller);
        return false;
    }

    /** Tries once for a routine that does not spin. */
    public boolean tryOnly(Processor processor, long address, int irqlBefore, long caller) {
        LockRecord lock = table.at(processor, address, LockKind.SPIN_LOCK);
        long word = processor.memory().load64(address);
        if ((word & HELD) != 0) {
            table.tryFailed(processor, lock, caller);
            return false;
        }
        processor.memory().store64(address, word | HELD);
        table.acquired(processor, lock, irqlBefore, caller, processor.clockNs);
        return true;
    }

    /** Whether a processor holds the lock that it acquired. */
    public boolean isHeldBy(Processor processor, long address, LockKind kind) {
        LockRecord lock = table.at(processor, address, kind);
        return isHeld(processor, address)
                && lock.isHeld()
                && lock.ownerProcessor() == processor.number();
    }

    /** Whether the word says that somebody holds it; a plain read. */
    public static boolean isHeld(Processor processor, long address) {
        return (processor.memory().load64(address) & HELD) != 0;
    }

    /**
     * Releases, whoever holds it: retail NT only clears the word.
     *
     * @param irqlAfter IRQL to which the routine will return
     */
    public void release(
            Processor processor, long address, LockKind kind, int irqlAfter, long caller) {
        LockRecord lock = table.at(processor, address, kind);
        if ((processor.memory().load64(address) & HELD) == 0) {
            releasedFreeLock(processor, lock, caller);
        } else if (lock.isHeld() && lock.ownerProcessor() != processor.number()) {
            releasedByAnother(processor, lock, caller);
        }
        if (machine.hasEnded()) {
            return;
        }
        processor.memory().store64(address, 0);
        table.released(processor, lock, irqlAfter, caller);
    }

    private void releasedFreeLock(Processor processor, LockRecord lock, long caller) {
        rules.broken(
                processor,
                Violation.error(
                        "SpinlockRelease",
                        "4000A",
                        "%s is released, but nobody holds it".formatted(lock.name()),
                        Verifier.detected(0x1007, lock.address(), 0, 0)),
                caller);
    }

    private void releasedByAnother(Processor processor, LockRecord lock, long caller) {
        rules.broken(
                processor,
                new Violation(
                        "SpinlockRelease",
                        "1004",
                        Severity.ERROR,
                        "%s is released by cpu%d, but cpu%d acquired it"
                                .formatted(lock.name(), processor.number(), lock.ownerProcessor()),
                        Verifier.detected(
                                0x1004, lock.address(), lock.ownerThread(), processor.thread),
                        List.of(Deadlocks.owner(lock))),
                caller);
    }
}
