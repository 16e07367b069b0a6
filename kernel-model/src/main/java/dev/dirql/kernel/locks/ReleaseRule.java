package dev.dirql.kernel.locks;

import dev.dirql.events.LockKind;
import dev.dirql.machine.Processor;
import org.jspecify.annotations.Nullable;

/**
 * A rule about releasing spin locks: one rule, one file. {@link LockTable} calls it, right after
 * the event that tells of the same.
 */
public interface ReleaseRule {
    /**
     * What is known of a release.
     *
     * @param kind as what it is released
     * @param holder who had it, null if nobody had
     * @param irqlAfter IRQL to which the routine returns
     * @param last whether its processor holds no other spin lock
     * @param holdNs time since the acquisition
     * @param caller the code that released it
     */
    record Release(
            LockKind kind,
            @Nullable LockHolder holder,
            int irqlAfter,
            boolean last,
            long holdNs,
            long caller) {}

    /** A processor released a lock. */
    void released(Processor processor, LockRecord lock, Release release);
}
