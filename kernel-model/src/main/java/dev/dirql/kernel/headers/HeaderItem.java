package dev.dirql.kernel.headers;

import java.util.List;

/** One thing that a header says, in the order of its text. */
public sealed interface HeaderItem {
    /** Its text, without the comments around it. */
    String text();

    /** The header says that the DDK headers of mingw-w64 do not have it. */
    boolean absent();

    /** A macro, object-like or function-like. */
    record Macro(String name, String text, boolean absent) implements HeaderItem {
        /** Whether it has parameters. */
        public boolean isCalled() {
            return text.matches("(?s)#\\s*define\\s+\\w+\\(.*");
        }
    }

    /** A directive that is no {@code #define}. */
    record Directive(String text, boolean absent) implements HeaderItem {
        /** Whether it decides which lines count: {@code #if}, {@code #else}, … */
        public boolean isConditional() {
            return text.matches("(?s)#\\s*(if|el|endif).*");
        }
    }

    /** A routine of the kernel or, with a body, a function that is inline. */
    record Function(String name, String text, boolean inline, boolean absent)
            implements HeaderItem {}

    /** A variable of the kernel. */
    record Variable(String name, String text, boolean absent) implements HeaderItem {}

    /**
     * A type: a typedef, or a structure by its tag.
     *
     * @param names the names that a typedef gives it, pointers to it among them
     * @param enumerators its constants, if it is an enumeration
     */
    record Type(List<String> names, String text, List<Enumerator> enumerators, boolean absent)
            implements HeaderItem {
        public Type {
            names = List.copyOf(names);
            enumerators = List.copyOf(enumerators);
        }
    }

    /**
     * A constant of an enumeration.
     *
     * @param value an expression
     * @param absent it is absent from mingw-w64 though perhaps the enumeration is not
     */
    record Enumerator(String name, String value, boolean absent) {}
}
