package dev.dirql.scenario.c;

import dev.dirql.scenario.c.Expression.Constant;
import dev.dirql.scenario.c.Expression.Relation;
import dev.dirql.scenario.c.grammar.CParser;

/** Conditions, what they are made of, and what is chosen by them. */
final class ConditionChecker {
    private final Unit unit;

    ConditionChecker(Unit unit) {
        this.unit = unit;
    }

    Expression condition(CParser.ExpressionContext context) {
        if (context.e().size() == 1
                && context.e(0) instanceof CParser.AssignmentContext assignment
                && assignment.operator.getText().equals("=")
                && assignment.e(1) instanceof CParser.NumberContext) {
            unit.messages.warning(
                    (CToken) assignment.operator,
                    "this condition assigns a constant",
                    "did you mean ==?");
        }
        return unit.conversions.truth(unit.expressions.value(context), Unit.at(context));
    }

    Expression logical(CParser.LogicalContext context) {
        Expression left =
                unit.conversions.truth(unit.expressions.value(context.e(0)), Unit.at(context.e(0)));
        Expression right =
                unit.conversions.truth(unit.expressions.value(context.e(1)), Unit.at(context.e(1)));
        if (left == CheckedExpression.POISON || right == CheckedExpression.POISON) {
            return CheckedExpression.POISON;
        }
        return Fold.logical(context.operator.getText().equals("&&"), left, right);
    }

    Expression comparison(CToken at, String operator, Expression left, Expression right) {
        Relation relation =
                switch (operator) {
                    case "==" -> Relation.EQUAL;
                    case "!=" -> Relation.NOT_EQUAL;
                    case "<" -> Relation.LESS;
                    case ">" -> Relation.GREATER;
                    case "<=" -> Relation.LESS_OR_EQUAL;
                    default -> Relation.GREATER_OR_EQUAL;
                };
        if (Types.isInteger(left.type()) && Types.isInteger(right.type())) {
            CType type = Types.common(left.type(), right.type());
            return Fold.compare(relation, Fold.convert(type, left), Fold.convert(type, right));
        }
        boolean leftPointer = Types.isPointer(left.type());
        boolean rightPointer = Types.isPointer(right.type());
        boolean mixed =
                (leftPointer && Types.isInteger(right.type()))
                        || (rightPointer && Types.isInteger(left.type()));
        if (!mixed && !(leftPointer && rightPointer)) {
            return unit.conversions.mismatch(at, operator, left, right);
        }
        if (mixed) {
            Expression number = leftPointer ? right : left;
            if (!(number instanceof Constant constant && constant.value() == 0)) {
                unit.messages.warning(
                        at,
                        "%s between %s and %s"
                                .formatted(
                                        operator,
                                        Types.spell(left.type()),
                                        Types.spell(right.type())),
                        "");
            }
        } else if (!Types.similar(left.type(), right.type())) {
            unit.messages.warning(
                    at,
                    "%s compares %s with %s"
                            .formatted(
                                    operator, Types.spell(left.type()), Types.spell(right.type())),
                    "");
        }
        CType type = leftPointer ? left.type() : right.type();
        return Fold.compare(relation, Fold.convert(type, left), Fold.convert(type, right));
    }

    Expression conditional(CParser.ConditionalContext context) {
        CToken at = Unit.at(context);
        Expression condition = unit.conversions.truth(unit.expressions.value(context.e(0)), at);
        Expression yes = unit.expressions.value(context.expression());
        Expression no = unit.expressions.value(context.e(1));
        if (condition == CheckedExpression.POISON
                || yes == CheckedExpression.POISON
                || no == CheckedExpression.POISON) {
            return CheckedExpression.POISON;
        }
        CType type;
        if (Types.isInteger(yes.type()) && Types.isInteger(no.type())) {
            type = Types.common(yes.type(), no.type());
        } else if (Types.isVoid(yes.type()) || Types.isVoid(no.type())) {
            return Fold.conditional(
                    CType.VOID,
                    condition,
                    unit.conversions.cast(yes, CType.VOID, at),
                    unit.conversions.cast(no, CType.VOID, at));
        } else if (Types.isStructure(yes.type()) && Types.same(yes.type(), no.type())) {
            return Fold.conditional(yes.type(), condition, yes, no);
        } else if (Types.isPointer(yes.type()) && isNull(no)) {
            type = yes.type();
        } else if (Types.isPointer(no.type()) && isNull(yes)) {
            type = no.type();
        } else if (Types.isPointer(yes.type()) && Types.isPointer(no.type())) {
            type = Types.isVoid(Types.target(no.type())) ? no.type() : yes.type();
            unit.conversions.assign(
                    type == yes.type() ? no : yes, type, at, "the two values of ?:");
        } else {
            return unit.conversions.mismatch(at, "?:", yes, no);
        }
        return Fold.conditional(type, condition, Fold.convert(type, yes), Fold.convert(type, no));
    }

    private static boolean isNull(Expression value) {
        return value instanceof Constant constant
                && constant.value() == 0
                && (Types.isInteger(value.type()) || Types.isVoid(Types.target(value.type())));
    }
}
