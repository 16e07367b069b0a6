package dev.dirql.scenario.c;

import dev.dirql.scenario.c.CodeBuffer.Temporary;
import dev.dirql.scenario.c.Expression.BitPlace;
import dev.dirql.scenario.c.Instruction.Operation;
import dev.dirql.scenario.c.Operand.Immediate;
import dev.dirql.scenario.c.Operand.Register;

/** Cuts bit-fields out of their units, and puts them in. */
final class BitFieldCode {
    private final CodeBuffer code;
    private final ValueCode values;
    private final LoadCode loads;

    BitFieldCode(CodeBuffer code) {
        this.code = code;
        this.values = new ValueCode(code);
        this.loads = new LoadCode(code);
    }

    /** Cuts a bit-field out of its unit. */
    void extract(Register register, BitPlace bits) {
        int width = ValueCode.width(bits.type());
        int all = width * 8;
        if (Types.isSigned(bits.type()) && !Types.isBool(bits.type())) {
            code.shift(Operation.SHL, width, register, all - bits.shift() - bits.width());
            code.shift(Operation.SAR, width, register, all - bits.width());
            return;
        }
        code.shift(Operation.SHR, width, register, bits.shift());
        if (bits.width() < 32) {
            code.emit(Operation.AND, width, register, new Immediate((1L << bits.width()) - 1));
        } else if (bits.width() < all) {
            code.shift(Operation.SHL, width, register, all - bits.width());
            code.shift(Operation.SHR, width, register, all - bits.width());
        }
    }

    /** What a bit-field holds after a value was stored into it. */
    Temporary cut(BitPlace bits, Value value) {
        int size = ValueCode.width(bits.type());
        Temporary result = values.own(value, size);
        extract(code.use(result), new BitPlace(bits.type(), bits.unit(), 0, bits.width()));
        return result;
    }

    /** Writes a bit-field: load, clear, insert, store. The value stays as it is. */
    void store(BitPlace bits, Address address, Value value) {
        int size = ValueCode.width(bits.type());
        int unit = (int) Types.size(bits.type());
        long ones = bits.width() == 64 ? -1L : (1L << bits.width()) - 1;
        long mask = ones << bits.shift();
        if (value instanceof Value.Fixed fixed) {
            moveConstant(Register.RDX, size, (fixed.value() & ones) << bits.shift());
        } else {
            code.emit(Operation.MOV, size, Register.RDX, values.register(value));
            moveConstant(Register.RCX, size, ones);
            code.emit(Operation.AND, size, Register.RDX, Register.RCX);
            code.shift(Operation.SHL, size, Register.RDX, bits.shift());
        }
        loads.load(Register.RCX, address.memory(code), bits.type());
        long keep = ~mask;
        if (size == 4) {
            code.emit(Operation.AND, 4, Register.RCX, new Immediate((int) keep));
            code.emit(Operation.OR, 4, Register.RCX, Register.RDX);
        } else {
            // No third register is free: clear the field by exclusive or with itself and the value.
            code.emit(Operation.XOR, 8, Register.RDX, Register.RCX);
            Temporary third = code.take();
            Register register = code.use(third);
            code.emit(Operation.MOV, 8, register, new Immediate(mask));
            code.emit(Operation.AND, 8, Register.RDX, register);
            code.free(third);
            code.emit(Operation.XOR, 8, Register.RCX, Register.RDX);
        }
        code.emit(Operation.MOV, unit, address.memory(code), Register.RCX);
    }

    private void moveConstant(Register register, int size, long value) {
        code.emit(Operation.MOV, size, register, new Immediate(size == 4 ? (int) value : value));
    }
}
