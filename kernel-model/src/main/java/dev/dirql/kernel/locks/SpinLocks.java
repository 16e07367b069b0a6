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
 * services with internal locks. A KSPIN_LOCK is eight bytes, of which bit 0 says that it is held;
 * {@link QueuedSpinLocks} uses it otherwise.
 */
public final class SpinLocks {
    private static final int SPIN_LOCK_ALREADY_OWNED = 0x0F;
    private static final long HELD = 1;

    private final Machine machine;
    private final LockTable table;
    private final Deadlocks deadlocks;
    private final BugChecks bugChecks;
    private final Rules rules;
    private final LockUses uses;
    private final LockInitialization initialization;

    public SpinLocks(
            Machine machine,
            LockTable table,
            Deadlocks deadlocks,
            BugChecks bugChecks,
            Rules rules,
            LockUses uses) {
        this.machine = machine;
        this.table = table;
        this.deadlocks = deadlocks;
        this.bugChecks = bugChecks;
        this.rules = rules;
        this.uses = uses;
        initialization = new LockInitialization(table, rules);
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
        if (!contended) {
            uses.check(processor, lock, kind, caller);
        }
        if (machine.hasEnded()) {
            return false;
        }
        long word = wordToChange(processor, address);
        if (!contended) {
            initialization.check(processor, lock, word, caller);
            if (machine.hasEnded()) {
                return false;
            }
        }
        if ((word & HELD) == 0) {
            processor.memory().store64(address, word | HELD);
            table.acquired(
                    processor,
                    lock,
                    kind,
                    irqlBefore,
                    caller,
                    contended ? firstTryNs : processor.clockNs,
                    0);
            return true;
        }
        if (!contended) {
            table.contended(processor, lock, kind, caller);
            if (rules.verifier() && isRecursion(processor, lock)) {
                bugChecks.raise(processor, SPIN_LOCK_ALREADY_OWNED, 0, 0, 0, 0, caller);
                return false;
            }
        }
        deadlocks.check(processor, lock, caller);
        return false;
    }

    /**
     * Tries once for an ExInterlocked… routine, with interrupts disabled.
     *
     * @param list whether it is a routine on lists
     */
    boolean tryInterlocked(
            Processor processor,
            long address,
            boolean list,
            long caller,
            long firstTryNs,
            boolean contended) {
        LockKind kind = LockKind.INTERLOCKED_SPIN_LOCK;
        if (!contended) {
            uses.interlocked(processor, table.at(processor, address, kind), list, caller);
        }
        return tryOnce(processor, address, kind, processor.irql(), caller, firstTryNs, contended);
    }

    /** As a locked instruction reads it: a page that is not there faults as for a write. */
    private static long wordToChange(Processor processor, long address) {
        processor.memory().probe(address, Long.BYTES, true);
        return processor.memory().load64(address);
    }

    private static boolean isRecursion(Processor processor, LockRecord lock) {
        return lock.holders().stream()
                .anyMatch(holder ->
                        holder.processor() == processor.number()
                                && holder.irql() >= Irql.DISPATCH_LEVEL);
    }

    /** Tries once for a routine that does not spin. */
    public boolean tryOnly(Processor processor, long address, int irqlBefore, long caller) {
        LockKind kind = LockKind.SPIN_LOCK;
        LockRecord lock = table.at(processor, address, kind);
        uses.check(processor, lock, kind, caller);
        if (machine.hasEnded()) {
            return false;
        }
        long word = wordToChange(processor, address);
        initialization.check(processor, lock, word, caller);
        if (machine.hasEnded()) {
            return false;
        }
        if ((word & HELD) != 0) {
            table.tryFailed(processor, lock, kind, caller);
            return false;
        }
        processor.memory().store64(address, word | HELD);
        table.acquired(processor, lock, kind, irqlBefore, caller, processor.clockNs, 0);
        return true;
    }

    /** A driver initializes a lock. */
    void initialize(Processor processor, long address, long caller) {
        long physical = processor.memory().physical(address);
        LockRecord lock = physical < 0 ? null : table.find(physical);
        if (lock != null && lock.isHeld()) {
            initialization.again(processor, lock, caller);
        }
        if (!machine.hasEnded()) {
            processor.memory().store64(address, 0);
        }
    }

    /**
     * A routine is called that must not be called with a spin lock held: it runs code of others,
     * which may want the same lock. WDK, IoCompleteRequest and the rule SpinLockSafe.
     */
    public void mustHoldNone(Processor processor, String routine, long caller) {
        List<LockTable.Held> held = table.heldBy(processor.number());
        for (int i = 0; i < held.size() && !machine.hasEnded(); i++) {
            LockHolder holder = held.get(i).holder();
            if (holder.kind() != LockKind.INTERRUPT_SPIN_LOCK) {
                rules.broken(
                        processor,
                        new Violation(
                                "SpinLockSafe",
                                "",
                                Severity.ERROR,
                                "%s is called while cpu%d holds %s"
                                        .formatted(
                                                routine,
                                                processor.number(),
                                                held.get(i).lock().name()),
                                Verifier.NONE,
                                List.of(Deadlocks.owner(holder))),
                        caller);
                return;
            }
        }
    }

    /** Whether a processor holds the lock that it acquired. */
    public boolean isHeldBy(Processor processor, long address, LockKind kind) {
        LockRecord lock = table.at(processor, address, kind);
        return isHeld(processor, address) && lock.isHeldBy(processor.number());
    }

    /** Whether the word says that somebody holds it, in whichever way; a plain read. */
    public static boolean isHeld(Processor processor, long address) {
        return processor.memory().load64(address) != 0;
    }

    /**
     * Releases, whoever holds it: retail NT only clears the word.
     *
     * @param irqlAfter IRQL to which the routine will return
     */
    public void release(
            Processor processor, long address, LockKind kind, int irqlAfter, long caller) {
        LockRecord lock = table.at(processor, address, kind);
        LockHolder holder = lock.isHeld() ? lock.holders().get(0) : null;
        if (holder != null && holder.kind() == LockKind.QUEUED_SPIN_LOCK) {
            uses.releasedAs(processor, lock, kind, holder, caller);
        } else if ((processor.memory().load64(address) & HELD) == 0) {
            releasedFreeLock(processor, lock, caller);
        } else if (holder != null && !lock.isHeldBy(processor.number())) {
            releasedByAnother(processor, lock, holder, caller);
        }
        if (machine.hasEnded()) {
            return;
        }
        processor.memory().store64(address, 0);
        table.released(processor, lock, kind, irqlAfter, caller);
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

    private void releasedByAnother(
            Processor processor, LockRecord lock, LockHolder holder, long caller) {
        rules.broken(
                processor,
                new Violation(
                        "SpinlockRelease",
                        "1004",
                        Severity.ERROR,
                        "%s is released by cpu%d, but cpu%d acquired it"
                                .formatted(lock.name(), processor.number(), holder.processor()),
                        Verifier.detected(
                                0x1004, lock.address(), holder.thread(), processor.thread),
                        List.of(Deadlocks.owner(holder))),
                caller);
    }
}
