package dev.dirql.store;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What the addresses of a run mean, kept with the trace so that it can be shown without the images.
 *
 * @param images the images that were loaded
 */
public record SymbolTable(List<LoadedImage> images) {
    public static final SymbolTable EMPTY = new SymbolTable(List.of());

    public SymbolTable {
        images = List.copyOf(images);
    }

    /**
     * An image in memory.
     *
     * @param name module name, as symbols are prefixed with it
     * @param base address it was loaded at
     * @param size bytes of address space it takes
     * @param files source files; {@link Line#file} indexes this list
     * @param symbols routines and variables; the table keeps them ascending by RVA
     * @param lines line table; an entry reaches to the next one
     */
    public record LoadedImage(
            String name,
            long base,
            long size,
            List<String> files,
            List<Symbol> symbols,
            List<Line> lines) {
        public LoadedImage {
            files = List.copyOf(files);
            symbols = symbols.stream().sorted(Comparator.comparingInt(Symbol::rva)).toList();
            lines = lines.stream().sorted(Comparator.comparingInt(Line::rva)).toList();
        }

        /** Whether an address lies in the image. */
        public boolean contains(long address) {
            return Long.compareUnsigned(address - base, size) < 0;
        }
    }

    /**
     * A routine or a variable.
     *
     * @param rva address relative to the image's base
     * @param size bytes, 0 if unknown
     * @param routine true for code, false for data
     */
    public record Symbol(String name, int rva, int size, boolean routine) {}

    /**
     * @param file index into the image's files
     * @param line line number from 1
     */
    public record Line(int rva, int file, int line) {}

    /**
     * What an address means.
     *
     * @param image module name
     * @param symbol name of the routine or variable, empty if no symbol covers the address
     * @param offset distance from the symbol, or from the image's base where there is no symbol
     * @param file source file, empty if unknown
     * @param line line in it, 0 if unknown
     */
    public record Location(String image, String symbol, long offset, String file, int line) {
        /** As debuggers write it: {@code driver!Routine+0x12}. */
        public String text() {
            String name = symbol.isEmpty() ? image : image + "!" + symbol;
            return offset == 0 ? name : name + "+0x" + Long.toHexString(offset);
        }
    }

    /** The meaning of an address, if it lies in an image. */
    public Optional<Location> locate(long address) {
        for (LoadedImage image : images) {
            if (image.contains(address)) {
                return Optional.of(locate(image, address - image.base()));
            }
        }
        return Optional.empty();
    }

    private static Location locate(LoadedImage image, long rva) {
        Optional<Symbol> symbol =
                last(image.symbols(), Symbol::rva, rva)
                        .filter(found -> found.size() == 0 || rva - found.rva() < found.size());
        if (symbol.isEmpty()) {
            return new Location(image.name(), "", rva, "", 0);
        }
        Symbol found = symbol.get();
        Optional<Line> line =
                last(image.lines(), Line::rva, rva)
                        .filter(entry -> found.routine() && entry.rva() >= found.rva())
                        .filter(entry -> entry.file() >= 0 && entry.file() < image.files().size());
        return new Location(
                image.name(),
                found.name(),
                rva - found.rva(),
                line.map(entry -> image.files().get(entry.file())).orElse(""),
                line.map(Line::line).orElse(0));
    }

    /** The last entry that starts at or before {@code rva}. */
    private static <T> Optional<T> last(
            List<T> sorted, java.util.function.ToIntFunction<T> start, long rva) {
        int low = 0;
        int high = sorted.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (start.applyAsInt(sorted.get(middle)) <= rva) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low == 0 ? Optional.empty() : Optional.of(sorted.get(low - 1));
    }
}
