package dev.dirql.kernel.locks;

import dev.dirql.events.LockKind;
import dev.dirql.events.Severity;
import dev.dirql.kernel.Irql;
import dev.dirql.kernel.KernelSettings.ListLocks;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.rules.Violation;
import dev.dirql.kernel.rules.Violation.Verifier;
import dev.dirql.machine.Processor;
import java.util.List;

/**
 * A KSPIN_LOCK is for one way of taking it. It is told before the lock is touched: a lock that was
 * taken in another way may make that access fail.
 */
public final class LockUses {
    private static final List<LockKind> WAYS =
            List.of(
                    LockKind.SPIN_LOCK,
                    LockKind.QUEUED_SPIN_LOCK,
                    LockKind.INTERLOCKED_SPIN_LOCK,
                    LockKind.INTERRUPT_SPIN_LOCK);

    /** Bits of the IRQLs above DISPATCH_LEVEL. */
    private static final long ABOVE_DISPATCH_LEVEL = -1L << (Irql.DISPATCH_LEVEL + 1);

    private final Rules rules;
    private final ListLocks shared;

    /**
     * @param shared what it is to share a lock with ExInterlocked routines at or below
     *     DISPATCH_LEVEL
     */
    public LockUses(Rules rules, ListLocks shared) {
        this.rules = rules;
        this.shared = shared;
    }

    /** A lock is asked for. */
    void check(Processor processor, LockRecord lock, LockKind kind, long caller) {
        if (!lock.wasTakenOtherwise(kind)) {
            return;
        }
        for (int i = 0; i < WAYS.size(); i++) {
            LockKind other = WAYS.get(i);
            LockHolder last = other == kind ? null : lock.last(other);
            if (last != null && !isOtherLock(lock)) {
                mixed(processor, lock, kind, last, caller);
            }
        }
    }

    /** Stack memory is used again for other locks; one that is held is the same. */
    private static boolean isOtherLock(LockRecord lock) {
        return lock.storage().equals(ResolvedLockNames.KERNEL_STACK) && !lock.isHeld();
    }

    private void mixed(
            Processor processor, LockRecord lock, LockKind kind, LockHolder last, long caller) {
        if (kind == LockKind.INTERRUPT_SPIN_LOCK || last.kind() == LockKind.INTERRUPT_SPIN_LOCK) {
            tell(processor, "InterruptSpinLockShared", Severity.ERROR, lock, kind, last, caller);
        } else if (kind == LockKind.INTERLOCKED_SPIN_LOCK
                || last.kind() == LockKind.INTERLOCKED_SPIN_LOCK) {
            sharedWithInterlocked(processor, lock, kind, last, caller);
        } else {
            rules.broken(
                    processor,
                    new Violation(
                            "SpinLockKindsMixed",
                            "1008",
                            Severity.ERROR,
                            sentence(lock, kind, last),
                            Verifier.detected(0x1008, lock.address(), 0, 0),
                            List.of(Deadlocks.owner(last))),
                    caller);
        }
    }

    /**
     * Wrong above DISPATCH_LEVEL: an ISR may interrupt who holds the lock. At or below it two pages
     * differ, and a setting says which holds: WDK, "Providing storage for spin locks and protected
     * data" allows it, and ExInterlockedInsertHeadList does not.
     */
    private void sharedWithInterlocked(
            Processor processor, LockRecord lock, LockKind kind, LockHolder last, long caller) {
        long irqls =
                (1L << processor.irql())
                        | lock.irqls(LockKind.SPIN_LOCK)
                        | lock.irqls(LockKind.QUEUED_SPIN_LOCK)
                        | lock.irqls(LockKind.INTERLOCKED_SPIN_LOCK);
        boolean error = (irqls & ABOVE_DISPATCH_LEVEL) != 0 || shared == ListLocks.ERROR;
        if (error || shared == ListLocks.WARNING) {
            tell(
                    processor,
                    "SpinLockSharedWithInterlocked",
                    error ? Severity.ERROR : Severity.WARNING,
                    lock,
                    kind,
                    last,
                    caller);
        }
    }

    private void tell(
            Processor processor,
            String rule,
            Severity severity,
            LockRecord lock,
            LockKind kind,
            LockHolder last,
            long caller) {
        rules.broken(
                processor,
                new Violation(
                        rule,
                        "",
                        severity,
                        sentence(lock, kind, last),
                        Verifier.NONE,
                        List.of(Deadlocks.owner(last))),
                caller);
    }

    private static String sentence(LockRecord lock, LockKind kind, LockHolder last) {
        return "%s is taken as %s and was taken as %s at %s"
                .formatted(
                        lock.name(), a(kind.text()), a(last.kind().text()), Irql.name(last.irql()));
    }

    private static String a(String words) {
        return ("aeiou".indexOf(words.charAt(0)) < 0 ? "a " : "an ") + words;
    }

    /** A lock is released in another way than it was acquired. */
    void releasedAs(
            Processor processor, LockRecord lock, LockKind kind, LockHolder holder, long caller) {
        rules.broken(
                processor,
                new Violation(
                        "SpinLockKindsMixed",
                        "1009",
                        Severity.ERROR,
                        "%s is released as %s and was acquired as %s"
                                .formatted(lock.name(), a(kind.text()), a(holder.kind().text())),
                        Verifier.detected(0x1009, lock.address(), 0, 0),
                        List.of(Deadlocks.owner(holder))),
                caller);
    }

    /**
     * An ExInterlocked… routine is going to use a lock. List routines may share one between a
     * thread and an ISR; with one of the others they may share it at the same IRQL only. WDK,
     * "Providing storage for spin locks and protected data", "Singly and doubly linked lists".
     *
     * @param list whether it is a routine on lists
     */
    void interlocked(Processor processor, LockRecord lock, boolean list, long caller) {
        int irql = processor.irql();
        long others = lock.irqlsInterlocked(!list) & ~(1L << irql);
        lock.usedInterlocked(list, irql);
        if (others != 0) {
            rules.broken(
                    processor,
                    new Violation(
                            "InterlockedAtDifferentIrqls",
                            "",
                            Severity.WARNING,
                            ("%s is used at %s by an ExInterlocked routine on %s, and at %s by one"
                                            + " on %s")
                                    .formatted(
                                            lock.name(),
                                            Irql.name(irql),
                                            list ? "a list" : "a number",
                                            Irql.name(Long.numberOfTrailingZeros(others)),
                                            list ? "a number" : "a list"),
                            Verifier.NONE,
                            List.of()),
                    caller);
        }
    }
}
