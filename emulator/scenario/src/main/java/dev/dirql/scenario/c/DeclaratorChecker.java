package dev.dirql.scenario.c;

import dev.dirql.scenario.c.CType.Parameter;
import dev.dirql.scenario.c.grammar.CParser;
import java.util.ArrayList;
import java.util.List;

/**
 * Declarators, which are read from the inside out: the suffixes of a core bind before its prefixes.
 */
final class DeclaratorChecker {
    /** Bytes of the largest object. */
    static final long MAXIMUM_SIZE = 0x1000_0000L;

    private final Unit unit;

    DeclaratorChecker(Unit unit) {
        this.unit = unit;
    }

    Declared declarator(CParser.DeclaratorContext context, CType base) {
        unit.deeper(context);
        CType type = base;
        for (CParser.PrefixContext prefix : context.prefix()) {
            switch (prefix.getStart().getText()) {
                case "*" -> type = new CType.Pointer(type);
                case "const" -> type = Types.qualify(type, true, false);
                case "volatile" -> type = Types.qualify(type, false, true);
                default -> {}
            }
        }
        List<CParser.ParameterContext> parameters = null;
        List<CParser.SuffixContext> suffixes = context.suffix();
        for (int i = suffixes.size() - 1; i >= 0; i--) {
            CParser.SuffixContext suffix = suffixes.get(i);
            if (suffix.getStart().getText().equals("[")) {
                type = array(suffix, type);
            } else {
                type = function(suffix, type);
                parameters =
                        i > 0
                                ? null
                                : suffix.parameters() == null
                                        ? List.of()
                                        : suffix.parameters().parameter();
            }
        }
        Declared result;
        CParser.CoreContext core = context.core();
        if (core == null) {
            result = new Declared(null, type, parameters);
        } else if (core.declarator() != null) {
            Declared inner = unit.declarations.declarator(core.declarator(), type);
            boolean plain =
                    core.declarator().prefix().isEmpty() && core.declarator().suffix().isEmpty();
            result = plain ? new Declared(inner.name(), inner.type(), parameters) : inner;
        } else {
            result = new Declared((CToken) core.getStart(), type, parameters);
        }
        unit.shallower();
        return result;
    }

    private CType array(CParser.SuffixContext suffix, CType element) {
        if (!Types.isComplete(element)) {
            unit.messages.error(
                    Unit.at(suffix),
                    "an array cannot have elements of type " + Types.spell(element),
                    "");
            return new CType.Array(CType.INT, 1);
        }
        if (suffix.e() == null) {
            return new CType.Array(element, -1);
        }
        Long count = unit.expressions.constant(suffix.e());
        if (count == null) {
            return new CType.Array(element, 1);
        }
        if (count < 0 || count > MAXIMUM_SIZE / Math.max(1, Types.size(element))) {
            unit.messages.error(
                    Unit.at(suffix.e()), "an array cannot have %d elements".formatted(count), "");
            return new CType.Array(element, 1);
        }
        return new CType.Array(element, count);
    }

    private CType function(CParser.SuffixContext suffix, CType result) {
        if (Types.isFunction(result) || Types.isArray(result)) {
            unit.messages.error(
                    Unit.at(suffix), "a function cannot return " + Types.spell(result), "");
        }
        CParser.ParametersContext list = suffix.parameters();
        if (list == null) {
            return new CType.Function(result, List.of(), false, false);
        }
        List<Parameter> parameters = new ArrayList<>();
        boolean variadic = list.getStop().getText().equals("...");
        for (CParser.ParameterContext parameter : list.parameter()) {
            CType base = unit.declarations.specifiers(parameter.specifiers()).type;
            Declared declared =
                    parameter.declarator() == null
                            ? new Declared(null, base, null)
                            : unit.declarations.declarator(parameter.declarator(), base);
            if (Types.isVoid(declared.type())) {
                if (list.parameter().size() == 1 && declared.name() == null && !variadic) {
                    return new CType.Function(result, List.of(), false, true);
                }
                unit.messages.error(Unit.at(parameter), "a parameter cannot have type void", "");
                continue;
            }
            String name = declared.name() == null ? "" : declared.name().getText();
            parameters.add(new Parameter(name, Types.decay(declared.type())));
        }
        return new CType.Function(result, parameters, variadic, true);
    }
}
