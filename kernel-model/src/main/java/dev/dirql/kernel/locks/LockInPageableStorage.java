package dev.dirql.kernel.locks;

import dev.dirql.events.LockKind;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.rules.Violation;
import dev.dirql.kernel.rules.Violation.Verifier;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.machine.PageFlags;
import dev.dirql.machine.Processor;

/**
 * A spin lock must be in memory that is always resident: a device or controller extension, or
 * nonpaged pool. WDK, "Providing storage for spin locks and protected data". It is told when the
 * lock is asked for, before the access itself may fault.
 */
public final class LockInPageableStorage implements AcquisitionRule {
    private final ServiceEngine engine;
    private final Rules rules;

    public LockInPageableStorage(ServiceEngine engine, Rules rules) {
        this.engine = engine;
        this.rules = rules;
    }

    @Override
    public void defined(Processor processor, LockRecord lock) {
        if (isPageable(processor, lock)) {
            broken(processor, lock, engine.outermostCaller(processor));
        }
    }

    @Override
    public void acquired(Processor processor, LockRecord lock, LockKind kind, long caller) {
        if (isPageable(processor, lock)) {
            broken(processor, lock, caller);
        }
    }

    private static boolean isPageable(Processor processor, LockRecord lock) {
        int flags = processor.memory().pageFlags(lock.address());
        return (flags & (PageFlags.PAGEABLE | PageFlags.LOCKED)) == PageFlags.PAGEABLE;
    }

    private void broken(Processor processor, LockRecord lock, long caller) {
        rules.broken(
                processor,
                Violation.error(
                        "LockInPageableStorage",
                        "E1",
                        "the lock %s at 0x%x is in pageable memory"
                                .formatted(lock.name(), lock.address()),
                        Verifier.detected(0xE1, lock.address(), 0, 0)),
                caller);
    }
}
