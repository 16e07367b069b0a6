package dev.dirql.x86;

import dev.dirql.machine.DeviceRegisters;
import dev.dirql.machine.Processor;
import java.util.ArrayList;
import java.util.List;

/** Registers that count up when read and remember what is written. */
final class FakePorts implements DeviceRegisters {
    final List<String> accesses = new ArrayList<>();
    private long next = 0x11;

    @Override
    public long read(Processor processor, long offset, int size) {
        accesses.add("read %d+%d".formatted(offset, size));
        return next++;
    }

    @Override
    public void write(Processor processor, long offset, int size, long value) {
        accesses.add("write %d+%d %x".formatted(offset, size, value));
    }
}
