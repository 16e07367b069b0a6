package dev.dirql.scenario.c;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A function or variable that has an address in the image, or in another one. */
final class Symbol {
    /** A 64-bit address within initial contents. */
    record Reference(int offset, Symbol target, long addend) {}

    final String name;

    /** Where it is declared first, or defined. */
    CToken declared;

    final boolean internal;
    CType type;

    /** Module that exports it, empty if it is not imported. */
    String importedFrom = "";

    boolean inline;
    boolean defined;
    String section = "";
    int alignment = 1;

    /** The body of a function, as written. */
    @Nullable FunctionBody body;

    /**
     * The body with the calls of inline functions replaced; set by the linker for what it reaches.
     */
    @Nullable FunctionBody inlined;

    /** Initial contents of a variable, empty for zeroes. */
    byte[] contents = new byte[0];

    final List<Reference> references = new ArrayList<>();

    /** Where it was put in the image; set by the image builder. */
    int rva;

    /** Whether something that is emitted refers to it. */
    boolean used;

    Symbol(String name, CType type, CToken declared, boolean internal) {
        this.name = name;
        this.type = type;
        this.declared = declared;
        this.internal = internal;
    }

    boolean isFunction() {
        return Types.isFunction(type);
    }

    @Override
    public String toString() {
        return name;
    }
}
