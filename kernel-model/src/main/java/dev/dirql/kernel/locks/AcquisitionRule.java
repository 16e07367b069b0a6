package dev.dirql.kernel.locks;

import dev.dirql.events.LockKind;
import dev.dirql.machine.Processor;

/**
 * A rule about acquiring spin locks: one rule, one file. {@link LockTable} calls it, right after
 * the event that tells of the same.
 */
public interface AcquisitionRule {
    /** A processor asks for a lock that was not known before. */
    default void defined(Processor processor, LockRecord lock) {}

    /**
     * A processor acquired a lock.
     *
     * @param kind how
     * @param caller the code that asked for it
     */
    void acquired(Processor processor, LockRecord lock, LockKind kind, long caller);
}
