package dev.dirql.scenario.c;

import dev.dirql.machine.image.Image;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Lays out compiled functions and variables as a driver image. */
final class ImageBuilder {
    static final long PREFERRED_BASE = 0x1_4000_0000L;
    private static final int PAGE = 0x1000;

    /** A section while it is filled. */
    private static final class Part {
        final String name;
        final boolean writable;
        final boolean executable;
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        long zeroes;
        int rva;

        Part(String name, boolean writable, boolean executable) {
            this.name = name;
            this.writable = writable;
            this.executable = executable;
        }

        int align(int alignment) {
            while (bytes.size() % alignment != 0) {
                bytes.write(executable ? 0xCC : 0);
            }
            return bytes.size();
        }

        long size() {
            return bytes.size() + zeroes;
        }
    }

    private record PlacedFunction(CompiledFunction function, Part part, int offset) {}

    private record PlacedVariable(Symbol symbol, Part part, long offset) {}

    private final String name;
    private final Map<String, Part> parts = new LinkedHashMap<>();
    private final List<PlacedFunction> functions = new ArrayList<>();
    private final List<PlacedVariable> variables = new ArrayList<>();
    private final Map<Symbol, Integer> importSlots = new LinkedHashMap<>();
    private final Map<Symbol, Integer> thunks = new LinkedHashMap<>();

    ImageBuilder(String name) {
        this.name = name;
        part(".text", false, true);
    }

    private Part part(String section, boolean writable, boolean executable) {
        return parts.computeIfAbsent(section, _ -> new Part(section, writable, executable));
    }

    private Part required(String section) {
        Part part = parts.get(section);
        if (part == null) {
            throw new IllegalStateException("no section " + section);
        }
        return part;
    }

    void add(CompiledFunction function) {
        String section = function.symbol().section;
        Part part = part(section.isEmpty() ? ".text" : section, false, true);
        int offset = part.align(16);
        part.bytes.writeBytes(function.code().bytes());
        functions.add(new PlacedFunction(function, part, offset));
    }

    /** Lays out the variables: those with contents first, zeroes at the end of their section. */
    void addVariables(List<Symbol> symbols) {
        part(".rdata", false, false);
        for (Symbol symbol : symbols) {
            if (symbol.contents.length > 0) {
                Part part = dataPart(symbol);
                int offset = part.align(symbol.alignment);
                part.bytes.writeBytes(symbol.contents);
                variables.add(new PlacedVariable(symbol, part, offset));
            }
        }
        for (Symbol symbol : symbols) {
            if (symbol.contents.length == 0) {
                Part part = dataPart(symbol);
                long offset = StructureLayout.align(part.size(), symbol.alignment);
                part.zeroes = offset + Types.size(symbol.type) - part.bytes.size();
                variables.add(new PlacedVariable(symbol, part, offset));
            }
        }
    }

    private Part dataPart(Symbol symbol) {
        String section = symbol.section.isEmpty() ? ".data" : symbol.section;
        return part(section, !section.equals(".rdata"), false);
    }

    /** Bytes that the variables take. */
    long dataSize() {
        return parts.values().stream().mapToLong(Part::size).sum();
    }

    Image build(List<Symbol> imported, String entryPoint, DebugBuilder debug) {
        makeImports(imported);
        List<PlacedFunction> framed = new ArrayList<>();
        for (PlacedFunction placed : functions) {
            if (!placed.function.frame().isLeaf()) {
                framed.add(placed);
            }
        }
        Part xdata = part(".xdata", false, false);
        Part pdata = part(".pdata", false, false);
        List<Integer> unwindOffsets = new ArrayList<>();
        for (PlacedFunction placed : framed) {
            unwindOffsets.add(xdata.bytes.size());
            xdata.bytes.writeBytes(UnwindData.of(placed.function));
        }
        pdata.bytes.writeBytes(new byte[12 * framed.size()]);
        int size = placeSections();
        resolve();
        Map<Part, byte[]> contents = new LinkedHashMap<>();
        parts.values().forEach(part -> contents.put(part, part.bytes.toByteArray()));
        exceptionTable(contents, pdata, xdata, framed, unwindOffsets);
        patchCode(contents);
        List<Integer> relocations = patchData(contents);
        List<Image.Import> imports = new ArrayList<>();
        importSlots.forEach((symbol, _) ->
                imports.add(
                        new Image.Import(symbol.importedFrom, symbol.name, importSlot(symbol))));
        int entry = 0;
        for (PlacedFunction placed : functions) {
            if (placed.function.symbol().name.equals(entryPoint)) {
                entry = placed.function.symbol().rva;
            }
            debug.function(placed.function);
        }
        variables.forEach(placed -> debug.variable(placed.symbol));
        return new Image(
                name,
                PREFERRED_BASE,
                size,
                entry,
                sections(contents),
                relocations,
                imports,
                framed.isEmpty() ? 0 : pdata.rva,
                12 * framed.size(),
                debug.build());
    }

