package dev.dirql.console.gdb.symbols;

import dev.dirql.debugger.Inspection;
import dev.dirql.store.SymbolTable;
import dev.dirql.store.SymbolTable.LoadedImage;
import dev.dirql.store.SymbolTable.Symbol;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * An ELF file without code: each image is a section at the address where it is loaded, with its
 * symbols and, where there is a source, its lines and routines.
 */
public final class SymbolFile {
    private static final int HEADER = 64;
    private static final int PROGBITS = 1;
    private static final int SYMTAB = 2;
    private static final int STRTAB = 3;
    private static final int NOBITS = 8;
    private static final int ALLOCATED_CODE = 2 | 4;
    private static final int SYMBOL_SIZE = 24;
    private static final int FUNCTION = 12;
    private static final int GLOBAL_OBJECT = 0x11;
    private static final int GLOBAL_ROUTINE = 0x12;

    private final List<Section> sections = new ArrayList<>();

    private SymbolFile() {}

    private record Section(
            String name,
            int type,
            long flags,
            long address,
            long size,
            byte[] content,
            int link,
            int entrySize) {}

    /**
     * The file for what is loaded.
     *
     * @param directory what the names of source files are relative to
     */
    public static byte[] of(Inspection inspection, String directory) {
        SymbolTable table = inspection.run().symbols();
        SymbolFile file = new SymbolFile();
        DwarfFrames frames = new DwarfFrames(inspection);
        Set<Long> continuations = file.frames(inspection, frames);
        Bytes names = new Bytes().one(0);
        Bytes symbols = new Bytes().all(new byte[SYMBOL_SIZE]);
        Bytes information = new Bytes();
        Bytes lines = new Bytes();
        for (LoadedImage image : table.images()) {
            file.sections.add(
                    new Section(
                            ".text." + image.name(),
                            NOBITS,
                            ALLOCATED_CODE,
                            image.base(),
                            image.size(),
                            new byte[0],
                            0,
                            0));
            int section = file.sections.size();
            for (Symbol symbol : image.symbols()) {
                symbols.number(names.size(), 4);
                names.text(symbol.name());
                symbols.one(symbol.routine() ? GLOBAL_ROUTINE : GLOBAL_OBJECT).one(0);
                symbols.number(section, 2);
                long address = image.base() + symbol.rva();
                // A debugger looks a byte before a return address for the routine it lies in.
                symbols.number(continuations.contains(address) ? address - 1 : address, 8);
                symbols.number(symbol.size(), 8);
            }
            List<Routine> routines = Routine.of(image);
            if (!routines.isEmpty()) {
                information.all(DwarfUnits.of(image, routines, directory, lines.size()));
                lines.all(DwarfLines.of(image, routines));
            }
        }
        file.add(".debug_abbrev", DwarfUnits.abbreviations());
        file.add(".debug_info", information.toArray());
        file.add(".debug_line", lines.toArray());
        file.add(".debug_frame", frames.bytes());
        int strings = file.sections.size() + 2;
        file.add(".symtab", SYMTAB, symbols.toArray(), strings, SYMBOL_SIZE);
        file.add(".strtab", STRTAB, names.toArray(), 0, 0);
        return file.bytes();
    }

    /**
     * Describes the frames of all functions, and gives the addresses of the kernel's continuations:
     * what returns to one of these returns to its start.
     */
    private Set<Long> frames(Inspection inspection, DwarfFrames frames) {
        Set<Long> continuations = new HashSet<>();
        boolean kernel = true;
        for (dev.dirql.kernel.images.LoadedImage image : inspection.run().kernel().images().all()) {
            Set<Long> framed = new HashSet<>();
            int before = kernel ? 1 : 0;
            for (int i = 0; i + FUNCTION <= image.image().exceptionTableSize(); i += FUNCTION) {
                long entry = image.base() + image.image().exceptionTable() + i;
                long begin = number(inspection, entry);
                framed.add(begin);
                frames.function(
                        image.base(),
                        begin,
                        number(inspection, entry + 4),
                        number(inspection, entry + 8),
                        before);
                if (kernel) {
                    continuations.add(image.base() + begin);
                }
            }
            for (var symbol : image.image().debug().symbols()) {
                if (symbol.function()
                        && symbol.size() > 0
                        && !framed.contains((long) symbol.rva())) {
                    frames.leaf(image.base() + symbol.rva(), symbol.size() - (long) before);
                }
            }
            kernel = false;
        }
        return continuations;
    }

    private static long number(Inspection inspection, long address) {
        return inspection.number(0, address, 4).orElse(0);
    }

    private void add(String name, byte[] content) {
        add(name, PROGBITS, content, 0, 0);
    }

    private void add(String name, int type, byte[] content, int link, int entrySize) {
        sections.add(new Section(name, type, 0, 0, content.length, content, link, entrySize));
    }

    private byte[] bytes() {
        Bytes names = new Bytes().one(0);
        List<Integer> nameAt = new ArrayList<>();
        for (Section section : sections) {
            nameAt.add(names.size());
            names.text(section.name());
        }
        nameAt.add(names.size());
        names.text(".shstrtab");
        add(".shstrtab", STRTAB, names.toArray(), 0, 0);
        Bytes contents = new Bytes();
        Bytes headers = new Bytes().all(new byte[HEADER]);
        for (int i = 0; i < sections.size(); i++) {
            Section section = sections.get(i);
            contents.align(8);
            headers.number(nameAt.get(i), 4).number(section.type(), 4).number(section.flags(), 8);
            headers.number(section.address(), 8).number(HEADER + contents.size(), 8);
            headers.number(section.size(), 8).number(section.link(), 4);
            // Of symbols: none of them is local but the first.
            headers.number(section.type() == SYMTAB ? 1 : 0, 4);
            headers.number(section.type() == NOBITS ? 16 : 8, 8).number(section.entrySize(), 8);
            contents.all(section.content());
        }
        contents.align(8);
        Bytes file = new Bytes();
        // 64 bits, little-endian, an executable for x86-64 without an entry.
        file.one(0x7F).one('E').one('L').one('F').one(2).one(1).one(1).align(16);
        file.number(2, 2).number(62, 2).number(1, 4).number(0, 8).number(0, 8);
        file.number(HEADER + contents.size(), 8).number(0, 4).number(HEADER, 2);
        file.number(56, 2).number(0, 2).number(64, 2);
        file.number(sections.size() + 1, 2).number(sections.size(), 2);
        return file.all(contents.toArray()).all(headers.toArray()).toArray();
    }
}
