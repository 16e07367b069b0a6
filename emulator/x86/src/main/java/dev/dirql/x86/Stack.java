package dev.dirql.x86;

import static dev.dirql.machine.Processor.RBP;
import static dev.dirql.machine.Processor.RSP;

import dev.dirql.machine.Flags;
import dev.dirql.machine.InstructionEngine.Stop;
import dev.dirql.machine.Processor;
import dev.dirql.machine.ProcessorMemory;
import org.jspecify.annotations.Nullable;

/** Push, pop and stack frames. Memory is accessed before any register changes. */
final class Stack {
    /**
     * Flags that {@code popfq} changes at privilege level 0: all but VM, VIF, VIP, RF and fixed.
     */
    private static final long POPPED = 0x24_7FD5;

    private Stack() {}

    static void push(Processor processor, int bits, long value) {
        long top = processor.registers[RSP] - bits / 8;
        processor.memory().store(top, bits / 8, value);
        processor.registers[RSP] = top;
    }

    /** PUSH of a 64-bit value. */
    static void push(Processor processor, long value) {
        long top = processor.registers[RSP] - 8;
        processor.memory().store64(top, value);
        processor.registers[RSP] = top;
    }

    /** PUSH. Intel SDM volume 2B. */
    @Encoding(
            value = {"50+r Zv d64", "68 Iz d64", "6A Ib d64", "FF /6 Ev d64"},
            first = Encoding.First.READ)
    static void push(Processor processor, Operation operation) {
        push(processor, operation.operandBits, Operands.read(processor, operation, 0));
    }

    /** POP: a memory destination is addressed with RSP as it is afterwards. Intel SDM volume 2B. */
    @Encoding(
            value = {"58+r Zv d64", "8F /0 Ev d64"},
            first = Encoding.First.WRITE)
    static void pop(Processor processor, Operation operation) {
        int bytes = operation.operandBits / 8;
        long top = processor.registers[RSP];
        if (operation.isMemory(0)) {
            long address = Operands.address(processor, operation);
            if (operation.base == RSP) {
                address += bytes;
            }
            ProcessorMemory memory = processor.memory();
            memory.probe(address, bytes, true);
            memory.store(address, bytes, memory.load(top, bytes));
            processor.registers[RSP] = top + bytes;
        } else {
            long value = processor.memory().load(top, bytes);
            processor.registers[RSP] = top + bytes;
            Operands.write(processor, operation, 0, value);
        }
    }

    /** POP of a 64-bit register. */
    static void pop(Processor processor, int register) {
        long top = processor.registers[RSP];
        long value = processor.memory().load64(top);
        processor.registers[RSP] = top + 8;
        processor.registers[register] = value;
    }

    /** PUSHFQ and PUSHF. Intel SDM volume 2B. */
    @Encoding("9C d64")
    static void pushf(Processor processor, Operation operation) {
        push(processor, operation.operandBits, processor.flags.rflags());
    }

    /**
     * POPFQ and POPF at privilege level 0. Intel SDM volume 2B. Setting TF is not modelled: there
     * are no single-step traps.
     */
    @Encoding("9D d64 visible")
    static @Nullable Stop popf(Processor processor, Operation operation) {
        int bits = operation.operandBits;
        long top = processor.registers[RSP];
        long value = processor.memory().load(top, bits / 8);
        if ((value & Flags.TRAP) != 0) {
            processor.trap.text =
                    "popf sets the trap flag at 0x%x: single-step traps are not modelled"
                            .formatted(processor.rip);
            return Stop.NOT_MODELLED;
        }
        long changed = bits == 16 ? POPPED & 0xFFFF : POPPED;
        processor.registers[RSP] = top + bits / 8;
        processor.flags.setRflags((processor.flags.rflags() & ~changed) | (value & changed));
        return null;
    }

    /** LEAVE. Intel SDM volume 2A. */
    @Encoding("C9 d64")
    static void leave(Processor processor, Operation operation) {
        int bits = operation.operandBits;
        long frame = processor.registers[RBP];
        long value = processor.memory().load(frame, bits / 8);
        processor.registers[RSP] = frame + bits / 8;
        Operands.writeRegister(processor, bits, RBP, value);
    }

    /** ENTER. Intel SDM volume 2A. */
    @Encoding(value = "C8 Iw,Ib d64", first = Encoding.First.READ)
    static void enter(Processor processor, Operation operation) {
        ProcessorMemory memory = processor.memory();
        int bytes = operation.operandBits / 8;
        long size = operation.immediate & 0xFFFF;
        int level = (int) operation.secondImmediate & 31;
        long old = processor.registers[RBP];
        long frame = processor.registers[RSP] - bytes;
        long top = frame - (long) level * bytes;
        memory.probe(top, frame - top + bytes, true);
        memory.probe(top - size, bytes, true);
        if (level > 1) {
            memory.probe(old - (level - 1L) * bytes, (level - 1L) * bytes, false);
        }
        memory.store(frame, bytes, old);
        for (int i = 1; i < level; i++) {
            memory.store(
                    frame - (long) i * bytes, bytes, memory.load(old - (long) i * bytes, bytes));
        }
        if (level > 0) {
            memory.store(top, bytes, frame);
        }
        processor.registers[RSP] = top - size;
        Operands.writeRegister(processor, operation.operandBits, RBP, frame);
    }
}
