package dev.dirql.console.gdb.symbols;

import dev.dirql.store.SymbolTable.Line;
import dev.dirql.store.SymbolTable.LoadedImage;
import dev.dirql.store.SymbolTable.Symbol;
import java.util.ArrayList;
import java.util.List;

/**
 * A routine with source lines.
 *
 * @param start RVA
 * @param end RVA behind it
 */
record Routine(String name, int start, int end, List<Line> lines) {
    Routine {
        lines = List.copyOf(lines);
    }

    /** The routines of an image that have lines, ascending. */
    static List<Routine> of(LoadedImage image) {
        List<Routine> routines = new ArrayList<>();
        List<Symbol> code = image.symbols().stream().filter(Symbol::routine).toList();
        for (int i = 0; i < code.size(); i++) {
            Symbol symbol = code.get(i);
            long limit = i + 1 < code.size() ? code.get(i + 1).rva() : image.size();
            int end = (int) Math.min(limit, symbol.rva() + (long) symbol.size());
            List<Line> lines =
                    image.lines().stream()
                            .filter(line -> line.rva() >= symbol.rva() && line.rva() < end)
                            .filter(line -> line.line() > 0)
                            .filter(line -> line.file() >= 0 && line.file() < image.files().size())
                            .toList();
            if (!lines.isEmpty()) {
                routines.add(new Routine(symbol.name(), symbol.rva(), end, lines));
            }
        }
        return routines;
    }
}
