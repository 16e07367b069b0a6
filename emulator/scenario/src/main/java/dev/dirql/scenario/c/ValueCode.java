package dev.dirql.scenario.c;

import dev.dirql.scenario.c.CodeBuffer.Temporary;
import dev.dirql.scenario.c.Instruction.Operation;
import dev.dirql.scenario.c.Operand.Immediate;
import dev.dirql.scenario.c.Operand.Register;

/**
 * Brings values into registers. A value of a type shorter than 32 bits is held extended to 32 bits;
 * the upper half of a register that holds at most 32 bits is undefined.
 */
final class ValueCode {
    private final CodeBuffer code;

    ValueCode(CodeBuffer code) {
        this.code = code;
    }

    /** Bytes of the register that computes with a type: 4 or 8. */
    static int width(CType type) {
        return Types.size(type) == 8 ? 8 : 4;
    }

    void free(Value value) {
        if (value instanceof Value.Owned owned) {
            code.free(owned.temporary());
        }
    }

    /** A register that holds a value; only for the next instruction. */
    Register register(Value value) {
        return switch (value) {
            case Value.Owned owned -> code.use(owned.temporary());
            case Value.Kept kept -> kept.register();
            case Value.Fixed _, Value.Nothing _ ->
                    throw new IllegalStateException("not in a register: " + value);
        };
    }

    /** A value in a register: a constant is loaded. */
    Value inRegister(Value value, int size) {
        return value instanceof Value.Fixed ? new Value.Owned(own(value, size)) : value;
    }

    /** A value in a temporary that may be changed. */
    Temporary own(Value value, int size) {
        return switch (value) {
            case Value.Owned owned -> owned.temporary();
            case Value.Fixed fixed -> {
                Temporary temporary = code.take();
                code.emit(Operation.MOV, size, code.use(temporary), new Immediate(fixed.value()));
                yield temporary;
            }
            case Value.Kept kept -> {
                Temporary temporary = code.take();
                code.emit(Operation.MOV, size, code.use(temporary), kept.register());
                yield temporary;
            }
            case Value.Nothing _ -> throw new IllegalStateException("no value");
        };
    }

    /** Moves a value into a register that is no temporary's. */
    void moveTo(Register register, Value value, int size) {
        switch (value) {
            case Value.Fixed fixed ->
                    code.emit(Operation.MOV, size, register, new Immediate(fixed.value()));
            case Value.Kept kept -> {
                if (kept.register() != register) {
                    code.emit(Operation.MOV, size, register, kept.register());
                }
            }
            case Value.Owned owned -> code.moveFresh(size, register, code.use(owned.temporary()));
            case Value.Nothing _ -> throw new IllegalStateException("no value");
        }
    }
}
