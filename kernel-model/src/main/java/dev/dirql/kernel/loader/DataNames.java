package dev.dirql.kernel.loader;

import dev.dirql.kernel.images.LoadedImage;
import dev.dirql.kernel.images.LoadedImages;
import dev.dirql.kernel.memory.Pool;
import dev.dirql.kernel.memory.PoolBlock;
import dev.dirql.kernel.memory.PoolKind;
import dev.dirql.machine.image.DebugInformation;
import dev.dirql.machine.image.DebugInformation.Field;
import dev.dirql.machine.image.DebugInformation.StructureType;
import dev.dirql.machine.image.DebugInformation.Symbol;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Names data as a driver's author knows it: {@code driver.Variable}, {@code
 * driver.extension.Field}, with members and indices as far as the types are known.
 */
public final class DataNames {
    private final LoadedImages images;
    private final DeviceExtensions extensions;
    private final Pool pool;
    private final LongPredicate isStack;

    /**
     * @param isStack whether an address lies in a kernel stack
     */
    public DataNames(
            LoadedImages images, DeviceExtensions extensions, Pool pool, LongPredicate isStack) {
        this.images = images;
        this.extensions = extensions;
        this.pool = pool;
        this.isStack = isStack;
    }

    /** The variable or field that begins at or holds an address; empty if nothing is known. */
    public String variable(long address) {
        DeviceExtensions.Extension extension = extensions.find(address);
        if (extension != null) {
            LoadedImage image = images.find(extension.image());
            return image == null ? "" : inExtension(image, extension, address);
        }
        LoadedImage image = images.find(address);
        Symbol symbol = image == null ? null : image.symbolAt(address);
        if (image == null || symbol == null || symbol.function()) {
            return "";
        }
        return image.image().name()
                + "."
                + symbol.name()
                + member(
                        image.image().debug(),
                        symbol.type(),
                        address - image.base() - symbol.rva());
    }

    private static String inExtension(
            LoadedImage image, DeviceExtensions.Extension extension, long address) {
        DebugInformation debug = image.image().debug();
        String which = extension.number() == 0 ? "" : "[" + extension.number() + "]";
        return image.image().name()
                + ".extension"
                + which
                + member(debug, debug.extensionType(), address - extension.start());
    }

    /** As {@link #variable}, and for everything else where it lies, or its number. */
    public String name(long address) {
        String variable = variable(address);
        if (!variable.isEmpty()) {
            return variable;
        }
        PoolBlock block = pool.find(address);
        if (block != null && !block.isFree() && address >= block.data()) {
            return "pool '%s'+0x%x".formatted(tag(block.tag()), address - block.data());
        }
        return images.find(address) == null
                ? "0x" + Long.toHexString(address)
                : images.name(address);
    }

    /** Where an address lies, in words. */
    public String storage(long address) {
        if (extensions.find(address) != null) {
            return "device extension";
        }
        PoolKind kind = pool.kindOf(address);
        PoolBlock block = pool.find(address);
        if (kind != null && block != null) {
            return block.isFree()
                    ? "freed %s pool".formatted(kind.text())
                    : "%s pool '%s'".formatted(kind.text(), tag(block.tag()));
        }
        LoadedImage image = images.find(address);
        if (image != null) {
            return "data of " + image.image().name();
        }
        return isStack.test(address) ? "kernel stack" : address >= 0 ? "user memory" : "kernel";
    }

    /** A pool tag in the order in which drivers spell it, unprintable bytes as dots. */
    public static String tag(int tag) {
        StringBuilder text = new StringBuilder();
        for (int shift = 0; shift < 32; shift += 8) {
            char letter = (char) (tag >>> shift & 0xFF);
            text.append(letter >= ' ' && letter < 0x7F ? letter : '.');
        }
        return text.toString();
    }

    /** The member of a type at an offset, as {@code .Field[2].Inner+0x4}. */
    private static String member(DebugInformation debug, String type, long offset) {
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
