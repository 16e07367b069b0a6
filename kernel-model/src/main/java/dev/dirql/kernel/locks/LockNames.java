package dev.dirql.kernel.locks;

import dev.dirql.events.LockKind;
import dev.dirql.machine.Processor;

/** Finds out how a person calls a lock, and where it lives. */
public interface LockNames {
    /** {@code driver.Variable}, {@code driver.extension.Field}, {@code vector 0x51}, … */
    String name(Processor processor, long address, LockKind kind);

    /** {@code "device extension"}, {@code "nonpaged pool 'Tag1'"}, {@code "kernel stack"}, … */
    String storage(Processor processor, long address, LockKind kind);
}
