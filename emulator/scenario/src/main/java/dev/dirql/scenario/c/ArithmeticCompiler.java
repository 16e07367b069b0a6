package dev.dirql.scenario.c;

import dev.dirql.scenario.c.CodeBuffer.Temporary;
import dev.dirql.scenario.c.Expression.Arithmetic;
import dev.dirql.scenario.c.Expression.Constant;
import dev.dirql.scenario.c.Expression.Operator;
import dev.dirql.scenario.c.Instruction.Operation;
import dev.dirql.scenario.c.Operand.Immediate;
import dev.dirql.scenario.c.Operand.Memory;
import dev.dirql.scenario.c.Operand.Register;

/** Computes in temporaries: the arithmetic operators. */
final class ArithmeticCompiler {
    private final CodeBuffer code;
    private final AddressCompiler addresses;
    private final OperandCompiler operands;
    private final Evaluator evaluator;
    private final ValueCode values;
    private final LoadCode loads;

    ArithmeticCompiler(
            CodeBuffer code,
            AddressCompiler addresses,
            OperandCompiler operands,
            Evaluator evaluator) {
        this.code = code;
        this.addresses = addresses;
        this.operands = operands;
        this.evaluator = evaluator;
        this.values = new ValueCode(code);
        this.loads = new LoadCode(code);
    }

    Value unary(Operation operation, CType type, Expression operand) {
        Temporary result = owned(operand);
        code.emit(operation, ValueCode.width(type), code.use(result));
        return new Value.Owned(result);
    }

    Temporary binary(Arithmetic e) {
        int size = ValueCode.width(e.type());
        if (size == 8 && e.operator() == Operator.ADD) {
            if (e.right() instanceof Constant constant && Immediate.fits(constant.value())) {
                return loads.load(addresses.indirect(e.left(), constant.value()), Operation.LEA, 8);
            }
            if (Types.isPointer(e.type()) && !(e.right() instanceof Constant)) {
                return loads.load(addresses.indexed(e, 0), Operation.LEA, 8);
            }
        }
        if (e.operator() == Operator.ADD && e.right() instanceof Constant constant) {
            Value left = evaluator.value(e.left());
            if (left instanceof Value.Kept kept) {
                Temporary result = code.take();
                long number = size == 4 ? (int) constant.value() : constant.value();
                if (Immediate.fits(number)) {
                    Memory sum = Memory.at(kept.register(), number);
                    code.emit(Operation.LEA, size, code.use(result), sum);
                    return result;
                }
                code.emit(Operation.MOV, size, code.use(result), kept.register());
                return apply(e.operator(), e.type(), result, e.right());
            }
            return apply(e.operator(), e.type(), values.own(left, size), e.right());
        }
        return apply(e.operator(), e.type(), owned(e.left()), e.right());
    }

    private Temporary owned(Expression expression) {
        return values.own(evaluator.value(expression), ValueCode.width(expression.type()));
    }

    /** Computes {@code left operator right} in the temporary that holds the left operand. */
    Temporary apply(Operator operator, CType type, Temporary left, Expression right) {
        int size = ValueCode.width(type);
        return switch (operator) {
            case ADD -> combine(Operation.ADD, size, left, right);
            case SUBTRACT -> combine(Operation.SUB, size, left, right);
            case AND -> combine(Operation.AND, size, left, right);
            case OR -> combine(Operation.OR, size, left, right);
            case XOR -> combine(Operation.XOR, size, left, right);
            case MULTIPLY -> multiply(size, left, right);
            case DIVIDE, REMAINDER -> divide(operator, type, left, right);
            case SHIFT_LEFT -> shift(Operation.SHL, size, left, right);
            case SHIFT_RIGHT ->
                    shift(Types.isSigned(type) ? Operation.SAR : Operation.SHR, size, left, right);
        };
    }

    private Temporary combine(Operation operation, int size, Temporary left, Expression right) {
        OperandCompiler.Source source = operands.source(right, size);
        Register target = code.use(left);
        Operand operand = operands.operand(source);
        code.emit(operation, size, target, operand);
        operands.free(source);
        return left;
    }

    private Temporary multiply(int size, Temporary left, Expression right) {
        if (right instanceof Constant constant) {
            long number = size == 4 ? (int) constant.value() : constant.value();
            if (Long.bitCount(number) == 1 && number > 0) {
                code.shift(Operation.SHL, size, code.use(left), Long.numberOfTrailingZeros(number));
                return left;
            }
            if (Immediate.fits(number)) {
                Register register = code.use(left);
                code.emit(Operation.IMUL, size, register, register, new Immediate(number));
                return left;
            }
        }
        return combine(Operation.IMUL, size, left, right);
    }

    private Temporary divide(Operator operator, CType type, Temporary left, Expression right) {
        int size = ValueCode.width(type);
        boolean signed = Types.isSigned(type);
        boolean remainder = operator == Operator.REMAINDER;
        if (!signed && right instanceof Constant constant && Long.bitCount(constant.value()) == 1) {
            int bit = Long.numberOfTrailingZeros(constant.value());
            if (!remainder) {
                code.shift(Operation.SHR, size, code.use(left), bit);
                return left;
            }
            if (bit <= 31) {
                long mask = constant.value() - 1;
                code.emit(Operation.AND, size, code.use(left), new Immediate(mask));
                return left;
            }
        }
        Value divisor = evaluator.value(right);
        values.moveTo(Register.RCX, divisor, size);
        values.free(divisor);
        Register target = code.use(left);
        // RDX is free; RAX may belong to somebody else, whose value then waits in the target
        // register.
        boolean exchange = target != Register.RAX;
        boolean occupied = exchange && code.occupied(Register.RAX, left);
        if (occupied) {
            code.emit(Operation.XCHG, 8, target, Register.RAX);
        } else if (exchange) {
            code.emit(Operation.MOV, size, Register.RAX, target);
        }
        if (signed) {
            if (size == 8) {
                code.raw(0x48, 0x99);
            } else {
                code.raw(0x99);
            }
            code.emit(Operation.IDIV, size, Register.RCX);
        } else {
            code.emit(Operation.XOR, 4, Register.RDX, Register.RDX);
            code.emit(Operation.DIV, size, Register.RCX);
        }
        Register result = remainder ? Register.RDX : Register.RAX;
        if (occupied && !remainder) {
            code.emit(Operation.XCHG, 8, target, Register.RAX);
            return left;
        }
        if (occupied) {
            code.emit(Operation.MOV, 8, Register.RAX, target);
        }
        if (target != result) {
            code.emit(Operation.MOV, size, target, result);
        }
        return left;
    }

    private Temporary shift(Operation operation, int size, Temporary left, Expression right) {
        if (right instanceof Constant constant) {
            code.shift(operation, size, code.use(left), (int) constant.value() & (size * 8 - 1));
            return left;
        }
        Value count = evaluator.value(right);
        values.moveTo(Register.RCX, count, 4);
        values.free(count);
        code.emit(operation, size, code.use(left), Register.RCX);
        return left;
    }
}
