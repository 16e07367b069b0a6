package dev.dirql.kernel.threads;

import dev.dirql.machine.Flags;
import dev.dirql.machine.Processor;
import dev.dirql.machine.ProcessorMemory;
import java.util.function.LongUnaryOperator;

/**
 * What a thread that does not run keeps on its stack: the nonvolatile registers in the places of a
 * KEXCEPTION_FRAME, and where it goes on.
 *
 * <pre>
 * +0x030 Xmm6…Xmm15  +0x0E8 EFlags  +0x0F8 Rbp Rbx Rdi Rsi R12 R13 R14 R15  +0x138 Return
 * </pre>
 */
final class SwitchFrame {
    static final int SIZE = 0x140;

    private static final int XMM6 = 0x30;
    private static final int XMM6_HALF = 12;
    private static final int XMM_HALVES = 20;
    private static final int EFLAGS = 0xE8;
    private static final int RBP = 0xF8;
    private static final int RETURN = 0x138;

    private static final int[] REGISTERS = {
        Processor.RBP,
        Processor.RBX,
        Processor.RDI,
        Processor.RSI,
        Processor.R12,
        Processor.R13,
        Processor.R14,
        Processor.R15
    };

    private SwitchFrame() {}

    /** Stores the context below RSP and gives the new RSP. */
    static long push(Processor processor) {
        ProcessorMemory memory = processor.memory();
        long frame = processor.registers[Processor.RSP] - SIZE;
        for (int i = 0; i < XMM_HALVES; i++) {
            memory.store64(frame + XMM6 + 8L * i, processor.xmm[XMM6_HALF + i]);
        }
        memory.store64(frame + EFLAGS, processor.flags.rflags());
        for (int i = 0; i < REGISTERS.length; i++) {
            memory.store64(frame + RBP + 8L * i, processor.registers[REGISTERS[i]]);
        }
        memory.store64(frame + RETURN, processor.rip);
        return frame;
    }

    /** Makes the frame of a thread that has not run yet. */
    static long start(ProcessorMemory memory, long stackPointer, long rip) {
        long frame = stackPointer - SIZE;
        for (int i = 0; i < XMM_HALVES; i++) {
            memory.store64(frame + XMM6 + 8L * i, 0);
        }
        memory.store64(frame + EFLAGS, Flags.INTERRUPT);
        for (int i = 0; i < REGISTERS.length; i++) {
            memory.store64(frame + RBP + 8L * i, 0);
        }
        memory.store64(frame + RETURN, rip);
        return frame;
    }

    /** Takes a context up again. */
    static void pop(Processor processor, long frame) {
        ProcessorMemory memory = processor.memory();
        for (int i = 0; i < XMM_HALVES; i++) {
            processor.xmm[XMM6_HALF + i] = memory.load64(frame + XMM6 + 8L * i);
        }
        processor.flags.setRflags(memory.load64(frame + EFLAGS));
        for (int i = 0; i < REGISTERS.length; i++) {
            processor.registers[REGISTERS[i]] = memory.load64(frame + RBP + 8L * i);
        }
        processor.registers[Processor.RSP] = frame + SIZE;
        processor.rip = memory.load64(frame + RETURN);
    }

    /** Registers by number as far as they are known, for walking the stack. */
    static long[] registers(LongUnaryOperator load, long frame) {
        long[] registers = new long[16];
        for (int i = 0; i < REGISTERS.length; i++) {
            registers[REGISTERS[i]] = load.applyAsLong(frame + RBP + 8L * i);
        }
        registers[Processor.RSP] = frame + SIZE;
        return registers;
    }

    static long rip(LongUnaryOperator load, long frame) {
        return load.applyAsLong(frame + RETURN);
    }
}
