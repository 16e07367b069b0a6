package dev.dirql.x86;

import static dev.dirql.machine.Processor.RAX;

import dev.dirql.machine.Flags;
import dev.dirql.machine.InstructionEngine.Stop;
import dev.dirql.machine.Processor;
import dev.dirql.machine.ProcessorMemory;
import org.jspecify.annotations.Nullable;

/**
 * Executes one operation by its {@link Shape}. RIP is that of the operation while it executes;
 * branches set it, all others leave it to the caller.
 */
final class Execution {
    private static final long LOW_32 = 0xFFFF_FFFFL;

    private Execution() {}

    /** Executes an operation. Null means that it is done. */
    static @Nullable Stop execute(Processor processor, Operation operation) {
        long[] r = processor.registers;
        Flags flags = processor.flags;
        switch (operation.shape) {
            case Shape.JCC -> Control.jcc(processor, operation);
            case Shape.REGISTER_REGISTER_64 -> {
                int d = operation.destination;
                r[d] = Functions.binary(operation.function, flags, 64, r[d], r[operation.source]);
            }
            case Shape.REGISTER_REGISTER_32 -> {
                int d = operation.destination;
                r[d] =
                        Functions.binary(operation.function, flags, 32, r[d], r[operation.source])
                                & LOW_32;
            }
            case Shape.REGISTER_IMMEDIATE_64 -> {
                int d = operation.destination;
                r[d] = Functions.binary(operation.function, flags, 64, r[d], operation.immediate);
            }
            case Shape.REGISTER_IMMEDIATE_32 -> {
                int d = operation.destination;
                r[d] =
                        Functions.binary(operation.function, flags, 32, r[d], operation.immediate)
                                & LOW_32;
            }
            case Shape.REGISTER_MEMORY_64 -> {
                int d = operation.destination;
                long b = processor.memory().load64(Operands.address(processor, operation));
                r[d] = Functions.binary(operation.function, flags, 64, r[d], b);
            }
            case Shape.REGISTER_MEMORY_32 -> {
                int d = operation.destination;
                long b = processor.memory().load32(Operands.address(processor, operation));
                r[d] = Functions.binary(operation.function, flags, 32, r[d], b) & LOW_32;
            }
            case Shape.MOVE_64 -> r[operation.destination] = Data.mov(r[operation.source]);
            case Shape.MOVE_32 -> r[operation.destination] = Data.mov(r[operation.source]) & LOW_32;
            case Shape.MOVE_IMMEDIATE -> r[operation.destination] = Data.mov(operation.immediate);
            case Shape.LOAD_64 ->
                    r[operation.destination] =
                            processor.memory().load64(Operands.address(processor, operation));
            case Shape.LOAD_32 ->
                    r[operation.destination] =
                            processor.memory().load32(Operands.address(processor, operation));
            case Shape.LOAD_16 ->
                    r[operation.destination] =
                            processor.memory().load16(Operands.address(processor, operation));
            case Shape.LOAD_8 ->
                    r[operation.destination] =
                            processor.memory().load8(Operands.address(processor, operation));
            case Shape.STORE_64 ->
                    processor
                            .memory()
                            .store64(Operands.address(processor, operation), r[operation.source]);
            case Shape.STORE_32 ->
                    processor
                            .memory()
                            .store32(Operands.address(processor, operation), r[operation.source]);
            case Shape.STORE_16 ->
                    processor
                            .memory()
                            .store16(Operands.address(processor, operation), r[operation.source]);
            case Shape.STORE_8 ->
                    processor
                            .memory()
                            .store8(Operands.address(processor, operation), r[operation.source]);
            case Shape.STORE_IMMEDIATE ->
                    Operands.store(
                            processor.memory(),
                            operation.bits,
                            Operands.address(processor, operation),
                            operation.immediate);
            case Shape.LEA_64 ->
                    r[operation.destination] = Data.lea(Operands.address(processor, operation));
            case Shape.LEA_32 ->
                    r[operation.destination] =
                            Data.lea(Operands.address(processor, operation)) & LOW_32;
            case Shape.PUSH -> Stack.push(processor, 64, r[operation.destination]);
            case Shape.POP -> Stack.pop(processor, operation.destination);
            case Shape.UPDATE -> {
                return update(processor, operation);
            }
            case Shape.MACHINE -> {
                return machine(processor, operation);
            }
            case Shape.TRAP -> {
                processor.trap.exception(operation.vector);
                return Stop.TRAP;
            }
            case Shape.NOT_MODELLED -> {
                processor.trap.text = operation.text;
                return Stop.NOT_MODELLED;
            }
            default -> {
                if (operation.shape < Shape.MOVE_64) {
                    compare(processor, operation);
                } else {
                    value(processor, operation);
                }
            }
        }
        return null;
    }

