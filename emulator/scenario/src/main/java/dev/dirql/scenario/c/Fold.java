package dev.dirql.scenario.c;

import dev.dirql.scenario.c.Expression.AddressOf;
import dev.dirql.scenario.c.Expression.Arithmetic;
import dev.dirql.scenario.c.Expression.BitPlace;
import dev.dirql.scenario.c.Expression.Comma;
import dev.dirql.scenario.c.Expression.Comparison;
import dev.dirql.scenario.c.Expression.Conditional;
import dev.dirql.scenario.c.Expression.Constant;
import dev.dirql.scenario.c.Expression.Convert;
import dev.dirql.scenario.c.Expression.Indirect;
import dev.dirql.scenario.c.Expression.LocalPlace;
import dev.dirql.scenario.c.Expression.Logical;
import dev.dirql.scenario.c.Expression.Not;
import dev.dirql.scenario.c.Expression.Operator;
import dev.dirql.scenario.c.Expression.Place;
import dev.dirql.scenario.c.Expression.Relation;
import dev.dirql.scenario.c.Expression.SymbolAddress;
import dev.dirql.scenario.c.Expression.SymbolPlace;
import dev.dirql.scenario.c.Expression.ValuePlace;

/** Builds expressions, computing what is constant. */
final class Fold {
    private Fold() {}

    static Expression convert(CType type, Expression operand) {
        if (operand instanceof Constant constant) {
            return new Constant(type, Types.convert(type, constant.value()));
        }
        if (operand instanceof SymbolAddress address && Types.size(type) == 8) {
            return new SymbolAddress(type, address.symbol(), address.offset());
        }
        return new Convert(type, operand);
    }

    static Expression arithmetic(CType type, Operator operator, Expression left, Expression right) {
        if (left instanceof Constant a && right instanceof Constant b) {
            boolean divides = operator == Operator.DIVIDE || operator == Operator.REMAINDER;
            if (!divides || b.value() != 0) {
                return new Constant(
                        type, Types.convert(type, compute(type, operator, a.value(), b.value())));
            }
        }
        if (right instanceof Constant b) {
            boolean neutral =
                    switch (operator) {
                        case ADD, SUBTRACT, OR, XOR, SHIFT_LEFT, SHIFT_RIGHT -> b.value() == 0;
                        case MULTIPLY, DIVIDE -> b.value() == 1;
                        case REMAINDER, AND -> false;
                    };
            if (neutral && Types.bare(left.type()).equals(Types.bare(type))) {
                return left;
            }
            if (operator == Operator.ADD || operator == Operator.SUBTRACT) {
                long amount = operator == Operator.ADD ? b.value() : -b.value();
                if (left instanceof SymbolAddress address && Types.size(type) == 8) {
                    return new SymbolAddress(type, address.symbol(), address.offset() + amount);
                }
                if (Types.size(type) == 8
                        && left instanceof Arithmetic inner
                        && inner.operator() == Operator.ADD
                        && inner.right() instanceof Constant first) {
                    return arithmetic(
                            type,
                            Operator.ADD,
                            inner.left(),
                            new Constant(b.type(), first.value() + amount));
                }
                if (Types.size(type) == 8 && operator == Operator.SUBTRACT) {
                    return new Arithmetic(type, Operator.ADD, left, new Constant(b.type(), amount));
                }
            }
        } else if (left instanceof Constant && commutes(operator)) {
            return arithmetic(type, operator, right, left);
        }
        return new Arithmetic(type, operator, left, right);
    }

    private static boolean commutes(Operator operator) {
        return switch (operator) {
            case ADD, MULTIPLY, AND, OR, XOR -> true;
            case SUBTRACT, DIVIDE, REMAINDER, SHIFT_LEFT, SHIFT_RIGHT -> false;
        };
    }

    private static long compute(CType type, Operator operator, long a, long b) {
        boolean signed = Types.isSigned(type);
        boolean wide = Types.size(type) == 8;
        int count = (int) b & (wide ? 63 : 31);
        return switch (operator) {
            case ADD -> a + b;
            case SUBTRACT -> a - b;
            case MULTIPLY -> a * b;
            case DIVIDE -> signed ? a / b : Long.divideUnsigned(a, b);
            case REMAINDER -> signed ? b == -1 ? 0 : a % b : Long.remainderUnsigned(a, b);
            case AND -> a & b;
            case OR -> a | b;
            case XOR -> a ^ b;
            case SHIFT_LEFT -> a << count;
            case SHIFT_RIGHT -> signed ? a >> count : a >>> count;
        };
    }

