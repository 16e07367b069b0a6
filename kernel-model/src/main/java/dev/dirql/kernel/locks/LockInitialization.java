package dev.dirql.kernel.locks;

import dev.dirql.events.Severity;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.rules.Violation;
import dev.dirql.kernel.rules.Violation.Verifier;
import dev.dirql.machine.Processor;
import java.util.List;

/**
 * A lock is initialized once, before its first use. What a driver writes into the word is seen at
 * the next acquisition: a lock that nobody holds is zero, one that is held is not. WDK, "Bug Check
 * 0xC4", subcodes 0x1002 and 0x1005.
 */
final class LockInitialization {
    private final LockTable table;
    private final Rules rules;

    LockInitialization(LockTable table, Rules rules) {
        this.table = table;
        this.rules = rules;
    }

    /**
     * A lock is asked for.
     *
     * @param word what is in it
     */
    void check(Processor processor, LockRecord lock, long word, long caller) {
        if (word != 0 && lock.acquisitions() == 0 && table.waitersFor(lock).isEmpty()) {
            rules.broken(
                    processor,
                    Violation.error(
                            "LockNotInitialized",
                            "1002",
                            "%s is asked for the first time, is 0x%x, and so was not initialized"
                                    .formatted(lock.name(), word),
                            Verifier.detected(0x1002, lock.address(), 0, 0)),
                    caller);
        } else if (word == 0 && lock.isHeld()) {
            again(processor, lock, caller);
        }
    }

    /** A lock that is held is initialized, or was. */
    void again(Processor processor, LockRecord lock, long caller) {
        LockHolder holder = lock.holders().get(0);
        rules.broken(
                processor,
                new Violation(
                        "LockInitializedTwice",
                        "1005",
                        Severity.ERROR,
                        "%s was initialized while cpu%d held it"
                                .formatted(lock.name(), holder.processor()),
                        Verifier.detected(0x1005, lock.address(), 0, 0),
                        List.of(Deadlocks.owner(holder))),
                caller);
    }
}
