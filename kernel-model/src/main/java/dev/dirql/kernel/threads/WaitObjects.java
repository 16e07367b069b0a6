package dev.dirql.kernel.threads;

import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.rules.Violation;
import dev.dirql.kernel.rules.Violation.Verifier;
import dev.dirql.machine.PageFlags;
import dev.dirql.machine.Processor;

/**
 * What objects must be before they are waited for or signaled: initialized, and in memory that
 * stays. WDK, KeWaitForSingleObject; "Bug Check 0xC4", subcode 0xE1.
 */
final class WaitObjects {
    private final Rules rules;

    WaitObjects(Rules rules) {
        this.rules = rules;
    }

    /**
     * An object is used. With the verifier on this may end the run.
     *
     * @param caller the code that uses it
     */
    void check(Processor processor, DispatcherHeader object, long caller) {
        int flags = processor.memory().pageFlags(object.address());
        boolean pageable = (flags & (PageFlags.PAGEABLE | PageFlags.LOCKED)) == PageFlags.PAGEABLE;
        // Mutexes are locks, of which their acquisition tells.
        if (pageable && object.type() != DispatcherHeader.MUTANT) {
            rules.broken(
                    processor,
                    Violation.error(
                            "ObjectInPageableStorage",
                            "E1",
                            "the %s at 0x%x is in pageable memory"
                                    .formatted(object.kind(), object.address()),
                            Verifier.detected(0xE1, object.address(), 0, 0)),
                    caller);
        }
        if (object.waitList().flink() == 0) {
            rules.broken(
                    processor,
                    Violation.error(
                            "ObjectNotInitialized",
                            "",
                            "the object at 0x%x was not initialized".formatted(object.address()),
                            Verifier.NONE),
                    caller);
        }
    }
}
