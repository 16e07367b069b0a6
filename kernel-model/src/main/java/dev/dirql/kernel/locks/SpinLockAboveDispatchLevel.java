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
 * The spin lock routines are not for code above DISPATCH_LEVEL, such as an ISR or a
 * SynchCritSection routine: its processor may have interrupted the owner. WDK, "Calling support
 * routines that use spin locks". The pages of the queued and the reader/writer routines at DPC
 * level allow it.
 */
public final class SpinLockAboveDispatchLevel implements AcquisitionRule {
    private final Rules rules;

    public SpinLockAboveDispatchLevel(Rules rules) {
        this.rules = rules;
    }

    @Override
    public void acquired(Processor processor, LockRecord lock, LockKind kind, long caller) {
        if (processor.irql() > Irql.DISPATCH_LEVEL && !isForDevices(kind)) {
            rules.broken(
                    processor,
                    new Violation(
                            "SpinLockAboveDispatchLevel",
                            "",
                            kind == LockKind.SPIN_LOCK ? Severity.ERROR : Severity.WARNING,
                            "the %s %s is acquired at %s, above DISPATCH_LEVEL"
                                    .formatted(
                                            kind.text(), lock.name(), Irql.name(processor.irql())),
                            Verifier.NONE,
                            List.of()),
                    caller);
        }
    }

    private static boolean isForDevices(LockKind kind) {
        return kind == LockKind.INTERRUPT_SPIN_LOCK || kind == LockKind.INTERLOCKED_SPIN_LOCK;
    }
}
