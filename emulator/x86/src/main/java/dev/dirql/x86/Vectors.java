package dev.dirql.x86;

import dev.dirql.machine.InstructionEngine.Stop;
import dev.dirql.machine.Processor;
import dev.dirql.machine.ProcessorMemory;
import dev.dirql.machine.Trap;
import org.jspecify.annotations.Nullable;

/** Moves and bitwise operations of XMM registers, as compilers use them to copy and clear. */
final class Vectors {
    private Vectors() {}

    /** MOVUPS, MOVUPD and MOVDQU. Intel SDM volume 2B. */
    @Encoding(
            value = {
                "NP 0F 10 /r Vx,Wx",
                "NP 0F 11 /r Wx,Vx",
                "66 0F 10 /r Vx,Wx",
                "66 0F 11 /r Wx,Vx",
                "F3 0F 6F /r Vx,Wx",
                "F3 0F 7F /r Wx,Vx"
            },
            first = Encoding.First.WRITE)
    static void movdqu(Processor processor, Operation operation) {
        long low = low(processor, operation, 1);
        put(processor, operation, low, high(processor, operation, 1));
    }

    /** MOVAPS, MOVAPD and MOVDQA: memory must be aligned. Intel SDM volume 2B. */
    @Encoding(
            value = {
                "NP 0F 28 /r Vx,Wx",
                "NP 0F 29 /r Wx,Vx",
                "66 0F 28 /r Vx,Wx",
                "66 0F 29 /r Wx,Vx",
                "66 0F 6F /r Vx,Wx",
                "66 0F 7F /r Wx,Vx"
            },
            first = Encoding.First.WRITE)
    static @Nullable Stop movdqa(Processor processor, Operation operation) {
        if (isMisaligned(processor, operation)) {
            return protection(processor);
        }
        movdqu(processor, operation);
        return null;
    }

    /** MOVQ to a register: the high half is cleared. Intel SDM volume 2B. */
    @Encoding(value = "F3 0F 7E /r Vq,Wq", name = "movq", first = Encoding.First.WRITE)
    static void movqLoad(Processor processor, Operation operation) {
        put(processor, operation, low(processor, operation, 1), 0);
    }

    /** MOVQ to a register, where the high half is cleared, or to memory. Intel SDM volume 2B. */
    @Encoding(value = "66 0F D6 /r Wq,Vq", name = "movq", first = Encoding.First.WRITE)
    static void movqStore(Processor processor, Operation operation) {
        long value = processor.xmm[2 * operation.register(1)];
        if (operation.isMemory(0)) {
            processor.memory().store64(Operands.address(processor, operation), value);
        } else {
            put(processor, operation, value, 0);
        }
    }

    /** MOVD and MOVQ from a general register or memory. Intel SDM volume 2B. */
    @Encoding(value = "66 0F 6E /r Vx,Ey", name = "movd", first = Encoding.First.WRITE)
    static void movdLoad(Processor processor, Operation operation) {
        put(processor, operation, Operands.read(processor, operation, 1), 0);
    }

    /** MOVD and MOVQ to a general register or memory. Intel SDM volume 2B. */
    @Encoding(value = "66 0F 7E /r Ey,Vx", name = "movd", first = Encoding.First.WRITE)
    static void movdStore(Processor processor, Operation operation) {
        Operands.write(processor, operation, 0, processor.xmm[2 * operation.register(1)]);
    }

    /** MOVHPS and MOVHPD, and MOVLHPS with a register: writes the high half. Volume 2B. */
    @Encoding({"NP 0F 16 /r Vx,Wq", "66 0F 16 /r Vx,Mq"})
    static void movhps(Processor processor, Operation operation) {
        long value = low(processor, operation, 1);
        put(processor, operation, low(processor, operation, 0), value);
    }

    /** MOVHPS and MOVHPD to memory. */
    @Encoding(
            value = {"NP 0F 17 /r Mq,Vx", "66 0F 17 /r Mq,Vx"},
            name = "movhps",
            first = Encoding.First.WRITE)
    static void movhpsStore(Processor processor, Operation operation) {
        long value = processor.xmm[2 * operation.register(1) + 1];
        processor.memory().store64(Operands.address(processor, operation), value);
    }

