package dev.dirql.scenario.c;

import dev.dirql.machine.image.DebugInformation;
import dev.dirql.scenario.c.CType.Member;
import dev.dirql.scenario.c.CType.Structure;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** Collects what a debugger wants to know: symbols, lines, structure layouts. */
final class DebugBuilder {
    private final Program program;
    private final List<String> files = new ArrayList<>();
    private final List<DebugInformation.Symbol> symbols = new ArrayList<>();
    private final List<DebugInformation.Line> lines = new ArrayList<>();

    DebugBuilder(Program program) {
        this.program = program;
    }

    void function(CompiledFunction function) {
        Symbol symbol = function.symbol();
        int size = function.code().bytes().length;
        symbols.add(
                new DebugInformation.Symbol(
                        symbol.name, symbol.rva, size, true, Types.spell(symbol.type)));
        int lastFile = -1;
        int lastLine = -1;
        for (Encoder.LineStart start : function.code().lines()) {
            int file = file(start.at().file.name());
            int line = start.at().getLine();
            if (file != lastFile || line != lastLine) {
                lines.add(new DebugInformation.Line(symbol.rva + start.offset(), file, line));
                lastFile = file;
                lastLine = line;
            }
        }
    }

    void variable(Symbol symbol) {
        if (!symbol.name.startsWith("`")) {
            symbols.add(
                    new DebugInformation.Symbol(
                            symbol.name,
                            symbol.rva,
                            Math.toIntExact(Types.size(symbol.type)),
                            false,
                            Types.spell(symbol.type)));
        }
    }

    private int file(String name) {
        int index = files.indexOf(name);
        if (index < 0) {
            files.add(name);
            return files.size() - 1;
        }
        return index;
    }

    DebugInformation build() {
        symbols.sort(Comparator.comparingInt(DebugInformation.Symbol::rva));
        lines.sort(Comparator.comparingInt(DebugInformation.Line::rva));
        List<DebugInformation.StructureType> types = new ArrayList<>();
        program.structures.forEach((name, structure) -> {
            if (structure.complete) {
                List<DebugInformation.Field> fields = new ArrayList<>();
                fields(structure, 0, fields);
                types.add(
                        new DebugInformation.StructureType(
                                name, Math.toIntExact(structure.size), fields));
            }
        });
        return new DebugInformation(files, symbols, lines, types, extensionType());
    }

    private static void fields(
            Structure structure, long offset, List<DebugInformation.Field> fields) {
        for (Member member : structure.members) {
            long at = offset + member.offset();
            if (member.name().isEmpty()) {
                if (Types.bare(member.type()) instanceof Structure inner) {
                    fields(inner, at, fields);
                }
                continue;
            }
            CType type = member.type();
            int count = 1;
            if (Types.bare(type) instanceof CType.Array array) {
                type = array.element();
                count = (int) Math.max(0, array.count());
            }
            fields.add(
                    new DebugInformation.Field(
                            member.name(),
                            Math.toIntExact(at),
                            Math.toIntExact(Types.size(member.type())),
                            member.width() == 0 ? 0 : member.shift(),
                            member.width(),
                            count,
                            Types.spell(type)));
        }
    }

    /**
     * The structure as which the driver sees its device extension most often; the first of equals.
     */
    private String extensionType() {
        String best = "";
        int most = 0;
        for (Map.Entry<String, Integer> entry : program.extensions.entrySet()) {
            if (entry.getValue() > most) {
                most = entry.getValue();
                best = entry.getKey();
            }
        }
        return best;
    }
}
