package dev.dirql.kernel.services;

import dev.dirql.machine.ProcessorMemory;

/**
 * Stores the components of one record type in a frame. A class for the reason that {@link Step} is
 * one; {@link PendingWriterCompiler} makes its subclasses, which use the rest of what is here.
 */
public abstract class PendingWriter {
    protected PendingWriter() {}

    protected abstract void write(Pending pending, ProcessorMemory memory, long frame);

    protected static void store(ProcessorMemory memory, long frame, int index, long value) {
        memory.store64(frame + PendingFrame.FIELDS + 8L * index, value);
    }
}
