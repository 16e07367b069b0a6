package dev.dirql.kernel.locks;

import dev.dirql.events.LockKind;

/**
 * One that waits for a lock behind others.
 *
 * @param kind how it wants the lock
 * @param watched physical address of the word on which it spins
 */
public record LockWaiter(
        LockRecord lock, LockKind kind, int processor, long thread, long caller, long watched) {}
