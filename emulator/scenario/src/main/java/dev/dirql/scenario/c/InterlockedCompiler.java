package dev.dirql.scenario.c;

import dev.dirql.scenario.c.CodeBuffer.Temporary;
import dev.dirql.scenario.c.Instruction.Operation;
import dev.dirql.scenario.c.Operand.Immediate;
import dev.dirql.scenario.c.Operand.Label;
import dev.dirql.scenario.c.Operand.Memory;
import dev.dirql.scenario.c.Operand.Register;

/** Makes the interlocked operations. */
final class InterlockedCompiler {
    private final CodeBuffer code;
    private final ArgumentCompiler placement;
    private final Evaluator evaluator;
    private final ValueCode values;
    private final LoadCode loads;

    InterlockedCompiler(CodeBuffer code, ArgumentCompiler placement, Evaluator evaluator) {
        this.code = code;
        this.placement = placement;
        this.evaluator = evaluator;
        this.values = new ValueCode(code);
        this.loads = new LoadCode(code);
    }

    Value step(Expression.IntrinsicCall call, boolean wanted, int amount) {
        int size = call.intrinsic().size();
        Address address = placement.pointed(call.arguments().get(0));
        Operation operation = amount > 0 ? Operation.INC : Operation.DEC;
        if (!wanted) {
            code.locked(operation, size, address.memory(code), null);
            address.free(code);
            return Value.NOTHING;
        }
        int width = Math.max(4, size);
        Temporary result = code.take();
        code.emit(Operation.MOV, width, code.use(result), new Immediate(amount));
        Memory memory = address.memory(code);
        code.locked(Operation.XADD, size, memory, code.use(result));
        address.free(code);
        code.emit(operation, width, code.use(result));
        return loads.normalised(result, call.type());
    }

    Value exchange(Expression.IntrinsicCall call, Operation operation, boolean wanted) {
        int size = call.intrinsic().size();
        if (operation == Operation.XADD && !wanted) {
            return plain(call, Operation.ADD);
        }
        Temporary result = values.own(evaluator.value(call.arguments().get(1)), Math.max(4, size));
        Address address = placement.pointed(call.arguments().get(0));
        Memory memory = address.memory(code);
        if (operation == Operation.XCHG) {
            code.emit(operation, size, memory, code.use(result));
        } else {
            code.locked(operation, size, memory, code.use(result));
        }
        address.free(code);
        return loads.normalised(result, call.type());
    }

    Value add(Expression.IntrinsicCall call) {
        int size = call.intrinsic().size();
        int width = Math.max(4, size);
        Value amount = values.inRegister(evaluator.value(call.arguments().get(1)), width);
        Address address = placement.pointed(call.arguments().get(0));
        Temporary result = code.take();
        Register from = values.register(amount);
        code.emit(Operation.MOV, width, code.use(result), from);
        Memory memory = address.memory(code);
        code.locked(Operation.XADD, size, memory, code.use(result));
        address.free(code);
        Register addend = values.register(amount);
        code.emit(Operation.ADD, width, code.use(result), addend);
        values.free(amount);
        return loads.normalised(result, call.type());
    }

    /** A locked operation whose result nobody wants. */
    private Value plain(Expression.IntrinsicCall call, Operation operation) {
        int size = call.intrinsic().size();
        Value amount = evaluator.value(call.arguments().get(1));
        if (amount instanceof Value.Fixed fixed) {
            long number = size <= 4 ? (int) fixed.value() : fixed.value();
            if (Immediate.fits(number)) {
                Address address = placement.pointed(call.arguments().get(0));
                code.locked(operation, size, address.memory(code), new Immediate(number));
                address.free(code);
                return Value.NOTHING;
            }
            amount = values.inRegister(amount, 8);
        }
        Address address = placement.pointed(call.arguments().get(0));
        Memory memory = address.memory(code);
        code.locked(operation, size, memory, values.register(amount));
        address.free(code);
        values.free(amount);
        return Value.NOTHING;
    }

    Value combine(Expression.IntrinsicCall call, Operation operation, boolean wanted) {
        if (!wanted) {
            return plain(call, operation);
        }
        int size = call.intrinsic().size();
        int width = Math.max(4, size);
        Value amount = values.inRegister(evaluator.value(call.arguments().get(1)), width);
        Address address = placement.pointed(call.arguments().get(0));
        Temporary result = code.claimRax();
        Memory memory = address.memory(code);
        Register operand = values.register(amount);
        Label again = new Label();
        loads.load(Register.RAX, memory, call.type());
        code.place(again);
        code.emit(Operation.MOV, width, Register.RCX, Register.RAX);
        code.emit(operation, width, Register.RCX, operand);
        code.locked(Operation.CMPXCHG, size, memory, Register.RCX);
        code.jumpIf(Instruction.NOT_EQUAL, again);
        address.free(code);
        values.free(amount);
        return loads.normalised(result, call.type());
    }

    Value compareExchange(Expression.IntrinsicCall call) {
        int size = call.intrinsic().size();
        int width = Math.max(4, size);
        Value exchange = values.inRegister(evaluator.value(call.arguments().get(1)), width);
        Value comparand = evaluator.value(call.arguments().get(2));
        Address address = placement.pointed(call.arguments().get(0));
        placement.give(comparand, Register.RDX, width);
        Temporary result = code.claimRax();
        Memory memory = address.memory(code);
        Register source = values.register(exchange);
        code.emit(Operation.MOV, width, code.use(result), Register.RDX);
        code.locked(Operation.CMPXCHG, size, memory, source);
        address.free(code);
        values.free(exchange);
        return loads.normalised(result, call.type());
    }
}
