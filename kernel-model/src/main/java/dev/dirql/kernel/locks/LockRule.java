package dev.dirql.kernel.locks;

import dev.dirql.events.LockKind;
import dev.dirql.machine.Processor;

/**
 * A rule about spin locks: one rule, one file. {@link LockTable} calls it, right after the event
 * that tells of the same.
 */
public interface LockRule {
    /** A processor asks for a lock that was not known before. */
    default void defined(Processor processor, LockRecord lock) {}

    /**
     * A processor acquired a lock.
     *
     * @param kind how
     * @param caller the code that asked for it
     */
    void acquired(Processor processor, LockRecord lock, LockKind kind, long caller);

    /**
     * A processor released a lock.
     *
     * @param kind how it had acquired it
     * @param holdNs time since the acquisition
     * @param caller the code that released it
     */
    default void released(
            Processor processor, LockRecord lock, LockKind kind, long holdNs, long caller) {}
}
