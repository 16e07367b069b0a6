package dev.dirql.scenario.c;

/** Names with linkage: one symbol for all declarations of a function or a variable. */
final class Linkage {
    private final Unit unit;

    Linkage(Unit unit) {
        this.unit = unit;
    }

    /** The symbol of a name with linkage, new or declared before. */
    Symbol linked(CToken name, CType type, boolean internal) {
        String text = name.getText();
        Scope fileScope = unit.scope;
        while (fileScope.outer != null) {
            fileScope = fileScope.outer;
        }
        Scope.Meaning meaning = fileScope.here(text);
        Symbol symbol = meaning instanceof Scope.Linked known ? known.symbol() : null;
        if (meaning != null && symbol == null) {
            unit.messages.error(name, text + " is already the name of something else", "");
        }
        if (symbol == null && !internal) {
            symbol = unit.program.externals.get(text);
        }
        if (symbol == null) {
            symbol = new Symbol(text, type, name, internal);
            unit.program.symbols.add(symbol);
            if (!internal) {
                unit.program.externals.put(text, symbol);
            }
        } else if (!Types.same(symbol.type, type)) {
            unit.messages.error(
                    name,
                    "%s is declared here as %s and before as %s"
                            .formatted(text, Types.spell(type), Types.spell(symbol.type)),
                    "the first declaration is at " + symbol.declared.position());
        } else if (betterType(symbol.type, type)) {
            symbol.type = type;
        }
        fileScope.put(text, new Scope.Linked(symbol));
        return symbol;
    }

    private static boolean betterType(CType old, CType type) {
        return (Types.bare(old) instanceof CType.Array array && array.count() < 0)
                || (Types.bare(old) instanceof CType.Function function && !function.prototyped())
                || Types.bare(type) instanceof CType.Function;
    }
}
