package dev.dirql.scenario.c;

import dev.dirql.scenario.c.grammar.CParser;
import org.jspecify.annotations.Nullable;

/** Variables: on the stack and permanent ones. */
final class VariableChecker {
    private final Unit unit;
    private final Linkage linkage;

    VariableChecker(Unit unit, Linkage linkage) {
        this.unit = unit;
        this.linkage = linkage;
    }

    @Nullable Statement automatic(
            Specifiers specifiers,
            CToken name,
            CType declaredType,
            CParser.@Nullable InitializerContext initializer) {
        String text = name.getText();
        if (unit.scope.here(text) != null) {
            unit.messages.error(name, text + " is declared twice in this block", "");
        }
        CType type = declaredType;
        if (initializer != null
                && Types.bare(type) instanceof CType.Array array
                && array.count() < 0) {
            type = new CType.Array(array.element(), unit.initializers.count(array, initializer));
        }
        if (!complete(name, type)) {
            return null;
        }
        if (Math.max(specifiers.alignment, Types.alignment(type)) > 16) {
            unit.messages.error(
                    name,
                    "a variable on the stack cannot be aligned to more than 16 bytes",
                    "make it static, or part of the device extension");
        }
        Local local = new Local(text, type, name, -1);
        unit.locals.add(local);
        unit.scope.put(text, new Scope.Variable(local));
        if (initializer == null) {
            return null;
        }
        return unit.initializers.automatic(local, initializer);
    }

    @Nullable Statement permanent(
            Specifiers specifiers,
            CToken name,
            CType declaredType,
            CParser.@Nullable InitializerContext initializer) {
        String text = name.getText();
        CType type = declaredType;
        if (initializer != null
                && Types.bare(type) instanceof CType.Array array
                && array.count() < 0) {
            type =
                    Types.qualify(
                            new CType.Array(
                                    array.element(), unit.initializers.count(array, initializer)),
                            false,
                            false);
        }
        Symbol function = unit.function;
        Symbol symbol;
        boolean isExtern = specifiers.storage.equals("extern") && initializer == null;
        if (function != null && specifiers.storage.equals("static")) {
            symbol = new Symbol(function.name + "." + text, type, name, true);
            unit.program.symbols.add(symbol);
            if (unit.scope.here(text) != null) {
                unit.messages.error(name, text + " is declared twice in this block", "");
            }
        } else {
            symbol = linkage.linked(name, type, specifiers.storage.equals("static"));
        }
        unit.scope.put(text, new Scope.Linked(symbol));
        symbol.alignment =
                Math.max(symbol.alignment, Math.max(specifiers.alignment, Types.alignment(type)));
        if (isExtern || !specifiers.importedFrom.isEmpty()) {
            if (!symbol.defined) {
                symbol.importedFrom = specifiers.importedFrom;
            }
            return null;
        }
        if (!complete(name, type)) {
            return null;
        }
        if (symbol.defined && initializer != null && symbol.contents.length > 0) {
            unit.messages.error(
                    name,
                    text + " is initialised twice",
                    "the first time at " + symbol.declared.position());
            return null;
        }
        symbol.defined = true;
        symbol.importedFrom = "";
        symbol.type = type;
        String chosen =
                specifiers.section.isEmpty() ? name.pragmas.dataSection() : specifiers.section;
        if (!chosen.isEmpty()) {
            symbol.section = chosen;
        } else if (symbol.section.isEmpty() || initializer != null) {
            symbol.section = Types.isConst(type) && initializer != null ? ".rdata" : ".data";
        }
        if (initializer != null) {
            unit.initializers.permanent(symbol, initializer);
        }
        return null;
    }

    private boolean complete(CToken name, CType type) {
        if (!Types.isComplete(type)) {
            unit.messages.error(
                    name,
                    "%s has the incomplete type %s".formatted(name.getText(), Types.spell(type)),
                    Types.isArray(type) ? "say how many elements it has" : "");
            return false;
        }
        return true;
    }
}
