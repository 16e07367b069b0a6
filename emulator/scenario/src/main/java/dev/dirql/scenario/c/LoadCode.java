package dev.dirql.scenario.c;

import dev.dirql.scenario.c.CodeBuffer.Temporary;
import dev.dirql.scenario.c.Instruction.Operation;
import dev.dirql.scenario.c.Operand.Memory;
import dev.dirql.scenario.c.Operand.Register;

/** Loads scalars from memory, and extends the short ones. */
final class LoadCode {
    private final CodeBuffer code;

    LoadCode(CodeBuffer code) {
        this.code = code;
    }

    /**
     * Loads from an address, or loads the address; a temporary of the address is used again for the
     * result.
     */
    Temporary load(Address address, Operation operation, int size) {
        Memory operand = address.memory(code);
        address.free(code);
        Temporary result = code.take();
        code.emit(operation, size, code.use(result), operand);
        return result;
    }

    /** Loads a scalar, extended to 32 bits if shorter. */
    void load(Register register, Memory operand, CType type) {
        int size = (int) Types.size(type);
        if (size >= 4) {
            code.emit(Operation.MOV, size, register, operand);
        } else {
            code.extend(Types.isSigned(type), 4, size, register, operand);
        }
    }

    /** Loads a scalar shorter than 64 bits, extended to 64 bits. */
    void widen(Register register, Memory operand, CType from) {
        int size = (int) Types.size(from);
        if (Types.isSigned(from)) {
            code.extend(true, 8, size, register, operand);
        } else if (size == 4) {
            code.emit(Operation.MOV, 4, register, operand);
        } else {
            code.extend(false, 4, size, register, operand);
        }
    }

    /** Extends what is held in 32 bits to 64 bits. */
    void widen(Register register, Register source, CType from) {
        if (Types.isSigned(from)) {
            code.extend(true, 8, 4, register, source);
        } else {
            code.emit(Operation.MOV, 4, register, source);
        }
    }

    /** Extends a value in a register that has just lost the upper bits of a short type. */
    void normalise(Register register, CType type) {
        int size = (int) Types.size(type);
        if (size < 4) {
            code.extend(Types.isSigned(type), 4, size, register, register);
        }
    }

    /** A result that has just lost the upper bits of a short type. */
    Value normalised(Temporary result, CType type) {
        int size = (int) Types.size(type);
        if (size < 4) {
            Register register = code.use(result);
            code.extend(Types.isSigned(type), 4, size, register, register);
        }
        return new Value.Owned(result);
    }
}
