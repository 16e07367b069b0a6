package dev.dirql.x86;

import static dev.dirql.machine.Processor.RAX;
import static dev.dirql.machine.Processor.RCX;
import static dev.dirql.machine.Processor.RDI;
import static dev.dirql.machine.Processor.RDX;
import static dev.dirql.machine.Processor.RSI;

import dev.dirql.machine.DeviceBus;
import dev.dirql.machine.Processor;
import dev.dirql.machine.ProcessorMemory;

/**
 * String instructions: each method is one element. What repeats them is in {@link
 * MachineFunctions}. Memory is accessed before any register changes.
 */
final class Strings {
    private Strings() {}

    private static long source(Processor processor, Operation operation) {
        return Operands.segmentBase(processor, operation)
                + operation.truncated(processor.registers[RSI]);
    }

    private static long destination(Processor processor, Operation operation) {
        return operation.truncated(processor.registers[RDI]);
    }

    private static void advance(Processor processor, Operation operation, int register) {
        int bytes = operation.operandBits / 8;
        long step = processor.flags.direction() ? -bytes : bytes;
        processor.registers[register] = operation.truncated(processor.registers[register] + step);
    }

    /** MOVS. Intel SDM volume 2B. */
    @Encoding({"A4 Yb rep", "A5 Yv rep"})
    static void movs(Processor processor, Operation operation) {
        ProcessorMemory memory = processor.memory();
        int bytes = operation.operandBits / 8;
        long to = destination(processor, operation);
        memory.probe(to, bytes, true);
        memory.store(to, bytes, memory.load(source(processor, operation), bytes));
        advance(processor, operation, RSI);
        advance(processor, operation, RDI);
    }

    /** STOS. Intel SDM volume 2B. */
    @Encoding({"AA Yb rep", "AB Yv rep"})
    static void stos(Processor processor, Operation operation) {
        int bytes = operation.operandBits / 8;
        processor
                .memory()
                .store(destination(processor, operation), bytes, processor.registers[RAX]);
        advance(processor, operation, RDI);
    }

    /** LODS. Intel SDM volume 2A. */
    @Encoding({"AC Yb rep", "AD Yv rep"})
    static void lods(Processor processor, Operation operation) {
        int bits = operation.operandBits;
        long value = processor.memory().load(source(processor, operation), bits / 8);
        Operands.writeRegister(processor, bits, RAX, value);
        advance(processor, operation, RSI);
    }

    /** SCAS. Intel SDM volume 2B. */
    @Encoding({"AE Yb rep", "AF Yv rep"})
    static void scas(Processor processor, Operation operation) {
        int bits = operation.operandBits;
        long value = processor.memory().load(destination(processor, operation), bits / 8);
        Arithmetic.cmp(processor.flags, bits, processor.registers[RAX], value);
        advance(processor, operation, RDI);
    }

    /** CMPS. Intel SDM volume 2A. */
    @Encoding({"A6 Yb rep", "A7 Yv rep"})
    static void cmps(Processor processor, Operation operation) {
        int bits = operation.operandBits;
        ProcessorMemory memory = processor.memory();
        long to = destination(processor, operation);
        memory.probe(to, bits / 8, false);
        long a = memory.load(source(processor, operation), bits / 8);
        Arithmetic.cmp(processor.flags, bits, a, memory.load(to, bits / 8));
        advance(processor, operation, RSI);
        advance(processor, operation, RDI);
    }

    /** INS. Intel SDM volume 2A. */
    @Encoding({"6C Yb rep visible", "6D Yz rep visible"})
    static void ins(Processor processor, Operation operation) {
        int bytes = operation.operandBits / 8;
        ProcessorMemory memory = processor.memory();
        long to = destination(processor, operation);
        memory.probe(to, bytes, true);
        DeviceBus bus = processor.machine().bus();
        int port = (int) processor.registers[RDX] & 0xFFFF;
        memory.store(to, bytes, bus.readPort(processor, port, bytes));
        advance(processor, operation, RDI);
    }

    /** OUTS. Intel SDM volume 2B. */
    @Encoding({"6E Yb rep visible", "6F Yz rep visible"})
    static void outs(Processor processor, Operation operation) {
        int bytes = operation.operandBits / 8;
        long value = processor.memory().load(source(processor, operation), bytes);
        DeviceBus bus = processor.machine().bus();
        bus.writePort(processor, (int) processor.registers[RDX] & 0xFFFF, bytes, value);
        advance(processor, operation, RSI);
    }

    /** Counts one iteration and says whether there is another. */
    static boolean goesOn(Processor processor, Operation operation) {
        long count = operation.truncated(processor.registers[RCX] - 1);
        processor.registers[RCX] = count;
        if (count == 0) {
            return false;
        }
        boolean compares = operation.function == Code.SCAS || operation.function == Code.CMPS;
        return !compares || processor.flags.zero() == (operation.repeat == Operation.REPEAT_EQUAL);
    }
}
