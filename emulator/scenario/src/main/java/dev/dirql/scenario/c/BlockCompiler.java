package dev.dirql.scenario.c;

import dev.dirql.scenario.c.CodeBuffer.Temporary;
import dev.dirql.scenario.c.Expression.Constant;
import dev.dirql.scenario.c.Instruction.Operation;
import dev.dirql.scenario.c.Operand.Memory;
import dev.dirql.scenario.c.Operand.Register;
import java.util.List;

/** Makes copies and fills of memory. */
final class BlockCompiler {
    private final CodeBuffer code;
    private final ArgumentCompiler placement;
    private final Evaluator evaluator;
    private final ValueCode values;
    private final MemoryCode blocks;

    BlockCompiler(CodeBuffer code, ArgumentCompiler placement, Evaluator evaluator) {
        this.code = code;
        this.placement = placement;
        this.evaluator = evaluator;
        this.values = new ValueCode(code);
        this.blocks = new MemoryCode(code);
    }

    Value copy(Expression.IntrinsicCall call, boolean wanted) {
        List<Expression> arguments = call.arguments();
        if (arguments.get(2) instanceof Constant size
                && size.value() >= 0
                && size.value() <= MemoryCode.MAXIMUM_INLINE) {
            Address from = placement.pointed(arguments.get(1));
            Address to = placement.pointed(arguments.get(0));
            blocks.copy(to, from, size.value());
            from.free(code);
            return result(to, wanted);
        }
        Value to = values.inRegister(evaluator.value(arguments.get(0)), 8);
        Value from = evaluator.value(arguments.get(1));
        placement.take(arguments.get(2), Register.RCX, 8);
        placement.give(from, Register.RSI, 8);
        code.emit(Operation.MOV, 8, Register.RDI, values.register(to));
        blocks.repeatMove(1);
        return keep(to, wanted);
    }

    Value fill(Expression.IntrinsicCall call, boolean wanted) {
        List<Expression> arguments = call.arguments();
        if (arguments.get(1) instanceof Constant value
                && arguments.get(2) instanceof Constant size
                && size.value() >= 0
                && size.value() <= Integer.MAX_VALUE) {
            Address to = placement.pointed(arguments.get(0));
            blocks.fill(to, (int) value.value(), size.value());
            return result(to, wanted);
        }
        Value to = values.inRegister(evaluator.value(arguments.get(0)), 8);
        Value value = evaluator.value(arguments.get(1));
        placement.take(arguments.get(2), Register.RCX, 8);
        code.emit(Operation.MOV, 8, Register.RDI, values.register(to));
        store(value, 1);
        return keep(to, wanted);
    }

    /** {@code rep movs}, whatever the count. */
    void moveString(List<Expression> arguments, int size) {
        Value to = evaluator.value(arguments.get(0));
        Value from = evaluator.value(arguments.get(1));
        placement.take(arguments.get(2), Register.RCX, 8);
        placement.give(from, Register.RSI, 8);
        placement.give(to, Register.RDI, 8);
        blocks.repeatMove(size);
    }

    /** {@code rep stos}, whatever the count. */
    void storeString(List<Expression> arguments, int size) {
        Value to = evaluator.value(arguments.get(0));
        Value pattern = evaluator.value(arguments.get(1));
        placement.take(arguments.get(2), Register.RCX, 8);
        placement.give(to, Register.RDI, 8);
        store(pattern, size);
    }

    private void store(Value pattern, int size) {
        placement.inRax(pattern, Math.max(4, size));
        blocks.repeatStore(size);
        placement.releaseRax();
    }

    private Value result(Address to, boolean wanted) {
        if (!wanted) {
            to.free(code);
            return Value.NOTHING;
        }
        Memory memory = to.memory(code);
        to.free(code);
        Temporary result = code.take();
        code.emit(Operation.LEA, 8, code.use(result), memory);
        return new Value.Owned(result);
    }

    private Value keep(Value value, boolean wanted) {
        if (wanted) {
            return value;
        }
        values.free(value);
        return Value.NOTHING;
    }
}
