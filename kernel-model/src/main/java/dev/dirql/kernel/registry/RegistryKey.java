package dev.dirql.kernel.registry;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A key as it is at a moment; a change makes another one with the same number.
 *
 * @param number tells it from another key that had its path before
 * @param path with names as they were written when they were made
 * @param isVolatile whether it would be gone after a restart
 * @param lastWrite when it was changed last, in units of 100 ns since 1601
 * @param values in the order in which they were made
 */
record RegistryKey(
        long number,
        String path,
        String className,
        int titleIndex,
        boolean isVolatile,
        long lastWrite,
        List<RegistryValue> values) {
    RegistryKey {
        values = List.copyOf(values);
    }

    /** The last part of its path. */
    String name() {
        return path.substring(path.lastIndexOf('\\') + 1);
    }

    @Nullable RegistryValue value(String name) {
        for (RegistryValue value : values) {
            if (value.name().equalsIgnoreCase(name)) {
                return value;
            }
        }
        return null;
    }

    /** With a value that takes the place of the one with its name, if there is one. */
    RegistryKey with(RegistryValue value, long time) {
        List<RegistryValue> all = new ArrayList<>(values);
        RegistryValue old = value(value.name());
        if (old == null) {
            all.add(value);
        } else {
            all.set(all.indexOf(old), new RegistryValue(old.name(), value.type(), value.data()));
        }
        return with(all, time);
    }

    RegistryKey without(RegistryValue value, long time) {
        List<RegistryValue> all = new ArrayList<>(values);
        all.remove(value);
        return with(all, time);
    }

    private RegistryKey with(List<RegistryValue> all, long time) {
        return new RegistryKey(number, path, className, titleIndex, isVolatile, time, all);
    }
}
