package dev.dirql.kernel.rules;

import dev.dirql.events.Event;
import dev.dirql.events.LockKind;
import dev.dirql.kernel.Irql;
import dev.dirql.kernel.rules.Violation.Verifier;
import dev.dirql.machine.Processor;

/**
 * The Ke… spin lock routines are not for code above DISPATCH_LEVEL, such as an ISR or a
 * SynchCritSection routine: its processor may have interrupted the owner. WDK, "Calling support
 * routines that use spin locks".
 */
public final class SpinLockAboveDispatchLevel implements Rule {
    @Override
    public void happened(Processor processor, Event event, Rules rules) {
        if (event instanceof Event.LockAcquired lock
                && lock.irqlAfter() > Irql.DISPATCH_LEVEL
                && lock.lockKind() == LockKind.SPIN_LOCK) {
            rules.broken(
                    processor,
                    Violation.error(
                            "SpinLockAboveDispatchLevel",
                            "",
                            "the spin lock %s is acquired at %s, above DISPATCH_LEVEL"
                                    .formatted(lock.lockName(), Irql.name(lock.irqlAfter())),
                            Verifier.NONE),
                    lock.caller());
        }
    }
}
