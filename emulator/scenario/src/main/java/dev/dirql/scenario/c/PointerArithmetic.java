package dev.dirql.scenario.c;

import dev.dirql.scenario.c.Expression.Constant;
import dev.dirql.scenario.c.Expression.Operator;
import dev.dirql.scenario.c.grammar.CParser;

/** Pointers plus, minus and between numbers of elements. */
final class PointerArithmetic {
    private final Unit unit;

    PointerArithmetic(Unit unit) {
        this.unit = unit;
    }

    CheckedExpression index(CParser.IndexContext context) {
        Expression base = unit.expressions.value(context.e());
        Expression index = unit.expressions.value(context.expression());
        if (base == CheckedExpression.POISON || index == CheckedExpression.POISON) {
            return CheckedExpression.of(CheckedExpression.POISON);
        }
        if (Types.isInteger(base.type()) && Types.isPointer(index.type())) {
            Expression swap = base;
            base = index;
            index = swap;
        }
        if (!Types.isPointer(base.type()) || !Types.isInteger(index.type())) {
            unit.messages.error(
                    Unit.at(context),
                    "%s cannot be indexed with %s"
                            .formatted(Types.spell(base.type()), Types.spell(index.type())),
                    "");
            return CheckedExpression.of(CheckedExpression.POISON);
        }
        Expression pointer = advance(base, index, Operator.ADD, Unit.at(context));
        return pointer == CheckedExpression.POISON
                ? CheckedExpression.of(CheckedExpression.POISON)
                : CheckedExpression.of(Fold.indirect(Types.target(base.type()), pointer));
    }

    /** Pointer plus or minus a number of elements. */
    Expression advance(Expression pointer, Expression index, Operator operator, CToken at) {
        Expression step = elementSize(pointer.type(), at);
        if (step == CheckedExpression.POISON) {
            return CheckedExpression.POISON;
        }
        Expression wide = Fold.convert(CType.LONGLONG, index);
        Expression bytes = Fold.arithmetic(CType.LONGLONG, Operator.MULTIPLY, wide, step);
        return Fold.arithmetic(pointer.type(), operator, pointer, bytes);
    }

    Expression difference(CToken at, Expression left, Expression right) {
        CType target = Types.target(left.type());
        if (!Types.similar(target, Types.target(right.type()))) {
            return unit.conversions.mismatch(at, "-", left, right);
        }
        Expression size = elementSize(left.type(), at);
        if (size == CheckedExpression.POISON
                || (size instanceof Constant zero && zero.value() == 0)) {
            return CheckedExpression.POISON;
        }
        Expression bytes =
                Fold.arithmetic(
                        CType.LONGLONG,
                        Operator.SUBTRACT,
                        Fold.convert(CType.LONGLONG, left),
                        Fold.convert(CType.LONGLONG, right));
        return Fold.arithmetic(CType.LONGLONG, Operator.DIVIDE, bytes, size);
    }

    /** Bytes of what a pointer points to. */
    Expression elementSize(CType pointer, CToken at) {
        CType target = Types.target(pointer);
        if (!Types.isComplete(target)) {
            boolean isVoid = Types.isVoid(target);
            unit.messages.error(
                    at,
                    "the size of %s is not known".formatted(Types.spell(target)),
                    isVoid ? "cast the pointer to PUCHAR first" : "");
            return CheckedExpression.POISON;
        }
        return new Constant(CType.LONGLONG, Types.size(target));
    }
}
