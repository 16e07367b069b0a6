package dev.dirql.kernel.images;

import dev.dirql.machine.image.DebugInformation;
import dev.dirql.machine.image.DebugInformation.Field;
import dev.dirql.machine.image.DebugInformation.StructureType;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Names places within variables by their types. */
public final class MemberNames {
    private static final Pattern DIMENSION = Pattern.compile("\\[(\\d+)]");

    private MemberNames() {}

    /**
     * The part of a variable at an offset, as {@code [1].Field}.
     *
     * @param type the variable's type as C spells it, as {@code KSPIN_LOCK[4]}
     * @param size bytes of the whole variable
     */
    public static String ofVariable(DebugInformation debug, String type, long size, long offset) {
        StringBuilder name = new StringBuilder();
        Matcher dimensions = DIMENSION.matcher(type);
        long element = size;
        long rest = offset;
        while (dimensions.find()) {
            long count = Long.parseLong(dimensions.group(1));
            if (count == 0 || element < count) {
                break;
            }
            element /= count;
            name.append('[').append(rest / element).append(']');
            rest %= element;
        }
        return name + of(debug, type, rest);
    }

    /** The member of a type at an offset, as {@code .Field[2].Inner+0x4}. */
    public static String of(DebugInformation debug, String type, long offset) {
        StringBuilder name = new StringBuilder();
        String current = type;
        long rest = offset;
        while (true) {
            StructureType structure = find(debug, current);
            Field field = structure == null ? null : fieldAt(structure, rest);
            if (field == null) {
                break;
            }
            rest -= field.offset();
            if (!field.name().isEmpty()) {
                name.append('.').append(field.name());
            }
            if (field.count() > 1 && field.size() > 0) {
                long size = elementSize(field);
                name.append('[').append(rest / size).append(']');
                rest %= size;
            }
            current = field.type();
        }
        return rest == 0 ? name.toString() : name + "+0x" + Long.toHexString(rest);
    }

    /** The size of a field counts all of its elements. */
    private static long elementSize(Field field) {
        return Math.max(1, field.size() / field.count());
    }

    private static @Nullable Field fieldAt(StructureType structure, long offset) {
        for (Field field : structure.fields()) {
            if (offset >= field.offset() && offset < field.offset() + Math.max(1, field.size())) {
                return field;
            }
        }
        return null;
    }

    private static @Nullable StructureType find(DebugInformation debug, String spelling) {
        String name =
                spelling.replaceFirst("^(const |volatile )*(struct |union )?", "")
                        .replaceFirst("\\[.*$", "")
                        .strip();
        if (name.isEmpty() || name.endsWith("*")) {
            return null;
        }
        for (StructureType type : debug.types()) {
            if (type.name().equals(name) || type.name().equals("_" + name)) {
                return type;
            }
        }
        return null;
    }
}
