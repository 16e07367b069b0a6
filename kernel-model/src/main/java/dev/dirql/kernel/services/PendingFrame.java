package dev.dirql.kernel.services;

import dev.dirql.machine.Processor;
import dev.dirql.machine.ProcessorMemory;

/**
 * The call frame of a service of several steps. RSP points to its start, which is aligned to 16.
 *
 * <pre>
 * +0x00  home space of the routine that is called
 * +0x20  its fifth to ninth argument
 * +0x48  the components of the pending record, eight bytes each
 * +0x88  return address of the service; the caller's home space and stack arguments follow
 * </pre>
 */
public final class PendingFrame {
    /** Bytes from RSP to the return address. */
    public static final int SIZE = 0x88;

    static final int STACK_ARGUMENTS = 0x20;
    static final int FIELDS = 0x48;
    static final int FIELDS_MAXIMUM = 8;
    static final int STACK_ARGUMENTS_MAXIMUM = (FIELDS - STACK_ARGUMENTS) / 8;

    private PendingFrame() {}

    /** Address of a component of the record in the frame that RSP points to. */
    public static long fieldAddress(Processor processor, int index) {
        return processor.registers[Processor.RSP] + FIELDS + 8L * index;
    }

    static long loadField(int index, Processor processor) {
        return processor.memory().load64(processor.registers[Processor.RSP] + FIELDS + 8L * index);
    }

    static void storeField(int index, ProcessorMemory memory, long frame, long value) {
        memory.store64(frame + FIELDS + 8L * index, value);
    }
}
