package dev.dirql.scenario.c;

import dev.dirql.scenario.c.CType.Structure;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the translation units of an image have in common: symbols, strings, types for the debugger.
 */
final class Program {
    final Map<String, Symbol> externals = new LinkedHashMap<>();

    /** Every symbol in order of its first declaration. */
    final List<Symbol> symbols = new ArrayList<>();

    /** Section of each function that {@code #pragma alloc_text} names. */
    final Map<String, String> sections = new LinkedHashMap<>();

    /** Structures by tag and by typedef name; the first definition of a name wins. */
    final Map<String, Structure> structures = new LinkedHashMap<>();

    /**
     * How often {@code DeviceExtension} of a device object was converted to a pointer to each
     * structure.
     */
    final Map<String, Integer> extensions = new LinkedHashMap<>();

    private final Map<List<Integer>, Symbol> strings = new LinkedHashMap<>();

    /** The variable that holds a string literal; equal literals share one. */
    Symbol string(int[] units, int unitSize, CToken at) {
        List<Integer> key = new ArrayList<>();
        key.add(unitSize);
        byte[] contents = new byte[(units.length + 1) * unitSize];
        for (int i = 0; i < units.length; i++) {
            key.add(units[i]);
            contents[i * unitSize] = (byte) units[i];
            if (unitSize == 2) {
                contents[i * 2 + 1] = (byte) (units[i] >> 8);
            }
        }
        return strings.computeIfAbsent(
                key,
                _ -> {
                    CType unit = unitSize == 2 ? CType.USHORT : CType.CHAR;
                    Symbol symbol =
                            new Symbol(
                                    "`string'", new CType.Array(unit, units.length + 1L), at, true);
                    symbol.section = ".rdata";
                    symbol.contents = contents;
                    symbol.alignment = unitSize;
                    symbol.defined = true;
                    symbols.add(symbol);
                    return symbol;
                });
    }
}