    private void makeImports(List<Symbol> imported) {
        Part rdata = required(".rdata");
        rdata.align(8);
        for (Symbol symbol : imported) {
            importSlots.put(symbol, rdata.bytes.size());
            rdata.bytes.writeBytes(new byte[8]);
        }
        // A variable can be initialised with the address of an imported function only through a
        // jump to it.
        for (PlacedVariable placed : variables) {
            for (Symbol.Reference reference : placed.symbol.references) {
                Symbol target = reference.target();
                if (!target.importedFrom.isEmpty() && !thunks.containsKey(target)) {
                    Part text = required(".text");
                    thunks.put(target, text.align(16));
                    text.bytes.writeBytes(new byte[] {(byte) 0xFF, 0x25, 0, 0, 0, 0});
                }
            }
        }
    }

    private int placeSections() {
        int rva = PAGE;
        List<Part> empty = new ArrayList<>();
        for (Part part : parts.values()) {
            if (part.size() == 0) {
                empty.add(part);
                continue;
            }
            part.rva = rva;
            rva = Math.toIntExact(StructureLayout.align(rva + part.size(), PAGE));
        }
        empty.forEach(part -> parts.remove(part.name));
        return rva;
    }

    private void resolve() {
        for (PlacedFunction placed : functions) {
            placed.function.symbol().rva = placed.part.rva + placed.offset;
        }
        for (PlacedVariable placed : variables) {
            placed.symbol.rva = Math.toIntExact(placed.part.rva + placed.offset);
        }
    }

    private static void put(byte[] bytes, int offset, long value, int size) {
        for (int i = 0; i < size; i++) {
            bytes[offset + i] = (byte) (value >> (8 * i));
        }
    }

    private static byte[] contents(Map<Part, byte[]> all, Part part) {
        byte[] bytes = all.get(part);
        if (bytes == null) {
            throw new IllegalStateException("section " + part.name + " is empty");
        }
        return bytes;
    }

    private void exceptionTable(
            Map<Part, byte[]> contents,
            Part pdata,
            Part xdata,
            List<PlacedFunction> framed,
            List<Integer> unwindOffsets) {
        record Row(int begin, int end, int unwind) {}
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < framed.size(); i++) {
            CompiledFunction function = framed.get(i).function;
            int begin = function.symbol().rva;
            int end = begin + function.code().bytes().length;
            rows.add(new Row(begin, end, xdata.rva + unwindOffsets.get(i)));
        }
        // The table is searched by halves.
        rows.sort((a, b) -> Integer.compare(a.begin, b.begin));
        for (int i = 0; i < rows.size(); i++) {
            byte[] table = contents(contents, pdata);
            put(table, 12 * i, rows.get(i).begin, 4);
            put(table, 12 * i + 4, rows.get(i).end, 4);
            put(table, 12 * i + 8, rows.get(i).unwind, 4);
        }
    }

    private int importSlot(Symbol symbol) {
        Integer offset = importSlots.get(symbol);
        if (offset == null) {
            throw new IllegalStateException("no import slot for " + symbol.name);
        }
        return required(".rdata").rva + offset;
    }

    private void patchCode(Map<Part, byte[]> contents) {
        for (PlacedFunction placed : functions) {
            byte[] bytes = contents(contents, placed.part);
            int start = placed.part.rva + placed.offset;
            for (Encoder.Fixup fixup : placed.function.code().fixups()) {
                long target =
                        fixup.importSlot()
                                ? importSlot(fixup.symbol())
                                : fixup.symbol().rva + fixup.addend();
                put(bytes, placed.offset + fixup.offset(), target - (start + fixup.end()), 4);
            }
        }
        Part text = parts.get(".text");
        if (text != null) {
            thunks.forEach((symbol, offset) ->
                    put(
                            contents(contents, text),
                            offset + 2,
                            importSlot(symbol) - (text.rva + offset + 6L),
                            4));
        }
    }

    private List<Integer> patchData(Map<Part, byte[]> contents) {
        List<Integer> relocations = new ArrayList<>();
        for (PlacedVariable placed : variables) {
            for (Symbol.Reference reference : placed.symbol.references) {
                int offset = Math.toIntExact(placed.offset + reference.offset());
                Symbol target = reference.target();
                Integer thunk = thunks.get(target);
                long rva = thunk == null ? target.rva : required(".text").rva + thunk;
                put(
                        contents(contents, placed.part),
                        offset,
                        PREFERRED_BASE + rva + reference.addend(),
                        8);
                relocations.add(placed.part.rva + offset);
            }
        }
        relocations.sort(null);
        return relocations;
    }

    private List<Image.Section> sections(Map<Part, byte[]> contents) {
        List<Image.Section> sections = new ArrayList<>();
        for (Part part : parts.values()) {
            sections.add(
                    new Image.Section(
                            part.name,
                            part.rva,
                            Math.toIntExact(part.size()),
                            contents(contents, part),
                            part.writable,
                            part.executable,
                            part.name.startsWith("PAGE")));
        }
        return sections;
    }
}
