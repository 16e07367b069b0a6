/**
 * Spin locks: the word in guest memory, its services, and {@link dev.dirql.kernel.locks.LockTable},
 * which watches who holds what and finds deadlocks.
 */
@NullMarked
package dev.dirql.kernel.locks;

import org.jspecify.annotations.NullMarked;
