package dev.dirql.scenario.c;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Finds what belongs into the image: everything defined for others, and what that refers to. */
final class Linker {
    private final Program program;
    private final Messages messages;
    private final Set<Symbol> reached = new LinkedHashSet<>();
    private final ArrayDeque<Symbol> work = new ArrayDeque<>();

    Linker(Program program, Messages messages) {
        this.program = program;
        this.messages = messages;
    }

    /** The symbols of the image in order of declaration. */
    List<Symbol> reach(String entryPoint) {
        for (Symbol symbol : program.symbols) {
            boolean root =
                    (symbol.defined && !symbol.internal && !symbol.inline)
                            || (symbol.defined && !symbol.isFunction() && !isString(symbol));
            if (root) {
                reach(symbol);
            }
        }
        while (!work.isEmpty()) {
            Symbol symbol = work.poll();
            FunctionBody body = symbol.body;
            if (body != null) {
                FunctionBody inlined = Inliner.inline(body);
                symbol.inlined = inlined;
                Usage.symbols(inlined).forEach(this::reach);
            }
            symbol.references.forEach(reference -> reach(reference.target()));
        }
        Symbol entry = program.externals.get(entryPoint);
        if (!entryPoint.isEmpty() && (entry == null || entry.body == null)) {
            List<Symbol> functions =
                    program.symbols.stream().filter(s -> s.body != null && !s.inline).toList();
            if (!functions.isEmpty()) {
                messages.error(
                        functions.getFirst().declared,
                        "there is no routine " + entryPoint,
                        CGrammar.nearest(entryPoint, functions.stream().map(s -> s.name).toList()));
            } else if (!program.symbols.isEmpty()) {
                messages.error(
                        program.symbols.getLast().declared,
                        "there is no routine " + entryPoint,
                        "");
            }
        }
        List<Symbol> result = new ArrayList<>();
        for (Symbol symbol : program.symbols) {
            if (reached.contains(symbol)) {
                result.add(symbol);
            }
        }
        return result;
    }

    private static boolean isString(Symbol symbol) {
        return symbol.name.startsWith("`");
    }

    private void reach(Symbol symbol) {
        if (!reached.add(symbol)) {
            return;
        }
        if (!symbol.defined && symbol.importedFrom.isEmpty()) {
            messages.error(
                    symbol.declared,
                    "%s is declared and used, but defined nowhere".formatted(symbol.name),
                    "define it, or declare it in a header with DECLSPEC_IMPORT if the system"
                            + " exports it");
        }
        work.add(symbol);
    }
}
