package dev.dirql.kernel.locks;

import dev.dirql.events.Severity;
import dev.dirql.kernel.rules.Budget;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.rules.Violation;
import dev.dirql.kernel.rules.Violation.Verifier;
import dev.dirql.machine.Processor;
import java.util.List;

/**
 * A spin lock should not be held for long, usually 25 microseconds: a guideline, so that a longer
 * time is a warning. WDK, KeAcquireSpinLock and "Preventing Errors and Deadlocks While Using Spin
 * Locks".
 */
public final class SpinLockHeldTooLong implements ReleaseRule {
    private final Rules rules;
    private final Budget hold;

    public SpinLockHeldTooLong(Rules rules, Budget hold) {
        this.rules = rules;
        this.hold = hold;
    }

    @Override
    public void released(Processor processor, LockRecord lock, Release release) {
        if (release.holdNs() > hold.ns()) {
            rules.broken(
                    processor,
                    new Violation(
                            "SpinLockHeldTooLong",
                            "",
                            Severity.WARNING,
                            "the %s %s was held for %d ns, more than %s"
                                    .formatted(
                                            release.kind().text(),
                                            lock.name(),
                                            release.holdNs(),
                                            hold),
                            Verifier.NONE,
                            List.of()),
                    release.caller());
        }
    }
}
