package dev.dirql.scenario.c;

import dev.dirql.scenario.c.CType.Pointer;
import dev.dirql.scenario.c.Expression.BitPlace;
import dev.dirql.scenario.c.Expression.Constant;
import dev.dirql.scenario.c.Expression.Place;
import dev.dirql.scenario.c.Expression.ValuePlace;
import dev.dirql.scenario.c.grammar.CParser;

/** The operators with one operand that change nothing, and sizes. */
final class UnaryChecker {
    private final Unit unit;

    UnaryChecker(Unit unit) {
        this.unit = unit;
    }

    CheckedExpression unary(CParser.UnaryContext context) {
        CToken at = Unit.at(context);
        String operator = context.operator.getText();
        if (operator.equals("&")) {
            return CheckedExpression.of(addressOf(unit.expressions.operand(context.e()), at));
        }
        Expression value = unit.expressions.value(context.e());
        if (value == CheckedExpression.POISON) {
            return CheckedExpression.of(CheckedExpression.POISON);
        }
        return switch (operator) {
            case "*" -> {
                if (!Types.isPointer(value.type())) {
                    unit.messages.error(
                            at, "* needs a pointer, not " + Types.spell(value.type()), "");
                    yield CheckedExpression.of(CheckedExpression.POISON);
                }
                CType target = Types.target(value.type());
                if (Types.isVoid(target)) {
                    unit.messages.error(
                            at,
                            Types.spell(value.type()) + " points to nothing that has a type",
                            "cast the pointer first");
                    yield CheckedExpression.of(CheckedExpression.POISON);
                }
                yield CheckedExpression.of(Fold.indirect(target, value));
            }
            case "!" -> {
                Expression condition = unit.conversions.truth(value, at);
                yield CheckedExpression.of(
                        condition == CheckedExpression.POISON
                                ? CheckedExpression.POISON
                                : Fold.not(condition));
            }
            default -> CheckedExpression.of(arithmeticUnary(operator, value, at));
        };
    }

    private Expression arithmeticUnary(String operator, Expression value, CToken at) {
        if (!Types.isInteger(value.type())) {
            unit.messages.error(
                    at,
                    "%s needs an integer, not %s".formatted(operator, Types.spell(value.type())),
                    "");
            return CheckedExpression.POISON;
        }
        CType type = Types.promote(value.type());
        Expression operand = Fold.convert(type, value);
        if (operand instanceof Constant constant) {
            long result =
                    switch (operator) {
                        case "-" -> -constant.value();
                        case "~" -> ~constant.value();
                        default -> constant.value();
                    };
            return new Constant(type, Types.convert(type, result));
        }
        return switch (operator) {
            case "-" -> new Expression.Negate(type, operand);
            case "~" -> new Expression.Complement(type, operand);
            default -> operand;
        };
    }

    private Expression addressOf(CheckedExpression operand, CToken at) {
        Place place = operand.place();
        if (place == null || place instanceof ValuePlace) {
            if (operand.value() != CheckedExpression.POISON || place != null) {
                unit.messages.error(at, "& needs something that has an address", "");
            }
            return CheckedExpression.POISON;
        }
        if (place instanceof BitPlace) {
            unit.messages.error(at, "a bit-field has no address", "");
            return CheckedExpression.POISON;
        }
        return Fold.address(new Pointer(place.type()), place);
    }

    Expression size(CType type, CToken at) {
        if (!Types.isComplete(type)) {
            unit.messages.error(at, "the size of %s is not known".formatted(Types.spell(type)), "");
            return CheckedExpression.POISON;
        }
        return new Constant(CType.ULONGLONG, Types.size(type));
    }

    Expression sizeofType(CParser.SizeofTypeContext context) {
        CType type = unit.declarations.typeName(context.typeName());
        return context.operator.getText().equals("sizeof")
                ? size(type, Unit.at(context))
                : new Constant(CType.ULONGLONG, Types.alignment(type));
    }
}
