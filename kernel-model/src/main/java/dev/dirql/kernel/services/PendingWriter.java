package dev.dirql.kernel.services;

import dev.dirql.machine.ProcessorMemory;

/**
 * Stores the components of one record type in a frame, made of its accessors. A class, because a
 * call of an interface with many implementations must search for its method at every call.
 */
abstract class PendingWriter {
    abstract void write(Pending pending, ProcessorMemory memory, long frame);
}
