package dev.dirql.x86;

import dev.dirql.machine.AddressSpace;
import dev.dirql.machine.InterruptController;
import dev.dirql.machine.Machine;
import dev.dirql.machine.MachineSettings;
import dev.dirql.machine.PageFlags;
import dev.dirql.machine.PhysicalMemory;
import dev.dirql.machine.Processor;
import java.util.HexFormat;

/** A machine with one processor, some code at {@link #CODE} and memory at {@link #DATA}. */
final class Bench {
    static final long CODE = 0xFFFF_F801_0000_0000L;
    static final long DATA = 0x10_0000_0000L;
    static final long STACK = 0xFFFF_F880_0000_0000L;
    static final long STACK_TOP = STACK + 0x8000;

    final FakeSoftware software = new FakeSoftware();
    final Machine machine;
    final Interpreter interpreter;
    final Processor processor;

    Bench() {
        this(new MachineSettings(1, 64L << 20, 1, 500, Long.MAX_VALUE, Long.MAX_VALUE));
    }

    Bench(MachineSettings settings) {
        machine = new Machine(settings, point -> 0);
        machine.attach(made -> InterruptController.none());
        interpreter = new Interpreter(machine);
        machine.attach(interpreter);
        machine.attach(software);
        processor = machine.processor(0);
        map(STACK, 8, PageFlags.WRITABLE);
        processor.registers[Processor.RSP] = STACK_TOP - 0x100;
        processor.limitNs = Long.MAX_VALUE;
        processor.horizonNs = Long.MAX_VALUE;
    }

    AddressSpace space() {
        return machine.kernelSpace();
    }

    /** Maps pages filled with zeroes and gives the first frame. */
    int map(long address, int pages, int flags) {
        int frame = machine.memory().allocateFrames(pages);
        for (int i = 0; i < pages; i++) {
            long at = address + (long) i * PhysicalMemory.FRAME_SIZE;
            machine.map(space(), at, frame + i, flags);
        }
        return frame;
    }

    /** Maps code at {@link #CODE} and goes there. */
    Bench code(byte[] bytes) {
        return code(CODE, bytes);
    }

    /** Maps code at an address and goes there. */
    Bench code(long address, byte[] bytes) {
        int pages = bytes.length / PhysicalMemory.FRAME_SIZE + 1;
        int frame = map(address, pages, PageFlags.EXECUTABLE | PageFlags.WRITABLE);
        machine.writePhysical((long) frame << PhysicalMemory.FRAME_SHIFT, bytes);
        processor.rip = address;
        return this;
    }

    /** Maps code written as pairs of hexadecimal digits. */
    Bench code(String hex) {
        return code(bytes(hex));
    }

    static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    Bench data(int pages) {
        map(DATA, pages, PageFlags.WRITABLE);
        return this;
    }
}
