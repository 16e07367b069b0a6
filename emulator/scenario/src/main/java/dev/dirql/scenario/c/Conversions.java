package dev.dirql.scenario.c;

import dev.dirql.scenario.c.CType.Structure;
import dev.dirql.scenario.c.Expression.Constant;

/**
 * The conversions that C does unasked (ISO C11, 6.3 and 6.5.16.1), with the warnings of a good
 * compiler.
 */
final class Conversions {
    private final Unit unit;

    Conversions(Unit unit) {
        this.unit = unit;
    }

    /**
     * Converts a value as an assignment does.
     *
     * @param where what the value is for, such as "argument 2 of KeInitializeDpc"
     */
    Expression assign(Expression value, CType type, CToken at, String where) {
        CType to = Types.unqualified(type);
        if (value == CheckedExpression.POISON) {
            return Types.isStructure(to) ? value : new Constant(to, 0);
        }
        unit.extensions.notice(value, to);
        CType from = value.type();
        if (Types.isVoid(from)) {
            unit.messages.error(at, where + ": there is no value", expects(type));
            return new Constant(to, 0);
        }
        if (Types.isInteger(to) && Types.isInteger(from)) {
            if (value instanceof Constant constant && !fits(to, constant)) {
                unit.messages.warning(
                        at,
                        "%s: %s does not fit into %s"
                                .formatted(where, spell(constant), Types.spell(to)),
                        "");
            }
            return Fold.convert(to, value);
        }
        if (Types.isPointer(to) && Types.isPointer(from)) {
            pointers(value, to, at, where);
            return Fold.convert(to, value);
        }
        if (Types.isPointer(to) && Types.isInteger(from)) {
            if (!(value instanceof Constant constant && constant.value() == 0)) {
                unit.messages.warning(
                        at,
                        "%s: %s where %s is expected"
                                .formatted(where, Types.spell(from), Types.spell(to)),
                        "say so with a cast if that is meant");
            }
            return Fold.convert(to, value);
        }
        if (Types.isInteger(to) && Types.isPointer(from)) {
            if (!Types.isBool(to)) {
                unit.messages.warning(
                        at,
                        "%s: %s where %s is expected"
                                .formatted(where, Types.spell(from), Types.spell(to)),
                        "say so with a cast if that is meant");
            }
            return Fold.convert(to, value);
        }
        if (Types.bare(to) instanceof Structure && Types.same(to, from)) {
            return value;
        }
        unit.messages.error(
                at,
                "%s: %s where %s is expected".formatted(where, Types.spell(from), Types.spell(to)),
                "");
        return Types.isScalar(to) ? new Constant(to, 0) : CheckedExpression.POISON;
    }

    private static String expects(CType type) {
        return Types.spell(type) + " is expected";
    }

    private static boolean fits(CType to, Constant constant) {
        int bits = (int) Types.size(to) * 8;
        if (bits == 64 || Types.isBool(to)) {
            return true;
        }
        long value = constant.value();
        return value >= -(1L << (bits - 1)) && value < 1L << bits;
    }

    private static String spell(Constant constant) {
        long value = constant.value();
        return value > 9 ? "0x%X".formatted(value) : Long.toString(value);
    }

    private void pointers(Expression value, CType to, CToken at, String where) {
        CType from = value.type();
        if (value instanceof Constant constant && constant.value() == 0) {
            return;
        }
        CType target = Types.target(to);
        CType source = Types.target(from);
        boolean loses =
                (Types.isConst(source) && !Types.isConst(target))
                        || (Types.isVolatile(source) && !Types.isVolatile(target));
        boolean function = Types.isFunction(source) || Types.isFunction(target);
        if (!Types.similar(to, from) && !(Types.isVoid(target) || Types.isVoid(source))) {
            unit.messages.warning(
                    at,
                    "%s: %s where %s is expected"
                            .formatted(where, Types.spell(from), Types.spell(to)),
                    function
                            ? "the routine's parameters and result must be those of the type"
                            : "");
        } else if (loses && !function) {
            unit.messages.warning(
                    at,
                    "%s: %s loses a qualifier of %s"
                            .formatted(where, Types.spell(to), Types.spell(from)),
                    "");
        }
    }

    /** What a cast does. */
    Expression cast(Expression value, CType type, CToken at) {
        CType to = Types.unqualified(type);
        if (value == CheckedExpression.POISON) {
            return value;
        }
        unit.extensions.notice(value, to);
        if (Types.isVoid(to)) {
            return Types.isVoid(value.type()) ? value : new Expression.Convert(CType.VOID, value);
        }
        boolean possible =
                (Types.isScalar(to) && Types.isScalar(value.type()))
                        || (Types.isStructure(to) && Types.same(to, value.type()));
        if (!possible) {
            unit.messages.error(
                    at,
                    "%s cannot be cast to %s"
                            .formatted(Types.spell(value.type()), Types.spell(type)),
                    "");
            return CheckedExpression.POISON;
        }
        return Types.isStructure(to) ? value : Fold.convert(to, value);
    }

    /** A value as a condition: a scalar. */
    Expression truth(Expression value, CToken at) {
        if (value == CheckedExpression.POISON || Types.isScalar(value.type())) {
            return value;
        }
        unit.messages.error(
                at,
                "%s cannot be a condition".formatted(Types.spell(value.type())),
                "a condition is an integer or a pointer");
        return CheckedExpression.POISON;
    }

    /** Reports operands that no conversion brings together. */
    Expression mismatch(CToken at, String operator, Expression left, Expression right) {
        unit.messages.error(
                at,
                "%s between %s and %s"
                        .formatted(operator, Types.spell(left.type()), Types.spell(right.type())),
                "");
        return CheckedExpression.POISON;
    }

    /** The integer promotions and, for variadic arguments, nothing else. */
    static Expression promote(Expression value) {
        return Types.isInteger(value.type())
                ? Types.size(value.type()) < 4 || Types.isBool(value.type())
                        ? Fold.convert(CType.INT, value)
                        : value
                : value;
    }
}
