package dev.dirql.kernel.services;

import dev.dirql.machine.ProcessorMemory;

/**
 * Stores the components of one record type in a frame, made of its accessors. Public only because
 * method handles ask for it.
 */
@FunctionalInterface
public interface PendingWriter {
    void write(Pending pending, ProcessorMemory memory, long frame);
}
