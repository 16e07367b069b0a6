package dev.dirql.simulation;

/** Is told what code of drivers uses of the kernel. */
@FunctionalInterface
public interface ExportUse {
    /** A driver called an exported routine, or read an exported variable. */
    void used(String export);
}
