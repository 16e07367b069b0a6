package dev.dirql.kernel.traps;

import dev.dirql.machine.MemoryFault;
import dev.dirql.machine.Processor;
import dev.dirql.machine.ProcessorMemory;

/**
 * The records that bug checks point to: a KTRAP_FRAME, a CONTEXT and an EXCEPTION_RECORD below the
 * stack pointer of the code at fault. Addresses are 0 where the stack had no room. Layouts of the
 * WDK's wdm.h and the Windows SDK's winnt.h, x64.
 */
record ExceptionRecords(long trapFrame, long context, long exceptionRecord) {
    private static final int CONTEXT_SIZE = 0x4D0;
    private static final int RECORD_SIZE = 0x98;

    private static final int CONTEXT_FLAGS = 0x30;
    private static final int CONTEXT_EFLAGS = 0x44;
    private static final int CONTEXT_RAX = 0x78;
    private static final int CONTEXT_RIP = 0xF8;
    private static final int CONTROL_AND_INTEGER = 0x10_0003;

    private static final int RECORD_FLAGS = 0x04;
    private static final int RECORD_NEXT = 0x08;
    private static final int RECORD_ADDRESS = 0x10;
    private static final int RECORD_PARAMETERS = 0x18;

    static ExceptionRecords push(Processor processor, int status, long address) {
        long trapFrame = KTrapFrame.place(processor);
        long context = trapFrame - CONTEXT_SIZE;
        long record = (context - RECORD_SIZE) & -16;
        ProcessorMemory memory = processor.memory();
        try {
            memory.probe(record, trapFrame + KTrapFrame.SIZE - record, true);
        } catch (MemoryFault fault) {
            return new ExceptionRecords(0, 0, 0);
        }
        new KTrapFrame(memory, trapFrame).capture(processor, 0, 0);
        memory.store32(context + CONTEXT_FLAGS, CONTROL_AND_INTEGER);
        memory.store32(context + CONTEXT_EFLAGS, processor.flags.rflags());
        for (int i = 0; i < processor.registers.length; i++) {
            memory.store64(context + CONTEXT_RAX + 8L * i, processor.registers[i]);
        }
        memory.store64(context + CONTEXT_RIP, processor.rip);
        memory.store32(record, status);
        memory.store32(record + RECORD_FLAGS, 0);
        memory.store64(record + RECORD_NEXT, 0);
        memory.store64(record + RECORD_ADDRESS, address);
        memory.store32(record + RECORD_PARAMETERS, 0);
        return new ExceptionRecords(trapFrame, context, record);
    }
}
