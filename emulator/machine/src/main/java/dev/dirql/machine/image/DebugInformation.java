package dev.dirql.machine.image;

import java.util.List;

/**
 * What the debugger and the reports know about an image.
 *
 * @param files source files, named as the user named them; {@link Line#file} indexes this list
 * @param symbols functions and variables, ascending by RVA
 * @param lines line table, ascending by RVA; an entry reaches to the next one
 * @param types structure and union layouts
 * @param extensionType name of the type the driver uses for its device extension, empty if it
 *     cannot be told
 */
public record DebugInformation(
        List<String> files,
        List<Symbol> symbols,
        List<Line> lines,
        List<StructureType> types,
        String extensionType) {
    public static final DebugInformation NONE =
            new DebugInformation(List.of(), List.of(), List.of(), List.of(), "");

    public DebugInformation {
        files = List.copyOf(files);
        symbols = List.copyOf(symbols);
        lines = List.copyOf(lines);
        types = List.copyOf(types);
    }

    /**
     * @param type C spelling of the type, empty if unknown
     */
    public record Symbol(String name, int rva, int size, boolean function, String type) {}

    /**
     * @param file index into {@link DebugInformation#files}
     * @param line line number from 1
     */
    public record Line(int rva, int file, int line) {}

    /** A structure or union with its fields in order of declaration. */
    public record StructureType(String name, int size, List<Field> fields) {
        public StructureType {
            fields = List.copyOf(fields);
        }
    }

    /**
     * @param offset bytes from the start of the structure
     * @param size bytes
     * @param bitOffset first bit of a bit-field within its storage unit, else 0
     * @param bitWidth width of a bit-field in bits, else 0
     * @param count elements of an array, 1 for anything else
     * @param type C spelling of the (element) type
     */
    public record Field(
            String name,
            int offset,
            int size,
            int bitOffset,
            int bitWidth,
            int count,
            String type) {}
}
