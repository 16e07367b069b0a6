/**
 * Parts of the executive: locks whose waiters give up their processors (fast and guarded mutexes,
 * resources, push locks, remove locks, rundown protection; start with {@link
 * dev.dirql.kernel.executive.ExecutiveLocks}), callback objects, and questions of drivers about it.
 */
@NullMarked
package dev.dirql.kernel.executive;

import org.jspecify.annotations.NullMarked;
