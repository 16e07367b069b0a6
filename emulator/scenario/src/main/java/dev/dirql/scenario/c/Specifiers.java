package dev.dirql.scenario.c;

/** What the specifiers of a declaration say. */
final class Specifiers {
    CType type = CType.INT;

    /** Storage class as written, empty if none. */
    String storage = "";

    boolean inline;
    int alignment = 1;

    /** Module that exports it, empty if it is none of an import. */
    String importedFrom = "";

    /** Section chosen by a declspec, empty for the usual one. */
    String section = "";
}
