package dev.dirql.scenario.c;

import dev.dirql.scenario.c.CType.Alias;
import dev.dirql.scenario.c.CType.Array;
import dev.dirql.scenario.c.CType.Enumeration;
import dev.dirql.scenario.c.CType.Function;
import dev.dirql.scenario.c.CType.Int;
import dev.dirql.scenario.c.CType.Parameter;
import dev.dirql.scenario.c.CType.Pointer;
import dev.dirql.scenario.c.CType.Qualified;
import dev.dirql.scenario.c.CType.Structure;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Questions about types: sizes, conversions, spelling. */
final class Types {
    private Types() {}

    /** The type without qualifiers and typedef names at its top. */
    static CType bare(CType type) {
        CType at = type;
        while (true) {
            if (at instanceof Qualified qualified) {
                at = qualified.type();
            } else if (at instanceof Alias alias) {
                at = alias.type();
            } else {
                return at;
            }
        }
    }

    static boolean isConst(CType type) {
        return isQualified(type, Qualified::isConst);
    }

    static boolean isVolatile(CType type) {
        return isQualified(type, Qualified::isVolatile);
    }

    /** Whether a type, or what an array consists of, has a qualifier. */
    private static boolean isQualified(CType type, Predicate<Qualified> qualifier) {
        for (CType at = type; ; ) {
            switch (at) {
                case Qualified qualified -> {
                    if (qualifier.test(qualified)) {
                        return true;
                    }
                    at = qualified.type();
                }
                case Alias alias -> at = alias.type();
                case Array array -> at = array.element();
                default -> {
                    return false;
                }
            }
        }
    }

    static CType qualify(CType type, boolean isConst, boolean isVolatile) {
        if (!isConst && !isVolatile) {
            return type;
        }
        if (type instanceof Qualified old) {
            return new Qualified(
                    old.type(), old.isConst() || isConst, old.isVolatile() || isVolatile);
        }
        return new Qualified(type, isConst, isVolatile);
    }

    /** Removes qualifiers at the top but keeps the name. */
    static CType unqualified(CType type) {
        return switch (type) {
            case Qualified qualified -> unqualified(qualified.type());
            case Alias alias when isConst(alias.type()) || isVolatile(alias.type()) ->
                    unqualified(alias.type());
            default -> type;
        };
    }

    static boolean isVoid(CType type) {
        return bare(type) instanceof CType.VoidType;
    }

    static boolean isInteger(CType type) {
        CType bare = bare(type);
        return bare instanceof Int || bare instanceof Enumeration;
    }

    static boolean isPointer(CType type) {
        return bare(type) instanceof Pointer;
    }

    static boolean isScalar(CType type) {
        return isInteger(type) || isPointer(type);
    }

    static boolean isStructure(CType type) {
        return bare(type) instanceof Structure;
    }

    static boolean isFunction(CType type) {
        return bare(type) instanceof Function;
    }

    static boolean isArray(CType type) {
        return bare(type) instanceof Array;
    }

    static boolean isBool(CType type) {
        return bare(type) instanceof Int number && number.kind() == Int.Kind.BOOL;
    }

    /** The type a pointer points to, or of an array's elements; void for anything else. */
    static CType target(CType type) {
        return switch (bare(type)) {
            case Pointer pointer -> pointer.target();
            case Array array -> array.element();
            default -> CType.VOID;
        };
    }

    /** The integer type as which values of a type are computed with. */
    static Int integer(CType type) {
        return switch (bare(type)) {
            case Int number -> number;
            case Enumeration _ -> CType.INT;
            case Pointer _ -> CType.ULONGLONG;
            default -> CType.INT;
        };
    }

    static boolean isSigned(CType type) {
        return integer(type).kind().signed;
    }

    /** Whether the size is known. */
    static boolean isComplete(CType type) {
        return switch (bare(type)) {
            case CType.VoidType _ -> false;
            case Array array -> array.count() >= 0 && isComplete(array.element());
            case Structure structure -> structure.complete;
            case Function _ -> false;
            default -> true;
        };
    }

    /** Size in bytes; 0 where {@link #isComplete} is false. */
    static long size(CType type) {
        return switch (bare(type)) {
            case CType.VoidType _ -> 0;
            case Int number -> number.kind().size;
            case Enumeration _ -> 4;
            case Pointer _ -> 8;
            case Array array -> Math.max(0, array.count()) * size(array.element());
            case Function _ -> 0;
            case Structure structure -> structure.size;
            case Qualified _, Alias _ -> throw new IllegalStateException();
        };
    }

    static int alignment(CType type) {
        return switch (bare(type)) {
            case Array array -> alignment(array.element());
            case Structure structure -> structure.alignment;
            case CType.VoidType _, Function _ -> 1;
            default -> (int) size(type);
        };
    }

    static CType promote(CType type) {
        Int number = integer(type);
        return number.kind().rank < CType.INT.kind().rank
                ? CType.INT
                : isInteger(type) ? number : type;
    }

    /** The usual arithmetic conversions (ISO C11, 6.3.1.8). */
    static CType common(CType left, CType right) {
        Int a = integer(promote(left));
        Int b = integer(promote(right));
        if (a.equals(b)) {
            return a;
        }
        if (a.kind().signed == b.kind().signed) {
            return a.kind().rank > b.kind().rank ? a : b;
        }
        Int unsigned = a.kind().signed ? b : a;
        Int signed = a.kind().signed ? a : b;
        if (unsigned.kind().rank >= signed.kind().rank) {
            return unsigned;
        }
        if (signed.kind().size > unsigned.kind().size) {
            return signed;
        }
        return signed.kind() == Int.Kind.LONG ? CType.ULONG : CType.ULONGLONG;
    }