    private static void compare(Processor processor, Operation operation) {
        long[] r = processor.registers;
        ProcessorMemory memory = processor.memory();
        int bits = 64;
        long a;
        long b;
        switch (operation.shape) {
            case Shape.COMPARE_REGISTER_REGISTER_64 -> {
                a = r[operation.destination];
                b = r[operation.source];
            }
            case Shape.COMPARE_REGISTER_REGISTER_32 -> {
                bits = 32;
                a = r[operation.destination];
                b = r[operation.source];
            }
            case Shape.COMPARE_REGISTER_IMMEDIATE_64 -> {
                a = r[operation.destination];
                b = operation.immediate;
            }
            case Shape.COMPARE_REGISTER_IMMEDIATE_32 -> {
                bits = 32;
                a = r[operation.destination];
                b = operation.immediate;
            }
            case Shape.COMPARE_REGISTER_MEMORY_64 -> {
                a = r[operation.destination];
                b = memory.load64(Operands.address(processor, operation));
            }
            case Shape.COMPARE_REGISTER_MEMORY_32 -> {
                bits = 32;
                a = r[operation.destination];
                b = memory.load32(Operands.address(processor, operation));
            }
            case Shape.COMPARE_MEMORY_REGISTER_64 -> {
                a = memory.load64(Operands.address(processor, operation));
                b = r[operation.source];
            }
            case Shape.COMPARE_MEMORY_REGISTER_32 -> {
                bits = 32;
                a = memory.load32(Operands.address(processor, operation));
                b = r[operation.source];
            }
            case Shape.COMPARE_MEMORY_IMMEDIATE_64 -> {
                a = memory.load64(Operands.address(processor, operation));
                b = operation.immediate;
            }
            case Shape.COMPARE_MEMORY_IMMEDIATE_32 -> {
                bits = 32;
                a = memory.load32(Operands.address(processor, operation));
                b = operation.immediate;
            }
            default -> {
                bits = 8;
                a = memory.load8(Operands.address(processor, operation));
                b = operation.immediate;
            }
        }
        Functions.binary(operation.function, processor.flags, bits, a, b);
    }

    /** Forms without a shape of their own, whose result goes to a register, memory or nowhere. */
    private static void value(Processor processor, Operation operation) {
        Row row = operation.row;
        if (row == null) {
            throw new IllegalStateException("shape " + operation.shape + " without a row");
        }
        switch (operation.shape) {
            case Shape.LEA_16 ->
                    Operands.write(
                            processor,
                            operation,
                            0,
                            Data.lea(Operands.address(processor, operation)));
            case Shape.CONDITIONAL_MOVE -> {
                long source = Operands.read(processor, operation, 1);
                boolean holds = processor.flags.condition(operation.condition);
                long old = processor.registers[operation.destination];
                Operands.write(processor, operation, 0, Data.cmov(holds, old, source));
            }
            case Shape.SET -> {
                boolean holds = processor.flags.condition(operation.condition);
                Operands.write(processor, operation, 0, Data.set(holds));
            }
            default -> {
                int first = row.first() == Encoding.First.WRITE ? 1 : 0;
                long a = 0;
                long b;
                if (first == 1 && operation.operandCount() == 2) {
                    b = Operands.read(processor, operation, 1);
                } else {
                    a = Operands.read(processor, operation, first);
                    b = second(processor, operation, first + 1);
                }
                long result = compute(processor, operation, a, b);
                if (row.first() != Encoding.First.READ) {
                    exchange(processor, operation, a);
                    if (!keepsDestination(processor, operation)) {
                        Operands.write(processor, operation, 0, result);
                    }
                }
            }
        }
    }