    /** MOVLPS and MOVLPD to memory. Intel SDM volume 2B. */
    @Encoding(
            value = {"NP 0F 13 /r Mq,Vx", "66 0F 13 /r Mq,Vx"},
            name = "movlps",
            first = Encoding.First.WRITE)
    static void movlpsStore(Processor processor, Operation operation) {
        long value = processor.xmm[2 * operation.register(1)];
        processor.memory().store64(Operands.address(processor, operation), value);
    }

    /** PUNPCKLQDQ: the low half of the source becomes the high half. Intel SDM volume 2B. */
    @Encoding("66 0F 6C /r Vx,Wx")
    static @Nullable Stop punpcklqdq(Processor processor, Operation operation) {
        if (isMisaligned(processor, operation)) {
            return protection(processor);
        }
        movhps(processor, operation);
        return null;
    }

    /** PXOR, XORPS and XORPD. Intel SDM volumes 2B and 2D. */
    @Encoding({"66 0F EF /r Vx,Wx", "NP 0F 57 /r Vx,Wx", "66 0F 57 /r Vx,Wx"})
    static @Nullable Stop pxor(Processor processor, Operation operation) {
        if (isMisaligned(processor, operation)) {
            return protection(processor);
        }
        long low = low(processor, operation, 1);
        long high = high(processor, operation, 1);
        put(
                processor,
                operation,
                low(processor, operation, 0) ^ low,
                high(processor, operation, 0) ^ high);
        return null;
    }

    /** POR, ORPS and ORPD. Intel SDM volume 2B. */
    @Encoding({"66 0F EB /r Vx,Wx", "NP 0F 56 /r Vx,Wx", "66 0F 56 /r Vx,Wx"})
    static @Nullable Stop por(Processor processor, Operation operation) {
        if (isMisaligned(processor, operation)) {
            return protection(processor);
        }
        long low = low(processor, operation, 1);
        long high = high(processor, operation, 1);
        put(
                processor,
                operation,
                low(processor, operation, 0) | low,
                high(processor, operation, 0) | high);
        return null;
    }

    /** PAND, ANDPS and ANDPD. Intel SDM volumes 2A and 2B. */
    @Encoding({"66 0F DB /r Vx,Wx", "NP 0F 54 /r Vx,Wx", "66 0F 54 /r Vx,Wx"})
    static @Nullable Stop pand(Processor processor, Operation operation) {
        if (isMisaligned(processor, operation)) {
            return protection(processor);
        }
        long low = low(processor, operation, 1);
        long high = high(processor, operation, 1);
        put(
                processor,
                operation,
                low(processor, operation, 0) & low,
                high(processor, operation, 0) & high);
        return null;
    }

    private static boolean isMisaligned(Processor processor, Operation operation) {
        return operation.hasMemory && (Operands.address(processor, operation) & 15) != 0;
    }

    private static Stop protection(Processor processor) {
        processor.trap.exception(Trap.GENERAL_PROTECTION);
        return Stop.TRAP;
    }

    private static long low(Processor processor, Operation operation, int operand) {
        return operation.isMemory(operand)
                ? processor.memory().load64(Operands.address(processor, operation))
                : processor.xmm[2 * operation.register(operand)];
    }

    private static long high(Processor processor, Operation operation, int operand) {
        return operation.isMemory(operand)
                ? processor.memory().load64(Operands.address(processor, operation) + 8)
                : processor.xmm[2 * operation.register(operand) + 1];
    }

    private static void put(Processor processor, Operation operation, long low, long high) {
        if (operation.isMemory(0)) {
            ProcessorMemory memory = processor.memory();
            long address = Operands.address(processor, operation);
            memory.probe(address, 16, true);
            memory.store64(address, low);
            memory.store64(address + 8, high);
        } else {
            processor.xmm[2 * operation.register(0)] = low;
            processor.xmm[2 * operation.register(0) + 1] = high;
        }
    }
}
