package dev.dirql.kernel.locks;

import dev.dirql.events.LockKind;
import dev.dirql.events.Severity;
import dev.dirql.kernel.Irql;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.rules.Violation;
import dev.dirql.kernel.rules.Violation.Verifier;
import dev.dirql.machine.Processor;
import java.util.List;

/**
 * Who acquires a spin lock with a routine that raises the IRQL releases it with one that restores
 * it: an error is the FromDpcLevel routine, or an IRQL that another acquisition saved. WDK,
 * "Calling Support Routines That Use Spin Locks" and KeReleaseSpinLock. Locks may be released in
 * another order than they were acquired, so that the last one counts.
 */
public final class SpinLockLeavesIrqlRaised implements ReleaseRule {
    private final Rules rules;

    public SpinLockLeavesIrqlRaised(Rules rules) {
        this.rules = rules;
    }

    @Override
    public void released(Processor processor, LockRecord lock, Release release) {
        LockHolder holder = release.holder();
        if (holder == null
                || !release.last()
                || holder.kind() == LockKind.INTERRUPT_SPIN_LOCK
                || holder.processor() != processor.number()
                || holder.irql() != Irql.DISPATCH_LEVEL
                || release.irqlAfter() <= holder.irqlBefore()) {
            return;
        }
        rules.broken(
                processor,
                new Violation(
                        "SpinLockLeavesIrqlRaised",
                        "",
                        Severity.ERROR,
                        "%s was acquired at %s, and its release leaves the IRQL at %s"
                                .formatted(
                                        lock.name(),
                                        Irql.name(holder.irqlBefore()),
                                        Irql.name(release.irqlAfter())),
                        Verifier.NONE,
                        List.of(Deadlocks.owner(holder))),
                release.caller());
    }
}
