package dev.dirql.scenario.c;

import dev.dirql.scenario.c.Expression.Assign;
import dev.dirql.scenario.c.Expression.Constant;
import dev.dirql.scenario.c.Expression.LocalPlace;
import dev.dirql.scenario.c.Expression.Operator;
import dev.dirql.scenario.c.Expression.Place;
import dev.dirql.scenario.c.Expression.Read;
import dev.dirql.scenario.c.Expression.Update;
import dev.dirql.scenario.c.Expression.ValuePlace;
import dev.dirql.scenario.c.grammar.CParser;
import org.antlr.v4.runtime.ParserRuleContext;
import org.jspecify.annotations.Nullable;

/** Assignments, increments and decrements. */
final class AssignmentChecker {
    private final Unit unit;
    private final PointerArithmetic pointers;

    AssignmentChecker(Unit unit, PointerArithmetic pointers) {
        this.unit = unit;
        this.pointers = pointers;
    }

    Expression assignment(CParser.AssignmentContext context) {
        CheckedExpression target = unit.expressions.operand(context.e(0));
        Expression value = unit.expressions.value(context.e(1));
        Place place = assignable(target, context);
        if (place == null || value == CheckedExpression.POISON) {
            return CheckedExpression.POISON;
        }
        CToken at = (CToken) context.operator;
        String operator = at.getText();
        CType type = Types.unqualified(place.type());
        if (operator.equals("=")) {
            Expression converted =
                    unit.conversions.assign(value, type, Unit.at(context.e(1)), "assignment");
            return converted == CheckedExpression.POISON
                    ? CheckedExpression.POISON
                    : new Assign(type, place, converted);
        }
        return update(place, operator.substring(0, operator.length() - 1), value, at, false);
    }

    Expression step(
            ParserRuleContext context, CParser.EContext operand, String operator, boolean before) {
        Place place = assignable(unit.expressions.operand(operand), context);
        if (place == null) {
            return CheckedExpression.POISON;
        }
        return update(
                place, operator.substring(1), new Constant(CType.INT, 1), Unit.at(context), before);
    }

    private @Nullable Place assignable(CheckedExpression operand, ParserRuleContext context) {
        Place place = operand.place();
        CToken at = Unit.at(context);
        if (place == null || place instanceof ValuePlace) {
            if (place != null || operand.value() != CheckedExpression.POISON) {
                unit.messages.error(at, "this cannot be assigned to", "");
            }
            return null;
        }
        if (Types.isArray(place.type()) || Types.isFunction(place.type())) {
            unit.messages.error(
                    at,
                    "%s cannot be assigned to".formatted(Types.spell(place.type())),
                    Types.isArray(place.type()) ? "copy it with RtlCopyMemory" : "");
            return null;
        }
        if (Types.isConst(place.type())) {
            unit.messages.error(at, "this is const, %s".formatted(Types.spell(place.type())), "");
            return null;
        }
        return place;
    }

    private Expression update(
            Place place, String operator, Expression amount, CToken at, boolean before) {
        CType type = Types.unqualified(place.type());
        if (place instanceof LocalPlace local) {
            local.local().read = true;
        }
        if (Types.isPointer(type) && (operator.equals("+") || operator.equals("-"))) {
            Expression step = pointers.elementSize(type, at);
            if (step == CheckedExpression.POISON) {
                return CheckedExpression.POISON;
            }
            if (!Types.isInteger(amount.type())) {
                return unit.conversions.mismatch(at, operator + "=", new Read(type, place), amount);
            }
            Expression bytes =
                    Fold.arithmetic(
                            CType.LONGLONG,
                            Operator.MULTIPLY,
                            Fold.convert(CType.LONGLONG, amount),
                            step);
            return new Update(type, place, BinaryChecker.operator(operator), type, bytes, before);
        }
        if (!Types.isInteger(type) || !Types.isInteger(amount.type())) {
            return unit.conversions.mismatch(at, operator + "=", new Read(type, place), amount);
        }
        boolean shift = operator.equals("<<") || operator.equals(">>");
        CType computed = shift ? Types.promote(type) : Types.common(type, amount.type());
        Expression converted = Fold.convert(shift ? CType.INT : computed, amount);
        return new Update(
                type, place, BinaryChecker.operator(operator), computed, converted, before);
    }
}
