package dev.dirql.scenario.c;

import dev.dirql.scenario.c.Expression.Constant;
import dev.dirql.scenario.c.Expression.Operator;

/** The arithmetic operators with two operands. */
final class BinaryChecker {
    private final Unit unit;
    private final PointerArithmetic pointers;
    private final ConditionChecker conditions;

    BinaryChecker(Unit unit, PointerArithmetic pointers, ConditionChecker conditions) {
        this.unit = unit;
        this.pointers = pointers;
        this.conditions = conditions;
    }

    Expression binary(CToken at, String operator, Expression left, Expression right) {
        if (left == CheckedExpression.POISON || right == CheckedExpression.POISON) {
            return CheckedExpression.POISON;
        }
        boolean leftPointer = Types.isPointer(left.type());
        boolean rightPointer = Types.isPointer(right.type());
        boolean integers = Types.isInteger(left.type()) && Types.isInteger(right.type());
        switch (operator) {
            case "==", "!=", "<", ">", "<=", ">=" -> {
                return conditions.comparison(at, operator, left, right);
            }
            case "+" -> {
                if (leftPointer && Types.isInteger(right.type())) {
                    return pointers.advance(left, right, Operator.ADD, at);
                }
                if (rightPointer && Types.isInteger(left.type())) {
                    return pointers.advance(right, left, Operator.ADD, at);
                }
            }
            case "-" -> {
                if (leftPointer && Types.isInteger(right.type())) {
                    return pointers.advance(left, right, Operator.SUBTRACT, at);
                }
                if (leftPointer && rightPointer) {
                    return pointers.difference(at, left, right);
                }
            }
            default -> {}
        }
        if (!integers) {
            return unit.conversions.mismatch(at, operator, left, right);
        }
        if (operator.equals("<<") || operator.equals(">>")) {
            CType type = Types.promote(left.type());
            if (right instanceof Constant count
                    && (count.value() < 0 || count.value() >= Types.size(type) * 8)) {
                unit.messages.warning(
                        at,
                        "a shift of %s by %d".formatted(Types.spell(type), count.value()),
                        "the processor uses the count modulo " + Types.size(type) * 8);
            }
            return Fold.arithmetic(
                    type,
                    operator(operator),
                    Fold.convert(type, left),
                    Fold.convert(CType.INT, right));
        }
        CType type = Types.common(left.type(), right.type());
        if ((operator.equals("/") || operator.equals("%"))
                && right instanceof Constant divisor
                && divisor.value() == 0) {
            unit.messages.warning(at, "a division by zero", "");
        }
        return Fold.arithmetic(
                type, operator(operator), Fold.convert(type, left), Fold.convert(type, right));
    }

    static Operator operator(String text) {
        return switch (text) {
            case "+" -> Operator.ADD;
            case "-" -> Operator.SUBTRACT;
            case "*" -> Operator.MULTIPLY;
            case "/" -> Operator.DIVIDE;
            case "%" -> Operator.REMAINDER;
            case "&" -> Operator.AND;
            case "|" -> Operator.OR;
            case "^" -> Operator.XOR;
            case "<<" -> Operator.SHIFT_LEFT;
            case ">>" -> Operator.SHIFT_RIGHT;
            default -> throw new IllegalStateException(text);
        };
    }
}
