package dev.dirql.machine.image;

import java.util.List;

/**
 * A driver image: what a PE file says, decoded. Addresses in it are relative to the image base
 * (RVAs).
 *
 * @param name module name without extension, as symbols are prefixed with it
 * @param preferredBase base address for which {@code relocations} need no change
 * @param size bytes of address space the mapped image takes, a multiple of the page size
 * @param entryPoint RVA of DriverEntry
 * @param sections the sections, ascending by RVA, not overlapping, page aligned
 * @param relocations RVAs of 64-bit values that hold an address inside the image (DIR64)
 * @param imports slots that the loader fills with the address of an export
 * @param exceptionTable RVA of the RUNTIME_FUNCTION array (.pdata), 0 if there is none
 * @param exceptionTableSize its size in bytes
 * @param debug symbols, lines and types, empty where unknown
 */
public record Image(
        String name,
        long preferredBase,
        int size,
        int entryPoint,
        List<Section> sections,
        List<Integer> relocations,
        List<Import> imports,
        int exceptionTable,
        int exceptionTableSize,
        DebugInformation debug) {
    public Image {
        sections = List.copyOf(sections);
        relocations = List.copyOf(relocations);
        imports = List.copyOf(imports);
    }

    /**
     * @param name section name; one that begins with {@code PAGE} is pageable
     * @param rva start, page aligned
     * @param virtualSize bytes of address space; bytes beyond {@code content} are zero
     * @param content initial bytes; owned by the image, not to be changed
     */
    public record Section(
            String name,
            int rva,
            int virtualSize,
            byte[] content,
            boolean writable,
            boolean executable,
            boolean pageable) {}

    /**
     * @param module exporting module as the import directory names it, such as {@code ntoskrnl.exe}
     * @param name exported name
     * @param slot RVA of the 8-byte slot that receives the address
     */
    public record Import(String module, String name, int slot) {}
}
