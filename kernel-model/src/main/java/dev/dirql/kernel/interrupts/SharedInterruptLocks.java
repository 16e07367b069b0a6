package dev.dirql.kernel.interrupts;

import dev.dirql.events.LockKind;
import dev.dirql.events.Severity;
import dev.dirql.kernel.Irql;
import dev.dirql.kernel.locks.SpinLocks;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.rules.Violation;
import dev.dirql.kernel.rules.Violation.Verifier;
import dev.dirql.machine.Processor;
import java.util.List;

/**
 * Interrupt objects that share a lock must share their SynchronizeIrql, the highest Irql among
 * them: else one interrupt can come while its own processor holds the lock, and wait for it for
 * ever. WDK, IO_CONNECT_INTERRUPT_PARAMETERS and "Synchronizing Access to Device Data".
 */
final class SharedInterruptLocks {
    private final InterruptObjects objects;
    private final SpinLocks locks;
    private final Rules rules;

    SharedInterruptLocks(InterruptObjects objects, SpinLocks locks, Rules rules) {
        this.objects = objects;
        this.locks = locks;
        this.rules = rules;
    }

    /** An object was connected: warns if another one holds its lock at another level. */
    void connected(Processor processor, KInterrupt interrupt, long caller) {
        if (interrupt.isPassive()) {
            return;
        }
        int level = interrupt.synchronizeIrql();
        for (KInterrupt other : objects.connected(processor)) {
            if (!other.isPassive()
                    && other.actualLock() == interrupt.actualLock()
                    && other.synchronizeIrql() != level) {
                rules.broken(
                        processor,
                        new Violation(
                                "SynchronizeIrqlTooLow",
                                "",
                                Severity.WARNING,
                                "%s holds its lock at %s, and %s the same lock at %s: both must be"
                                                .formatted(
                                                        objects.name(interrupt.address()),
                                                        Irql.name(level),
                                                        objects.name(other.address()),
                                                        Irql.name(other.synchronizeIrql()))
                                        + " connected with the highest Irql among them",
                                Verifier.NONE,
                                List.of()),
                        caller);
                return;
            }
        }
    }

    /** An ISR is to be called: tells if its interrupt came to the holder of its own lock. */
    void beforeIsr(Processor processor, KInterrupt interrupt) {
        long lock = interrupt.actualLock();
        if (!locks.isHeldBy(processor, lock, LockKind.INTERRUPT_SPIN_LOCK)) {
            return;
        }
        int irql = InterruptVectors.irqlOf(interrupt.vector());
        for (KInterrupt other : objects.connected(processor)) {
            if (other.actualLock() == lock && other.synchronizeIrql() < irql) {
                rules.broken(
                        processor,
                        Violation.error(
                                "SynchronizeIrqlTooLow",
                                "",
                                "the interrupt of %s preempted the holder of its own lock on cpu%d"
                                                .formatted(
                                                        objects.name(interrupt.address()),
                                                        processor.number())
                                        + " and waits for it for ever: %s holds it at %s, and must"
                                                .formatted(
                                                        objects.name(other.address()),
                                                        Irql.name(other.synchronizeIrql()))
                                        + " at %s".formatted(Irql.name(irql)),
                                Verifier.NONE),
                        interrupt.serviceRoutine());
                return;
            }
        }
    }
}
