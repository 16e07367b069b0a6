package dev.dirql.kernel.traps;

import dev.dirql.machine.Processor;

/**
 * RIP, CS, EFLAGS, RSP and SS as the processor pushes them: the way from one kernel stack to the
 * one below, for the kernel and for whoever walks the stack.
 */
public final class MachineFrame {
    public static final int SIZE = 0x28;

    private static final int CS = 0x08;
    private static final int EFLAGS = 0x10;
    private static final int RSP = 0x18;
    private static final int SS = 0x20;
    private static final int KERNEL_CS = 0x10;
    private static final int KERNEL_SS = 0x18;

    private MachineFrame() {}

    /** Stores where a processor would go on now. */
    public static void store(Processor processor, long address) {
        processor.memory().store64(address, processor.rip);
        processor.memory().store64(address + CS, KERNEL_CS);
        processor.memory().store64(address + EFLAGS, processor.flags.rflags());
        processor.memory().store64(address + RSP, processor.registers[Processor.RSP]);
        processor.memory().store64(address + SS, KERNEL_SS);
    }

    /** Lets the processor go on there. */
    public static void resume(Processor processor, long address) {
        processor.rip = processor.memory().load64(address);
        processor.registers[Processor.RSP] = processor.memory().load64(address + RSP);
    }
}
