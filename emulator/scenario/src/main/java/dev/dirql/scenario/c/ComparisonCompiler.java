package dev.dirql.scenario.c;

import dev.dirql.scenario.c.Expression.Arithmetic;
import dev.dirql.scenario.c.Expression.Comparison;
import dev.dirql.scenario.c.Expression.Constant;
import dev.dirql.scenario.c.Expression.Convert;
import dev.dirql.scenario.c.Expression.Operator;
import dev.dirql.scenario.c.Expression.Read;
import dev.dirql.scenario.c.Instruction.Operation;
import dev.dirql.scenario.c.Operand.Immediate;
import dev.dirql.scenario.c.Operand.Register;

/** Sets the flags: comparisons, and whether something is zero. */
final class ComparisonCompiler {
    private final CodeBuffer code;
    private final AddressCompiler addresses;
    private final OperandCompiler operands;
    private final Evaluator evaluator;
    private final ValueCode values;

    ComparisonCompiler(
            CodeBuffer code,
            AddressCompiler addresses,
            OperandCompiler operands,
            Evaluator evaluator) {
        this.code = code;
        this.addresses = addresses;
        this.operands = operands;
        this.evaluator = evaluator;
        this.values = new ValueCode(code);
    }

    /** Sets the flags; the condition that then holds if the expression is true. */
    int compare(Expression expression) {
        if (expression instanceof Comparison e) {
            return comparison(e);
        }
        if (expression instanceof Convert convert
                && !Types.isVoid(convert.type())
                && Types.size(convert.type()) >= Types.size(convert.operand().type())
                && Types.isScalar(convert.operand().type())) {
            return compare(convert.operand());
        }
        if (expression instanceof Expression.Not || expression instanceof Expression.Logical) {
            Value value = evaluator.value(expression);
            Register register = values.register(values.inRegister(value, 4));
            code.emit(Operation.TEST, 4, register, register);
            values.free(value);
            return Instruction.NOT_EQUAL;
        }
        zero(expression);
        return Instruction.NOT_EQUAL;
    }

    /** Compares an expression with zero. */
    private void zero(Expression expression) {
        if (expression instanceof Arithmetic e && e.operator() == Operator.AND) {
            test(e);
            return;
        }
        if (expression instanceof Read read && AddressCompiler.isInMemory(read)) {
            Address address = addresses.address(read.place());
            int size = (int) Types.size(read.type());
            code.emit(Operation.CMP, size, address.memory(code), new Immediate(0));
            address.free(code);
            return;
        }
        int size = ValueCode.width(expression.type());
        Value value = values.inRegister(evaluator.value(expression), size);
        Register register = values.register(value);
        code.emit(Operation.TEST, size, register, register);
        values.free(value);
    }

    private void test(Arithmetic and) {
        int size = ValueCode.width(and.type());
        Value left = values.inRegister(evaluator.value(and.left()), size);
        if (and.right() instanceof Constant constant) {
            long number = size == 4 ? (int) constant.value() : constant.value();
            if (Immediate.fits(number)) {
                code.emit(Operation.TEST, size, values.register(left), new Immediate(number));
                values.free(left);
                return;
            }
        }
        Value right = values.inRegister(evaluator.value(and.right()), size);
        Register first = values.register(left);
        Register second = values.register(right);
        code.emit(Operation.TEST, size, first, second);
        values.free(left);
        values.free(right);
    }

    private int comparison(Comparison e) {
        boolean equality =
                e.relation() == Expression.Relation.EQUAL
                        || e.relation() == Expression.Relation.NOT_EQUAL;
        if (equality && e.right() instanceof Constant zero && zero.value() == 0) {
            zero(narrowed(e.left(), 0));
            return condition(e.relation(), false);
        }
        boolean signed = Types.isSigned(e.left().type());
        int size = ValueCode.width(e.left().type());
        if (e.right() instanceof Constant constant) {
            Expression left = equality ? narrowed(e.left(), constant.value()) : e.left();
            if (left instanceof Read read && AddressCompiler.isInMemory(read)) {
                int memorySize = (int) Types.size(read.type());
                long number = memorySize <= 4 ? (int) constant.value() : constant.value();
                if (Immediate.fits(number)) {
                    Address address = addresses.address(read.place());
                    code.emit(
                            Operation.CMP, memorySize, address.memory(code), new Immediate(number));
                    address.free(code);
                    return condition(e.relation(), signed);
                }
            }
        }
        Value left = values.inRegister(evaluator.value(e.left()), size);
        OperandCompiler.Source right = operands.source(e.right(), size);
        Register first = values.register(left);
        Operand second = operands.operand(right);
        code.emit(Operation.CMP, size, first, second);
        values.free(left);
        operands.free(right);
        return condition(e.relation(), signed);
    }

    /**
     * The short value that was widened for a comparison for equality, if the constant has its
     * range.
     */
    private static Expression narrowed(Expression expression, long constant) {
        if (expression instanceof Convert convert
                && convert.operand() instanceof Read read
                && Types.isScalar(read.type())
                && !Types.isBool(convert.type())
                && Types.size(convert.type()) > Types.size(read.type())
                && Types.convert(read.type(), constant) == constant) {
            return read;
        }
        return expression;
    }

    private static int condition(Expression.Relation relation, boolean signed) {
        return switch (relation) {
            case EQUAL -> Instruction.EQUAL;
            case NOT_EQUAL -> Instruction.NOT_EQUAL;
            case LESS -> signed ? Instruction.LESS : Instruction.BELOW;
            case LESS_OR_EQUAL -> signed ? Instruction.LESS_OR_EQUAL : Instruction.BELOW_OR_EQUAL;
            case GREATER -> signed ? Instruction.GREATER : Instruction.ABOVE;
            case GREATER_OR_EQUAL ->
                    signed ? Instruction.GREATER_OR_EQUAL : Instruction.ABOVE_OR_EQUAL;
        };
    }
}
