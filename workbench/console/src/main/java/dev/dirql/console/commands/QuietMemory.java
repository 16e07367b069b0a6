package dev.dirql.console.commands;

import dev.dirql.console.ConsoleError;
import dev.dirql.debugger.Inspection;
import dev.dirql.machine.GuestMemory;

/** Guest memory for reading only: nobody notices that it is read. */
record QuietMemory(Inspection inspection, int processor) implements GuestMemory {
    private long read(long address, int size) {
        return inspection
                .number(processor, address, size)
                .orElseThrow(() ->
                        new ConsoleError(
                                "There is no memory at %s.".formatted(Address.text(address))));
    }

    @Override
    public long load8(long address) {
        return read(address, 1);
    }

    @Override
    public long load16(long address) {
        return read(address, 2);
    }

    @Override
    public long load32(long address) {
        return read(address, 4);
    }

    @Override
    public long load64(long address) {
        return read(address, 8);
    }

    @Override
    public void store8(long address, long value) {
        throw notWritten();
    }

    @Override
    public void store16(long address, long value) {
        throw notWritten();
    }

    @Override
    public void store32(long address, long value) {
        throw notWritten();
    }

    @Override
    public void store64(long address, long value) {
        throw notWritten();
    }

    @Override
    public void probe(long address, long size, boolean write) {
        if (write) {
            throw notWritten();
        }
        for (long at = address; at - address < size; at += 8) {
            read(at, 1);
        }
    }

    private static UnsupportedOperationException notWritten() {
        return new UnsupportedOperationException("memory is changed by edits of the engine");
    }
}
