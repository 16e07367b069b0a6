package dev.dirql.scenario.c;

import dev.dirql.scenario.c.CType.Pointer;
import dev.dirql.scenario.c.Expression.BitPlace;
import dev.dirql.scenario.c.Expression.Constant;
import dev.dirql.scenario.c.Expression.LocalPlace;
import dev.dirql.scenario.c.Expression.Place;
import dev.dirql.scenario.c.Expression.Read;
import dev.dirql.scenario.c.Expression.SymbolAddress;
import dev.dirql.scenario.c.Expression.SymbolPlace;
import dev.dirql.scenario.c.Expression.ValuePlace;
import dev.dirql.scenario.c.grammar.CParser;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Expressions: gives each to the checker of its kind, which comes back here for the parts. */
final class ExpressionChecker {
    private final Unit unit;
    private final PrimaryChecker primaries;
    private final MemberChecker members;
    private final PointerArithmetic pointers;
    private final UnaryChecker unaries;
    private final ConditionChecker conditions;
    private final BinaryChecker binaries;
    private final AssignmentChecker assignments;
    private final CallChecker calls;

    ExpressionChecker(Unit unit) {
        this.unit = unit;
        primaries = new PrimaryChecker(unit);
        members = new MemberChecker(unit);
        pointers = new PointerArithmetic(unit);
        unaries = new UnaryChecker(unit);
        conditions = new ConditionChecker(unit);
        binaries = new BinaryChecker(unit, pointers, conditions);
        assignments = new AssignmentChecker(unit, pointers);
        calls = new CallChecker(unit);
    }

    /** The value of an expression; its type is void, a scalar or a structure. */
    Expression value(CParser.EContext context) {
        return read(operand(context));
    }

    Expression value(CParser.ExpressionContext context) {
        List<CParser.EContext> parts = context.e();
        if (parts.size() == 1) {
            return value(parts.getFirst());
        }
        List<Expression> effects = new ArrayList<>();
        for (CParser.EContext part : parts.subList(0, parts.size() - 1)) {
            effects.add(value(part));
        }
        Expression last = value(parts.getLast());
        return new Expression.Comma(last.type(), effects, last);
    }

    /** The value of a condition: a scalar. */
    Expression condition(CParser.ExpressionContext context) {
        return conditions.condition(context);
    }

    /** The value of an integer constant expression; null if it is none, which is then reported. */
    @Nullable Long constant(CParser.EContext context) {
        Expression value = value(context);
        if (value == CheckedExpression.POISON) {
            return null;
        }
        if (value instanceof Constant constant && Types.isInteger(value.type())) {
            return constant.value();
        }
        unit.messages.error(Unit.at(context), "an integer constant is expected", "");
        return null;
    }

    /** An expression, whatever kind it is of. */
    CheckedExpression operand(CParser.EContext context) {
        unit.deeper(context);
        CheckedExpression result =
                switch (context) {
                    case CParser.IdentifierContext e -> primaries.identifier(e);
                    case CParser.NumberContext e ->
                            CheckedExpression.of(primaries.number(e.NUMBER()));
                    case CParser.CharacterContext e ->
                            CheckedExpression.of(primaries.number(e.CHARACTER()));
                    case CParser.StringContext e -> primaries.string(e);
                    case CParser.ParenthesisedContext e -> parenthesised(e);
                    case CParser.IndexContext e -> pointers.index(e);
                    case CParser.CallContext e -> CheckedExpression.of(calls.call(e));
                    case CParser.SelectContext e -> members.select(e);
                    case CParser.PostfixContext e ->
                            CheckedExpression.of(
                                    assignments.step(e, e.e(), e.operator.getText(), true));
                    case CParser.IncrementContext e ->
                            CheckedExpression.of(
                                    assignments.step(e, e.e(), e.operator.getText(), false));
                    case CParser.UnaryContext e -> unaries.unary(e);
                    case CParser.SizeofExpressionContext e ->
                            CheckedExpression.of(unaries.size(operand(e.e()).type(), Unit.at(e)));
                    case CParser.SizeofTypeContext e -> CheckedExpression.of(unaries.sizeofType(e));
                    case CParser.OffsetofContext e -> CheckedExpression.of(members.offsetOf(e));
                    case CParser.CastContext e -> CheckedExpression.of(cast(e));
                    case CParser.BinaryContext e ->
                            CheckedExpression.of(
                                    binaries.binary(
                                            (CToken) e.operator,
                                            e.operator.getText(),
                                            value(e.e(0)),
                                            value(e.e(1))));
                    case CParser.LogicalContext e -> CheckedExpression.of(conditions.logical(e));
                    case CParser.ConditionalContext e ->
                            CheckedExpression.of(conditions.conditional(e));
                    case CParser.AssignmentContext e ->
                            CheckedExpression.of(assignments.assignment(e));
                    default -> throw new IllegalStateException(context.getClass().getName());
                };
        unit.shallower();
        return result;
    }

    private CheckedExpression parenthesised(CParser.ParenthesisedContext context) {
        List<CParser.EContext> parts = context.expression().e();
        return parts.size() == 1
                ? operand(parts.getFirst())
                : CheckedExpression.of(value(context.expression()));
    }

    private Expression cast(CParser.CastContext context) {
        CType type = unit.declarations.typeName(context.typeName());
        return unit.conversions.cast(value(context.e()), type, Unit.at(context));
    }

    /** The value of an expression: of a place, what it holds. */
    Expression read(CheckedExpression operand) {
        Place place = operand.place();
        if (place == null || operand.value() != CheckedExpression.POISON) {
            return operand.value();
        }
        CType type = place.type();
        if (Types.bare(type) instanceof CType.Array array) {
            if (place instanceof ValuePlace) {
                return Fold.address(new Pointer(array.element()), place);
            }
            return Fold.address(new Pointer(qualifiedElement(type, array)), place);
        }
        if (Types.isFunction(type)) {
            return place instanceof SymbolPlace at
                    ? new SymbolAddress(new Pointer(type), at.symbol(), at.offset())
                    : Fold.address(new Pointer(type), place);
        }
        if (place instanceof LocalPlace at) {
            at.local().read = true;
        }
        Expression read = new Read(Types.unqualified(type), place);
        boolean narrow =
                place instanceof BitPlace bits && bits.width() < 32 && Types.size(type) <= 4;
        // ISO C11, 6.3.1.1: a bit-field whose values all fit into int is promoted to int.
        return narrow ? Fold.convert(CType.INT, read) : read;
    }

    private static CType qualifiedElement(CType array, CType.Array bare) {
        return Types.qualify(bare.element(), Types.isConst(array), Types.isVolatile(array));
    }
}