    /** Whether not even the upper half of a 32-bit destination register is touched. */
    private static boolean keepsDestination(Processor processor, Operation operation) {
        return switch (operation.function) {
            case Code.BSF, Code.BSR -> processor.flags.zero();
            case Code.CMPXCHG -> !processor.flags.zero();
            default -> false;
        };
    }

    private static long second(Processor processor, Operation operation, int operand) {
        return operand < operation.operandCount()
                ? Operands.read(processor, operation, operand)
                : 0;
    }

    private static long compute(Processor processor, Operation operation, long a, long b) {
        int function = operation.function;
        Flags flags = processor.flags;
        if (function < Code.TERNARY) {
            return Functions.binary(function, flags, operation.bits, a, b);
        }
        long c =
                function == Code.CMPXCHG
                        ? processor.registers[RAX]
                        : Operands.read(processor, operation, 2);
        return Functions.ternary(function, flags, operation.bits, a, b, c);
    }

    /** The register that an xadd or a failed cmpxchg loads with the old destination, or -1. */
    private static int exchanged(Processor processor, Operation operation) {
        return switch (operation.function) {
            case Code.XADD -> operation.source;
            case Code.CMPXCHG -> processor.flags.zero() ? -1 : RAX;
            default -> -1;
        };
    }

    private static void exchange(Processor processor, Operation operation, long old) {
        int register = exchanged(processor, operation);
        if (register >= 0) {
            Operands.writeRegister(processor, operation.bits, register, old);
        }
    }

    /**
     * Reads, computes and writes memory. Unlocked these are two steps, and where the slice ends
     * between them, only {@link Processor#halfDone} knows of the first.
     */
    private static @Nullable Stop update(Processor processor, Operation operation) {
        ProcessorMemory memory = processor.memory();
        int bits = operation.bits;
        long address = Operands.address(processor, operation);
        memory.probe(address, bits >>> 3, true);
        long old = Operands.load(memory, bits, address);
        long b = second(processor, operation, 1);
        if (!operation.locked) {
            long stepNs = processor.stepNs;
            if (processor.clockNs + stepNs >= processor.limitNs) {
                return firstHalf(processor, operation, address, old, b);
            }
            processor.clockNs += stepNs;
            processor.steps++;
        }
        long value = compute(processor, operation, old, b);
        Operands.store(memory, bits, address, value);
        exchange(processor, operation, old);
        return null;
    }

    private static Stop firstHalf(
            Processor processor, Operation operation, long address, long old, long b) {
        Processor.HalfDone half = processor.halfDone;
        long before = processor.flags.rflags();
        half.value = compute(processor, operation, old, b);
        half.register = exchanged(processor, operation);
        half.rflags = processor.flags.rflags();
        processor.flags.setRflags(before);
        half.loaded = old;
        half.address = address;
        half.size = operation.bits >>> 3;
        half.nextRip = operation.next;
        half.pending = true;
        processor.clockNs += processor.stepNs;
        processor.steps++;
        return Stop.LIMIT;
    }

    private static @Nullable Stop machine(Processor processor, Operation operation) {
        if (operation.repeat == Operation.REPEAT_NONE) {
            return MachineFunctions.execute(processor, operation);
        }
        long[] r = processor.registers;
        if (operation.truncated(r[Processor.RCX]) == 0) {
            r[Processor.RCX] = operation.truncated(r[Processor.RCX]);
            return null;
        }
        while (true) {
            MachineFunctions.element(processor, operation);
            if (!Strings.goesOn(processor, operation)) {
                return null;
            }
            processor.clockNs += processor.stepNs;
            processor.steps++;
            if (operation.visible || processor.clockNs >= processor.limitNs) {
                return Stop.LIMIT;
            }
        }
    }
}
