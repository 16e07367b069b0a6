package dev.dirql.scenario.c;

import dev.dirql.scenario.c.grammar.CParser;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Calls of functions and of intrinsics. */
final class CallChecker {
    private final Unit unit;

    CallChecker(Unit unit) {
        this.unit = unit;
    }

    private void unknown(CToken at, String name) {
        Optional<String> header = unit.includes.declaring(name);
        if (header.isPresent()) {
            unit.messages.error(
                    at,
                    "%s is declared in %s".formatted(name, header.get()),
                    "#include <%s>".formatted(header.get()));
            return;
        }
        if (unit.unmodelled.contains(name)) {
            unit.messages.error(
                    at,
                    name + " is not modelled",
                    "declare it to compile; a call then ends the run, or returns what machine {"
                            + " answer %s 0 } says".formatted(name));
            return;
        }
        Set<String> known = new LinkedHashSet<>(unit.scope.values());
        Intrinsic.names().forEach(known::add);
        known.addAll(unit.unmodelled);
        unit.messages.error(at, "there is no function " + name, CGrammar.nearest(name, known));
    }

    Expression call(CParser.CallContext context) {
        List<CParser.EContext> arguments = context.e().subList(1, context.e().size());
        CParser.EContext callee = context.e(0);
        CToken at = Unit.at(context);
        if (callee instanceof CParser.IdentifierContext named) {
            String name = named.getText();
            Scope.Meaning meaning = unit.scope.find(name);
            boolean defined =
                    meaning instanceof Scope.Variable
                            || (meaning instanceof Scope.Linked linked && linked.symbol().defined);
            Intrinsic intrinsic = defined ? null : Intrinsic.find(name);
            if (intrinsic != null) {
                return intrinsic(intrinsic, arguments, at);
            }
            if (meaning == null) {
                unknown(at, name);
                arguments.forEach(unit.expressions::value);
                return CheckedExpression.POISON;
            }
        }
        Expression function = unit.expressions.value(callee);
        if (function == CheckedExpression.POISON) {
            return CheckedExpression.POISON;
        }
        if (!(Types.bare(Types.target(function.type())) instanceof CType.Function type)
                || !Types.isPointer(function.type())) {
            unit.messages.error(
                    at, "%s cannot be called".formatted(Types.spell(function.type())), "");
            return CheckedExpression.POISON;
        }
        String name = callee.getText();
        List<Expression> values = arguments(type, name, arguments, at);
        if (values == null) {
            return CheckedExpression.POISON;
        }
        if (!Types.isVoid(type.result()) && !Types.isComplete(type.result())) {
            unit.messages.error(
                    at,
                    "the result type %s is not complete".formatted(Types.spell(type.result())),
                    "");
            return CheckedExpression.POISON;
        }
        return new Expression.Call(Types.unqualified(type.result()), function, values, at);
    }

    private @Nullable List<Expression> arguments(
            CType.Function type, String name, List<CParser.EContext> arguments, CToken at) {
        int wanted = type.parameters().size();
        boolean few = type.prototyped() && arguments.size() < wanted;
        boolean many = type.prototyped() && !type.variadic() && arguments.size() > wanted;
        List<Expression> values = new ArrayList<>();
        boolean poisoned = false;
        for (int i = 0; i < arguments.size(); i++) {
            Expression value = unit.expressions.value(arguments.get(i));
            CToken place = Unit.at(arguments.get(i));
            if (i < wanted) {
                CType.Parameter parameter = type.parameters().get(i);
                String where =
                        parameter.name().isEmpty()
                                ? "argument %d of %s".formatted(i + 1, name)
                                : "argument %s of %s".formatted(parameter.name(), name);
                value = unit.conversions.assign(value, parameter.type(), place, where);
            } else if (Types.isVoid(value.type())) {
                unit.messages.error(place, "this argument has no value", "");
                poisoned = true;
            } else if (value != CheckedExpression.POISON) {
                value = Conversions.promote(value);
            }
            poisoned |= value == CheckedExpression.POISON;
            values.add(value);
        }
        if (few || many) {
            unit.messages.error(
                    at,
                    "%s takes %d arguments, and here are %d"
                            .formatted(name, wanted, arguments.size()),
                    Types.spell(type));
            return null;
        }
        return poisoned ? null : values;
    }

    private Expression intrinsic(Intrinsic intrinsic, List<CParser.EContext> arguments, CToken at) {
        List<CType.Parameter> parameters = new ArrayList<>();
        for (CType type : intrinsic.parameters()) {
            parameters.add(new CType.Parameter("", type));
        }
        CType.Function type = new CType.Function(intrinsic.result(), parameters, false, true);
        List<Expression> values = arguments(type, intrinsic.name(), arguments, at);
        return values == null
                ? CheckedExpression.POISON
                : new Expression.IntrinsicCall(intrinsic.result(), intrinsic, values);
    }
}
