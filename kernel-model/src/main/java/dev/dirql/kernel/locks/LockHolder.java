package dev.dirql.kernel.locks;

import dev.dirql.events.LockKind;

/**
 * One that holds a lock.
 *
 * @param kind how it took the lock
 * @param processor number of the processor that acquired it
 * @param thread KTHREAD that was current then
 * @param irqlBefore IRQL to which it is to come back
 * @param irql IRQL at which it is held
 * @param caller the code that asked for it
 * @param sequence sequence number of the event of its acquisition
 * @param sinceNs virtual time of it
 * @param handle physical address of its KLOCK_QUEUE_HANDLE, 0 for none
 */
public record LockHolder(
        LockKind kind,
        int processor,
        long thread,
        int irqlBefore,
        int irql,
        long caller,
        long sequence,
        long sinceNs,
        long handle) {}
