package dev.dirql.kernel.rules;

import dev.dirql.events.Event;
import dev.dirql.kernel.rules.Violation.Verifier;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.machine.PageFlags;
import dev.dirql.machine.Processor;

/**
 * A spin lock must be in memory that is always resident: a device or controller extension, or
 * nonpaged pool. WDK, "Providing storage for spin locks and protected data". It is told when the
 * lock is asked for, before the access itself may fault.
 */
public final class LockInPageableStorage implements Rule {
    private final ServiceEngine engine;

    public LockInPageableStorage(ServiceEngine engine) {
        this.engine = engine;
    }

    @Override
    public void happened(Processor processor, Event event, Rules rules) {
        if (event instanceof Event.LockDefined lock) {
            check(processor, lock.lock(), lock.lockName(), engine.caller(processor), rules);
        } else if (event instanceof Event.LockAcquired lock) {
            check(processor, lock.lock(), lock.lockName(), lock.caller(), rules);
        }
    }

    private static void check(
            Processor processor, long address, String name, long caller, Rules rules) {
        int flags = processor.memory().pageFlags(address);
        if ((flags & (PageFlags.PAGEABLE | PageFlags.LOCKED)) == PageFlags.PAGEABLE) {
            rules.broken(
                    processor,
                    Violation.error(
                            "LockInPageableStorage",
                            "E1",
                            "the lock %s at 0x%x is in pageable memory".formatted(name, address),
                            Verifier.detected(0xE1, address, 0, 0)),
                    caller);
        }
    }
}
