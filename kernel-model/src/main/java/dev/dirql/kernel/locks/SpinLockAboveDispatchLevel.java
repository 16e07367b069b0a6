package dev.dirql.kernel.locks;

import dev.dirql.events.LockKind;
import dev.dirql.kernel.Irql;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.rules.Violation;
import dev.dirql.kernel.rules.Violation.Verifier;
import dev.dirql.machine.Processor;

/**
 * The Ke… spin lock routines are not for code above DISPATCH_LEVEL, such as an ISR or a
 * SynchCritSection routine: its processor may have interrupted the owner. WDK, "Calling support
 * routines that use spin locks".
 */
public final class SpinLockAboveDispatchLevel implements LockRule {
    private final Rules rules;

    public SpinLockAboveDispatchLevel(Rules rules) {
        this.rules = rules;
    }

    @Override
    public void acquired(Processor processor, LockRecord lock, long caller) {
        if (processor.irql() > Irql.DISPATCH_LEVEL && lock.kind() == LockKind.SPIN_LOCK) {
            rules.broken(
                    processor,
                    Violation.error(
                            "SpinLockAboveDispatchLevel",
                            "",
                            "the spin lock %s is acquired at %s, above DISPATCH_LEVEL"
                                    .formatted(lock.name(), Irql.name(processor.irql())),
                            Verifier.NONE),
                    caller);
        }
    }
}