    static Expression compare(Relation relation, Expression left, Expression right) {
        boolean signed = Types.isSigned(left.type());
        if (left instanceof Constant a && right instanceof Constant b) {
            int order =
                    signed
                            ? Long.compare(a.value(), b.value())
                            : Long.compareUnsigned(a.value(), b.value());
            boolean holds =
                    switch (relation) {
                        case EQUAL -> order == 0;
                        case NOT_EQUAL -> order != 0;
                        case LESS -> order < 0;
                        case LESS_OR_EQUAL -> order <= 0;
                        case GREATER -> order > 0;
                        case GREATER_OR_EQUAL -> order >= 0;
                    };
            return new Constant(CType.INT, holds ? 1 : 0);
        }
        if (left instanceof Constant) {
            return new Comparison(CType.INT, relation.swapped(), right, left);
        }
        return new Comparison(CType.INT, relation, left, right);
    }

    static Expression not(Expression operand) {
        if (operand instanceof Constant constant) {
            return new Constant(CType.INT, constant.value() == 0 ? 1 : 0);
        }
        if (operand instanceof SymbolAddress) {
            return new Constant(CType.INT, 0);
        }
        return new Not(CType.INT, operand);
    }

    static Expression logical(boolean and, Expression left, Expression right) {
        if (left instanceof Constant constant) {
            if (constant.value() == 0 == and) {
                return new Constant(CType.INT, and ? 0 : 1);
            }
            return not(not(right));
        }
        return new Logical(CType.INT, and, left, right);
    }

    static Expression conditional(CType type, Expression condition, Expression yes, Expression no) {
        if (condition instanceof Constant constant) {
            return constant.value() != 0 ? yes : no;
        }
        return new Conditional(type, condition, yes, no);
    }

    /** What a pointer points to. */
    static Place indirect(CType type, Expression pointer) {
        if (pointer instanceof AddressOf address) {
            return retype(address.place(), type);
        }
        if (pointer instanceof SymbolAddress address) {
            return new SymbolPlace(type, address.symbol(), address.offset());
        }
        if (pointer instanceof Arithmetic sum
                && sum.operator() == Operator.ADD
                && sum.right() instanceof Constant offset
                && offset.value() == (int) offset.value()) {
            return offset(indirect(type, sum.left()), type, offset.value());
        }
        return new Indirect(type, pointer, 0);
    }

    private static Place retype(Place place, CType type) {
        return offset(place, type, 0);
    }

    /** A part of a place. */
    static Place offset(Place place, CType type, long offset) {
        return switch (place) {
            case LocalPlace at -> new LocalPlace(type, at.local(), at.offset() + offset);
            case SymbolPlace at -> new SymbolPlace(type, at.symbol(), at.offset() + offset);
            case Indirect at -> new Indirect(type, at.address(), at.offset() + offset);
            case ValuePlace at -> new ValuePlace(type, at.value(), at.offset() + offset);
            case BitPlace _ -> throw new IllegalStateException("part of a bit-field");
        };
    }

    /** The address of a place that is no bit-field. */
    static Expression address(CType pointerType, Place place) {
        return switch (place) {
            case LocalPlace at -> {
                at.local().addressed = true;
                yield new AddressOf(pointerType, place);
            }
            case SymbolPlace at -> new SymbolAddress(pointerType, at.symbol(), at.offset());
            case Indirect at ->
                    arithmetic(
                            pointerType,
                            Operator.ADD,
                            convert(pointerType, at.address()),
                            new Constant(CType.LONGLONG, at.offset()));
            case ValuePlace _ -> new AddressOf(pointerType, place);
            case BitPlace _ -> throw new IllegalStateException("address of a bit-field");
        };
    }

    /** Whether evaluating an expression does nothing but give its value. */
    static boolean isPure(Expression expression) {
        return switch (expression) {
            case Constant _, SymbolAddress _ -> true;
            case Expression.Read read ->
                    isPure(read.place()) && !Types.isVolatile(read.place().type());
            case AddressOf address -> isPure(address.place());
            case Expression.Negate e -> isPure(e.operand());
            case Expression.Complement e -> isPure(e.operand());
            case Not e -> isPure(e.operand());
            case Arithmetic e -> isPure(e.left()) && isPure(e.right());
            case Comparison e -> isPure(e.left()) && isPure(e.right());
            case Logical e -> isPure(e.left()) && isPure(e.right());
            case Conditional e -> isPure(e.condition()) && isPure(e.yes()) && isPure(e.no());
            case Comma _ -> false;
            case Convert e -> isPure(e.operand());
            case Expression.Assign _,
                    Expression.Update _,
                    Expression.Call _,
                    Expression.IntrinsicCall _,
                    Expression.Inlined _ ->
                    false;
        };
    }

    private static boolean isPure(Place place) {
        return switch (place) {
            case LocalPlace _, SymbolPlace _ -> true;
            case Indirect at -> isPure(at.address());
            case ValuePlace at -> isPure(at.value());
            case BitPlace at -> isPure(at.unit());
        };
    }
}