    /** The value of a constant after conversion to a type, sign- or zero-extended to 64 bits. */
    static long convert(CType type, long value) {
        CType bare = bare(type);
        if (isBool(bare)) {
            return value != 0 ? 1 : 0;
        }
        boolean signed = isSigned(bare) && !(bare instanceof Pointer);
        return switch ((int) size(bare)) {
            case 1 -> signed ? (byte) value : value & 0xFF;
            case 2 -> signed ? (short) value : value & 0xFFFF;
            case 4 -> signed ? (int) value : value & 0xFFFF_FFFFL;
            default -> value;
        };
    }

    /** Whether two types are the same but for qualifiers at their top. */
    static boolean same(CType left, CType right) {
        CType a = bare(left);
        CType b = bare(right);
        if (a instanceof Pointer p && b instanceof Pointer q) {
            return sameQualified(p.target(), q.target());
        }
        if (a instanceof Array p && b instanceof Array q) {
            return same(p.element(), q.element())
                    && (p.count() == q.count() || p.count() < 0 || q.count() < 0);
        }
        if (a instanceof Function p && b instanceof Function q) {
            return sameFunction(p, q);
        }
        if (a instanceof Enumeration && b instanceof Int number) {
            return number.kind() == Int.Kind.INT;
        }
        if (b instanceof Enumeration && a instanceof Int number) {
            return number.kind() == Int.Kind.INT;
        }
        return a.equals(b);
    }

    private static boolean sameQualified(CType a, CType b) {
        return isConst(a) == isConst(b) && isVolatile(a) == isVolatile(b) && same(a, b);
    }

    private static boolean sameFunction(Function a, Function b) {
        if (!same(a.result(), b.result())) {
            return false;
        }
        if (!a.prototyped() || !b.prototyped()) {
            return true;
        }
        if (a.variadic() != b.variadic() || a.parameters().size() != b.parameters().size()) {
            return false;
        }
        for (int i = 0; i < a.parameters().size(); i++) {
            if (!same(a.parameters().get(i).type(), b.parameters().get(i).type())) {
                return false;
            }
        }
        return true;
    }

    /** Whether values of both types convert into each other silently where they are pointed to. */
    static boolean similar(CType left, CType right) {
        CType a = bare(left);
        CType b = bare(right);
        if (a instanceof Int p && b instanceof Int q) {
            return p.kind().size == q.kind().size
                    && (p.kind().signed == q.kind().signed || p.kind().size == 1);
        }
        if (isInteger(a) && isInteger(b)) {
            return size(a) == size(b);
        }
        if (a instanceof Pointer p && b instanceof Pointer q) {
            return isVoid(p.target()) || isVoid(q.target()) || similar(p.target(), q.target());
        }
        return same(a, b);
    }

    /** Function and array types as parameters and values: pointers. */
    static CType decay(CType type) {
        return switch (bare(type)) {
            case Array array -> new Pointer(array.element());
            case Function _ -> new Pointer(type);
            default -> type;
        };
    }

    /** C spelling of a type. */
    static String spell(CType type) {
        return declare(type, "");
    }

    private static String declare(CType type, String inner) {
        String space = inner.isEmpty() || inner.startsWith("[") ? "" : " ";
        return switch (type) {
            case CType.VoidType _ -> "void" + space + inner;
            case Int number -> number.kind().spelling + space + inner;
            case Enumeration enumeration ->
                    "enum "
                            + (enumeration.tag().isEmpty() ? "<unnamed>" : enumeration.tag())
                            + space
                            + inner;
            case Structure structure -> {
                String word = structure.union ? "union " : "struct ";
                String name =
                        !structure.tag.isEmpty()
                                ? word + structure.tag
                                : structure.typedefName.isEmpty()
                                        ? word + "<unnamed>"
                                        : structure.typedefName;
                yield name + space + inner;
            }
            case Alias alias -> alias.name() + space + inner;
            case Qualified qualified -> {
                String words =
                        (qualified.isConst() ? "const " : "")
                                + (qualified.isVolatile() ? "volatile " : "");
                yield qualified.type() instanceof Pointer
                        ? declare(qualified.type(), words.stripTrailing() + space + inner)
                        : words + declare(qualified.type(), inner);
            }
            case Pointer pointer -> {
                boolean nested =
                        pointer.target() instanceof Function || pointer.target() instanceof Array;
                yield declare(pointer.target(), nested ? "(*" + inner + ")" : "*" + inner);
            }
            case Array array ->
                    declare(
                            array.element(),
                            inner + "[" + (array.count() < 0 ? "" : array.count()) + "]");
            case Function function -> {
                List<String> parameters = new ArrayList<>();
                for (Parameter parameter : function.parameters()) {
                    parameters.add(spell(parameter.type()));
                }
                if (function.variadic()) {
                    parameters.add("...");
                }
                yield declare(
                        function.result(),
                        inner
                                + "("
                                + (parameters.isEmpty() ? "void" : String.join(", ", parameters))
                                + ")");
            }
        };
    }
}
