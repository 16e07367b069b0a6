package dev.dirql.scenario.c;

import dev.dirql.scenario.c.Expression.Constant;
import dev.dirql.scenario.c.Expression.LocalPlace;
import dev.dirql.scenario.c.Expression.SymbolPlace;
import dev.dirql.scenario.c.grammar.CParser;
import org.antlr.v4.runtime.tree.TerminalNode;

/** Names, numbers, characters and strings. */
final class PrimaryChecker {
    private final Unit unit;

    PrimaryChecker(Unit unit) {
        this.unit = unit;
    }

    CheckedExpression identifier(CParser.IdentifierContext context) {
        CToken at = Unit.at(context);
        String name = at.getText();
        Scope.Meaning meaning = unit.scope.find(name);
        return switch (meaning) {
            case Scope.Variable variable ->
                    CheckedExpression.of(
                            new LocalPlace(variable.local().type, variable.local(), 0));
            case Scope.Linked linked ->
                    CheckedExpression.of(new SymbolPlace(linked.symbol().type, linked.symbol(), 0));
            case Scope.EnumerationConstant constant ->
                    CheckedExpression.of(new Constant(CType.INT, constant.value()));
            case Scope.TypeName _ -> {
                unit.messages.error(at, name + " is a type, and a value is expected", "");
                yield CheckedExpression.of(CheckedExpression.POISON);
            }
            case null -> {
                Symbol function = unit.function;
                boolean functionName =
                        name.equals("__func__")
                                || name.equals("__FUNCTION__")
                                || name.equals("__FUNCDNAME__");
                if (functionName && function != null) {
                    Symbol text = unit.program.string(function.name.chars().toArray(), 1, at);
                    yield CheckedExpression.of(new SymbolPlace(text.type, text, 0));
                }
                unit.messages.error(
                        at,
                        "there is no variable or constant " + name,
                        CGrammar.nearest(name, unit.scope.values()));
                yield CheckedExpression.of(CheckedExpression.POISON);
            }
        };
    }

    Expression number(TerminalNode node) {
        Literals.Constant literal = Literals.constant((CToken) node.getSymbol(), unit.messages);
        CType type;
        if (literal.wide()) {
            type = literal.unsigned() ? CType.ULONGLONG : CType.LONGLONG;
        } else if (literal.isLong()) {
            type = literal.unsigned() ? CType.ULONG : CType.LONG;
        } else {
            type = literal.unsigned() ? CType.UINT : CType.INT;
        }
        if (((CToken) node.getSymbol()).kind == CToken.Kind.CHARACTER && literal.unsigned()) {
            type = CType.USHORT;
        }
        return new Constant(type, Types.convert(type, literal.value()));
    }

    CheckedExpression string(CParser.StringContext context) {
        boolean wide = isWide(context);
        int[] units = units(context, unit.messages);
        Symbol symbol = unit.program.string(units, wide ? 2 : 1, Unit.at(context));
        return CheckedExpression.of(new SymbolPlace(symbol.type, symbol, 0));
    }

    static boolean isWide(CParser.StringContext context) {
        return context.STRING().stream().anyMatch(s -> Literals.isWide((CToken) s.getSymbol()));
    }

    /** The characters of adjacent literals, without a final zero. */
    static int[] units(CParser.StringContext context, Messages messages) {
        return context.STRING().stream()
                .map(s -> Literals.string((CToken) s.getSymbol(), messages))
                .flatMapToInt(java.util.Arrays::stream)
                .toArray();
    }
}
