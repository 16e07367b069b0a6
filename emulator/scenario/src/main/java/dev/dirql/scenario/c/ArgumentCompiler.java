package dev.dirql.scenario.c;

import dev.dirql.scenario.c.CodeBuffer.Temporary;
import dev.dirql.scenario.c.Instruction.Operation;
import dev.dirql.scenario.c.Operand.Register;
import org.jspecify.annotations.Nullable;

/** Brings the arguments of intrinsics to where their instructions want them. */
final class ArgumentCompiler {
    private final CodeBuffer code;
    private final AddressCompiler addresses;
    private final Evaluator evaluator;
    private final ValueCode values;

    ArgumentCompiler(CodeBuffer code, AddressCompiler addresses, Evaluator evaluator) {
        this.code = code;
        this.addresses = addresses;
        this.evaluator = evaluator;
        this.values = new ValueCode(code);
    }

    /** Evaluates an expression into a register that is no temporary's. */
    void take(Expression expression, Register register, int size) {
        give(evaluator.value(expression), register, size);
    }

    /** Moves a value into a register that is no temporary's. */
    void give(Value value, Register register, int size) {
        values.moveTo(register, value, size);
        values.free(value);
    }

    /** The memory that an argument points to. */
    Address pointed(Expression pointer) {
        return addresses.address(Fold.indirect(CType.UCHAR, pointer));
    }

    private @Nullable Temporary rax;

    /** Moves a value to RAX, whoever lived there. */
    void inRax(Value value, int size) {
        if (value instanceof Value.Owned owned && owned.temporary().register == Register.RAX) {
            rax = owned.temporary();
            return;
        }
        Value held = values.inRegister(value, size);
        Temporary target = code.claimRax();
        Register from = values.register(held);
        code.emit(Operation.MOV, size, Register.RAX, from);
        values.free(held);
        rax = target;
    }

    void releaseRax() {
        if (rax != null) {
            code.free(rax);
            rax = null;
        }
    }
}
