/**
 * Spin locks of every kind: the word in guest memory, its services, and {@link
 * dev.dirql.kernel.locks.LockTable}, which watches who holds what, with {@link
 * dev.dirql.kernel.locks.Deadlocks} and the rules on how a lock may be used. Interlocked and
 * sequenced lists are here too.
 */
@NullMarked
package dev.dirql.kernel.locks;

import org.jspecify.annotations.NullMarked;
