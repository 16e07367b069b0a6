package dev.dirql.scenario.c;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A type of C with the sizes of 64-bit Windows: {@code long} has four bytes, a pointer eight. */
sealed interface CType {
    CType VOID = new VoidType();
    Int INT = new Int(Int.Kind.INT);
    Int UINT = new Int(Int.Kind.UINT);
    Int CHAR = new Int(Int.Kind.CHAR);
    Int UCHAR = new Int(Int.Kind.UCHAR);
    Int SHORT = new Int(Int.Kind.SHORT);
    Int USHORT = new Int(Int.Kind.USHORT);
    Int LONG = new Int(Int.Kind.LONG);
    Int ULONG = new Int(Int.Kind.ULONG);
    Int LONGLONG = new Int(Int.Kind.LONGLONG);
    Int ULONGLONG = new Int(Int.Kind.ULONGLONG);

    /** {@code void}. */
    record VoidType() implements CType {}

    /** An integer type. */
    record Int(Kind kind) implements CType {
        enum Kind {
            BOOL("_Bool", 1, false, 0),
            CHAR("char", 1, true, 1),
            SCHAR("signed char", 1, true, 1),
            UCHAR("unsigned char", 1, false, 1),
            SHORT("short", 2, true, 2),
            USHORT("unsigned short", 2, false, 2),
            INT("int", 4, true, 3),
            UINT("unsigned int", 4, false, 3),
            LONG("long", 4, true, 4),
            ULONG("unsigned long", 4, false, 4),
            LONGLONG("__int64", 8, true, 5),
            ULONGLONG("unsigned __int64", 8, false, 5);

            final String spelling;
            final int size;
            final boolean signed;
            final int rank;

            Kind(String spelling, int size, boolean signed, int rank) {
                this.spelling = spelling;
                this.size = size;
                this.signed = signed;
                this.rank = rank;
            }
        }
    }

    /** An enumeration; its values are of type {@code int}. */
    record Enumeration(String tag) implements CType {}

    /** A pointer. */
    record Pointer(CType target) implements CType {}

    /**
     * An array.
     *
     * @param count elements, -1 if not said
     */
    record Array(CType element, long count) implements CType {}

    /**
     * A function.
     *
     * @param prototyped false for an empty parameter list, which says nothing about arguments
     */
    record Function(CType result, List<Parameter> parameters, boolean variadic, boolean prototyped)
            implements CType {}

    /** A parameter of a function type; the name may be empty. */
    record Parameter(String name, CType type) {}

    /** A type with qualifiers. */
    record Qualified(CType type, boolean isConst, boolean isVolatile) implements CType {}

    /** A type by the name that a typedef gave it. */
    record Alias(String name, CType type) implements CType {}

    /** A structure or union. Each definition is a type of its own. */
    final class Structure implements CType {
        final String tag;
        final boolean union;
        final List<Member> members = new ArrayList<>();
        long size;
        int alignment = 1;
        boolean complete;

        /** The typedef that named an untagged structure. */
        String typedefName = "";

        Structure(String tag, boolean union) {
            this.tag = tag;
            this.union = union;
        }

        String name() {
            return tag.isEmpty() ? typedefName : tag;
        }

        /** A member of that name, looked for in anonymous members too. */
        @Nullable Found find(String name) {
            for (Member member : members) {
                if (member.name.equals(name)) {
                    return new Found(member, member.offset);
                }
                if (member.name.isEmpty() && Types.bare(member.type) instanceof Structure inner) {
                    Found found = inner.find(name);
                    if (found != null) {
                        return new Found(found.member, member.offset + found.offset);
                    }
                }
            }
            return null;
        }

        /** All names that {@link #find} knows. */
        List<String> names() {
            List<String> names = new ArrayList<>();
            for (Member member : members) {
                if (!member.name.isEmpty()) {
                    names.add(member.name);
                } else if (Types.bare(member.type) instanceof Structure inner) {
                    names.addAll(inner.names());
                }
            }
            return names;
        }
    }

    /**
     * A member.
     *
     * @param name empty for an anonymous structure or union
     * @param offset of its storage unit, in bytes
     * @param shift first bit of a bit-field
     * @param width bits of a bit-field, 0 for an ordinary member
     */
    record Member(String name, CType type, long offset, int shift, int width) {}

    /** A member and its offset in the structure it was looked for in. */
    record Found(Member member, long offset) {}
}
