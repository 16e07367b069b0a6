package dev.dirql.scenario.c;

import dev.dirql.scenario.c.CodeBuffer.Temporary;
import dev.dirql.scenario.c.Expression.Constant;
import dev.dirql.scenario.c.Instruction.Operation;
import dev.dirql.scenario.c.Operand.Immediate;
import dev.dirql.scenario.c.Operand.Memory;
import dev.dirql.scenario.c.Operand.Register;

/** Makes the intrinsics that look at single bits, look for them, or move them. */
final class BitCompiler {
    private final CodeBuffer code;
    private final ArgumentCompiler placement;
    private final Evaluator evaluator;
    private final ValueCode values;
    private final LoadCode loads;

    BitCompiler(CodeBuffer code, ArgumentCompiler placement, Evaluator evaluator) {
        this.code = code;
        this.placement = placement;
        this.evaluator = evaluator;
        this.values = new ValueCode(code);
        this.loads = new LoadCode(code);
    }

    Value test(Expression.IntrinsicCall call, Operation operation, boolean locked) {
        int size = call.intrinsic().size();
        Value index = evaluator.value(call.arguments().get(1));
        boolean small =
                index instanceof Value.Fixed fixed
                        && fixed.value() >= 0
                        && fixed.value() < size * 8L;
        Value held = small ? index : values.inRegister(index, size);
        Address address = placement.pointed(call.arguments().get(0));
        Memory memory = address.memory(code);
        Operand operand =
                held instanceof Value.Fixed fixed
                        ? new Immediate(fixed.value())
                        : values.register(held);
        if (locked) {
            code.locked(operation, size, memory, operand);
        } else {
            code.emit(operation, size, memory, operand);
        }
        address.free(code);
        values.free(held);
        return flag(Instruction.BELOW);
    }

    private Value flag(int condition) {
        // Saving a temporary moves memory, which leaves the flags alone.
        Temporary result = code.take();
        Register register = code.use(result);
        code.set(condition, register);
        code.extend(false, 4, 1, register, register);
        return new Value.Owned(result);
    }

    Value scan(Expression.IntrinsicCall call, Operation operation) {
        int size = call.intrinsic().size();
        Value mask = values.inRegister(evaluator.value(call.arguments().get(1)), size);
        Address address = placement.pointed(call.arguments().get(0));
        Memory memory = address.memory(code);
        code.emit(operation, size, Register.RCX, values.register(mask));
        code.emit(Operation.MOV, 4, memory, Register.RCX);
        address.free(code);
        values.free(mask);
        return flag(Instruction.NOT_EQUAL);
    }

    Value rotate(Expression.IntrinsicCall call, Operation operation) {
        int size = call.intrinsic().size();
        Expression count = call.arguments().get(1);
        Temporary result = values.own(evaluator.value(call.arguments().get(0)), Math.max(4, size));
        if (count instanceof Constant constant) {
            long number = constant.value() & (size * 8L - 1);
            code.emit(operation, size, code.use(result), new Immediate(number));
        } else {
            placement.take(count, Register.RCX, 4);
            code.emit(operation, size, code.use(result), Register.RCX);
        }
        return loads.normalised(result, call.type());
    }

    Value swap(Expression.IntrinsicCall call) {
        int size = call.intrinsic().size();
        Temporary result = values.own(evaluator.value(call.arguments().get(0)), Math.max(4, size));
        if (size == 2) {
            code.emit(Operation.ROL, 2, code.use(result), new Immediate(8));
        } else {
            code.emit(Operation.BSWAP, size, code.use(result));
        }
        return loads.normalised(result, call.type());
    }
}
