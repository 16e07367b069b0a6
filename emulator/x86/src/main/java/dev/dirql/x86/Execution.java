package dev.dirql.x86;

import static dev.dirql.machine.Processor.RAX;

import dev.dirql.machine.Flags;
import dev.dirql.machine.InstructionEngine.Stop;
import dev.dirql.machine.Processor;
import dev.dirql.machine.ProcessorMemory;
import org.jspecify.annotations.Nullable;

/** Executes operations by their {@link Shape}; RIP is that of the operation while it executes. */
final class Execution {
    private static final long LOW_32 = 0xFFFF_FFFFL;

    private Execution() {}

    /**
     * Executes operations that are not visible, one after the other, until the limit of the
     * processor. Null means that all that were begun are done.
     *
     * <p>The switch stands in the loop, not in a method for one operation, because HotSpot does not
     * inline a method of this size.
     */
    static @Nullable Stop run(Interpreter engine, Processor processor, Operation[] operations) {
        long[] r = processor.registers;
        Flags flags = processor.flags;
        ProcessorMemory memory = processor.memory();
        long stepNs = processor.stepNs;
        for (Operation operation : operations) {
            long next = operation.next;
            switch (operation.shape) {
                case Shape.JCC -> next = Control.jcc(flags, operation);
                case Shape.REGISTER_REGISTER_64 -> {
                    int d = operation.destination;
                    r[d] =
                            Functions.binary(
                                    operation.function, flags, 64, r[d], r[operation.source]);
                }
                case Shape.REGISTER_REGISTER_32 -> {
                    int d = operation.destination;
                    r[d] =
                            LOW_32
                                    & Functions.binary(
                                            operation.function,
                                            flags,
                                            32,
                                            r[d],
                                            r[operation.source]);
                }
                case Shape.REGISTER_IMMEDIATE_64 -> {
                    int d = operation.destination;
                    r[d] =
                            Functions.binary(
                                    operation.function, flags, 64, r[d], operation.immediate);
                }
                case Shape.REGISTER_IMMEDIATE_32 -> {
                    int d = operation.destination;
                    r[d] =
                            LOW_32
                                    & Functions.binary(
                                            operation.function,
                                            flags,
                                            32,
                                            r[d],
                                            operation.immediate);
                }
                case Shape.REGISTER_MEMORY_64 -> {
                    int d = operation.destination;
                    long b = memory.load64(Operands.address(processor, operation));
                    r[d] = Functions.binary(operation.function, flags, 64, r[d], b);
                }
                case Shape.REGISTER_MEMORY_32 -> {
                    int d = operation.destination;
                    long b = memory.load32(Operands.address(processor, operation));
                    r[d] = LOW_32 & Functions.binary(operation.function, flags, 32, r[d], b);
                }
                case Shape.COMPARE_REGISTER_REGISTER_64 ->
                        Functions.compare(
                                operation.function,
                                flags,
                                64,
                                r[operation.destination],
                                r[operation.source]);
                case Shape.COMPARE_REGISTER_REGISTER_32 ->
                        Functions.compare(
                                operation.function,
                                flags,
                                32,
                                r[operation.destination],
                                r[operation.source]);
                case Shape.COMPARE_REGISTER_IMMEDIATE_64 ->
                        Functions.compare(
                                operation.function,
                                flags,
                                64,
                                r[operation.destination],
                                operation.immediate);
                case Shape.COMPARE_REGISTER_IMMEDIATE_32 ->
                        Functions.compare(
                                operation.function,
                                flags,
                                32,
                                r[operation.destination],
                                operation.immediate);
                case Shape.COMPARE_REGISTER_MEMORY_64 ->
                        Functions.compare(
                                operation.function,
                                flags,
                                64,
                                r[operation.destination],
                                memory.load64(Operands.address(processor, operation)));
                case Shape.COMPARE_REGISTER_MEMORY_32 ->
                        Functions.compare(
                                operation.function,
                                flags,
                                32,
                                r[operation.destination],
                                memory.load32(Operands.address(processor, operation)));
                case Shape.COMPARE_MEMORY_REGISTER_64 ->
                        Functions.compare(
                                operation.function,
                                flags,
                                64,
                                memory.load64(Operands.address(processor, operation)),
                                r[operation.source]);
                case Shape.COMPARE_MEMORY_REGISTER_32 ->
                        Functions.compare(
                                operation.function,
                                flags,
                                32,
                                memory.load32(Operands.address(processor, operation)),
                                r[operation.source]);
                case Shape.COMPARE_MEMORY_IMMEDIATE_64 ->
                        Functions.compare(
                                operation.function,
                                flags,
                                64,
                                memory.load64(Operands.address(processor, operation)),
                                operation.immediate);
                case Shape.COMPARE_MEMORY_IMMEDIATE_32 ->
                        Functions.compare(
                                operation.function,
                                flags,
                                32,
                                memory.load32(Operands.address(processor, operation)),
                                operation.immediate);
                case Shape.COMPARE_MEMORY_IMMEDIATE_8 ->
                        Functions.compare(
                                operation.function,
                                flags,
                                8,
                                memory.load8(Operands.address(processor, operation)),
                                operation.immediate);
                case Shape.MOVE_64 -> r[operation.destination] = Data.mov(r[operation.source]);
                case Shape.MOVE_32 ->
                        r[operation.destination] = LOW_32 & Data.mov(r[operation.source]);
                case Shape.MOVE_IMMEDIATE ->
                        r[operation.destination] = Data.mov(operation.immediate);
                case Shape.LOAD_64 ->
                        r[operation.destination] =
                                memory.load64(Operands.address(processor, operation));
                case Shape.LOAD_32 ->
                        r[operation.destination] =
                                memory.load32(Operands.address(processor, operation));
                case Shape.LOAD_16 ->
                        r[operation.destination] =
                                memory.load16(Operands.address(processor, operation));
                case Shape.LOAD_8 ->
                        r[operation.destination] =
                                memory.load8(Operands.address(processor, operation));
                case Shape.STORE_64 ->
                        memory.store64(Operands.address(processor, operation), r[operation.source]);
                case Shape.STORE_32 ->
                        memory.store32(Operands.address(processor, operation), r[operation.source]);
                case Shape.STORE_16 ->
                        memory.store16(Operands.address(processor, operation), r[operation.source]);
                case Shape.STORE_8 ->
                        memory.store8(Operands.address(processor, operation), r[operation.source]);
                case Shape.STORE_IMMEDIATE ->
                        Operands.store(
                                memory,
                                operation.bits,
                                Operands.address(processor, operation),
                                operation.immediate);
                case Shape.LEA_64 ->
                        r[operation.destination] = Data.lea(Operands.address(processor, operation));
                case Shape.LEA_32 ->
                        r[operation.destination] =
                                LOW_32 & Data.lea(Operands.address(processor, operation));
                case Shape.CONDITIONAL_MOVE_64 -> {
                    int d = operation.destination;
                    r[d] =
                            Data.cmov(
                                    flags.condition(operation.condition),
                                    r[d],
                                    r[operation.source]);
                }
                case Shape.CONDITIONAL_MOVE_32 -> {
                    int d = operation.destination;
                    r[d] =
                            LOW_32
                                    & Data.cmov(
                                            flags.condition(operation.condition),
                                            r[d],
                                            r[operation.source]);
                }
                case Shape.ZERO_EXTEND_8 ->
                        r[operation.destination] = Data.movzx(r[operation.source] & 0xFF);
                case Shape.ZERO_EXTEND_16 ->
                        r[operation.destination] = Data.movzx(r[operation.source] & 0xFFFF);
                case Shape.LOAD_SIGNED_32 ->
                        r[operation.destination] =
                                Data.movsxd(memory.load32(Operands.address(processor, operation)));
                case Shape.COMPARE_REGISTER_REGISTER_8 ->
                        Functions.compare(
                                operation.function,
                                flags,
                                8,
                                r[operation.destination],
                                r[operation.source]);
                case Shape.COMPARE_REGISTER_IMMEDIATE_8 ->
                        Functions.compare(
                                operation.function,
                                flags,
                                8,
                                r[operation.destination],
                                operation.immediate);
                case Shape.COMPARE_MEMORY_REGISTER_8 ->
                        Functions.compare(
                                operation.function,
                                flags,
                                8,
                                memory.load8(Operands.address(processor, operation)),
                                r[operation.source]);
                case Shape.REGISTER_REGISTER_8 -> {
                    int d = operation.destination;
                    long result =
                            Functions.binary(
                                    operation.function, flags, 8, r[d], r[operation.source]);
                    r[d] = (r[d] & ~0xFFL) | (result & 0xFF);
                }
                case Shape.REGISTER_IMMEDIATE_8 -> {
                    int d = operation.destination;
                    long result =
                            Functions.binary(
                                    operation.function, flags, 8, r[d], operation.immediate);
                    r[d] = (r[d] & ~0xFFL) | (result & 0xFF);
                }
                case Shape.SET_REGISTER -> {
                    int d = operation.destination;
                    long result = Data.set(flags.condition(operation.condition));
                    r[d] = (r[d] & ~0xFFL) | result;
                }
                case Shape.JUMP -> next = operation.immediate;
                case Shape.CALL -> {
                    Control.call(processor, operation);
                    next = processor.rip;
                }
                case Shape.RETURN -> {
                    Control.ret(processor, operation);
                    next = processor.rip;
                }
                case Shape.PUSH -> Stack.push(processor, r[operation.destination]);
                case Shape.POP -> Stack.pop(processor, operation.destination);
                case Shape.BRANCH -> {
                    MachineFunctions.branch(processor, operation);
                    next = processor.rip;
                }
                case Shape.VALUE, Shape.LEA_16, Shape.CONDITIONAL_MOVE, Shape.SET ->
                        value(processor, operation);
                default -> {
                    Stop stop = one(processor, operation);
                    if (stop != null) {
                        return stop;
                    }
                }
            }
            processor.rip = next;
            processor.clockNs += stepNs;
            processor.steps++;
            if (processor.clockNs >= processor.limitNs || engine.hasForgotten()) {
                return null;
            }
        }
        return null;
    }

    /**
     * Executes one operation that may be visible or stop the processor; its step is not counted and
     * RIP left alone. Null means that it is done.
     */
    static @Nullable Stop one(Processor processor, Operation operation) {
        return switch (operation.shape) {
            case Shape.UPDATE -> update(processor, operation);
            case Shape.MACHINE -> machine(processor, operation);
            case Shape.TRAP -> {
                processor.trap.exception(operation.vector);
                yield Stop.TRAP;
            }
            case Shape.NOT_MODELLED -> {
                processor.trap.text = operation.text;
                yield Stop.NOT_MODELLED;
            }
            default -> throw new IllegalStateException("shape " + operation.shape);
        };
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
