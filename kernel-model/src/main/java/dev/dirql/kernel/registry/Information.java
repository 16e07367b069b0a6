package dev.dirql.kernel.registry;

import dev.dirql.kernel.NtStatus;
import dev.dirql.machine.Processor;
import java.util.List;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What a query writes into a driver's buffer. Source: WDK, KEY_BASIC_INFORMATION and the other
 * structures.
 *
 * @param bytes all of it, a character each
 * @param fixed how many of them must fit
 */
record Information(String bytes, int fixed) {
    private static final int BASIC = 0;
    private static final int NODE = 1;
    private static final int FULL = 2;
    private static final int NAME = 3;
    private static final int CACHED = 4;

    private static final int VALUE_BASIC = 0;
    private static final int VALUE_FULL = 1;
    private static final int VALUE_PARTIAL = 2;
    private static final int VALUE_FULL_ALIGNED = 3;
    private static final int VALUE_PARTIAL_ALIGNED = 4;

    /** A KEY_..._INFORMATION, or null for a class that a key does not have. */
    static @Nullable Information ofKey(
            int informationClass, RegistryKey key, List<RegistryKey> subkeys) {
        return switch (informationClass) {
            case BASIC -> basic(key);
            case NODE -> node(key);
            case FULL -> full(key, subkeys);
            case NAME -> {
                String path = wide(key.path());
                yield new Structure().add32(path.length()).withVariable(path);
            }
            case CACHED -> cached(key, subkeys);
            default -> null;
        };
    }

    private static Information basic(RegistryKey key) {
        String name = wide(key.name());
        return new Structure()
                .add64(key.lastWrite())
                .add32(key.titleIndex())
                .add32(name.length())
                .withVariable(name);
    }

    private static Information node(RegistryKey key) {
        Structure out = new Structure();
        String name = wide(key.name());
        String className = wide(key.className());
        int classOffset = className.isEmpty() ? -1 : align(24 + name.length(), 4);
        out.add64(key.lastWrite()).add32(key.titleIndex()).add32(classOffset);
        out.add32(className.length()).add32(name.length());
        int fixed = out.length();
        out.add(name);
        if (!className.isEmpty()) {
            out.fill(classOffset).add(className);
        }
        return new Information(out.text(), fixed);
    }

    private static Information full(RegistryKey key, List<RegistryKey> subkeys) {
        Structure out = new Structure();
        String className = wide(key.className());
        out.add64(key.lastWrite()).add32(key.titleIndex());
        out.add32(className.isEmpty() ? -1 : 44).add32(className.length());
        out.add32(subkeys.size()).add32(longest(subkeys, k -> 2 * k.name().length()));
        out.add32(longest(subkeys, k -> 2 * k.className().length()));
        addValues(out, key);
        return out.withVariable(className);
    }

    private static Information cached(RegistryKey key, List<RegistryKey> subkeys) {
        Structure out = new Structure();
        out.add64(key.lastWrite()).add32(key.titleIndex()).add32(subkeys.size());
        out.add32(longest(subkeys, k -> 2 * k.name().length()));
        addValues(out, key);
        out.add32(2 * key.name().length()).fill(40);
        return new Information(out.text(), out.length());
    }

    /** As {@link #ofKey} for the classes of ZwEnumerateKey. */
    static @Nullable Information ofSubkey(
            int informationClass, RegistryKey key, List<RegistryKey> subkeys) {
        return informationClass > FULL ? null : ofKey(informationClass, key, subkeys);
    }

    private static void addValues(Structure out, RegistryKey key) {
        out.add32(key.values().size());
        out.add32(longest(key.values(), value -> 2 * value.name().length()));
        out.add32(longest(key.values(), RegistryValue::length));
    }

    /** A KEY_VALUE_..._INFORMATION, or null for a class that does not exist. */
    static @Nullable Information ofValue(int informationClass, RegistryValue value) {
        return switch (informationClass) {
            case VALUE_BASIC -> {
                String name = wide(value.name());
                yield new Structure()
                        .add32(0)
                        .add32(value.type())
                        .add32(name.length())
                        .withVariable(name);
            }
            case VALUE_FULL -> full(value, 4);
            case VALUE_FULL_ALIGNED -> full(value, 8);
            case VALUE_PARTIAL ->
                    new Structure()
                            .add32(0)
                            .add32(value.type())
                            .add32(value.length())
                            .withVariable(value.data());
            case VALUE_PARTIAL_ALIGNED ->
                    new Structure()
                            .add32(value.type())
                            .add32(value.length())
                            .withVariable(value.data());
            default -> null;
        };
    }

    private static Information full(RegistryValue value, int alignment) {
        Structure out = new Structure();
        String name = wide(value.name());
        int data = align(20 + name.length(), alignment);
        out.add32(0).add32(value.type()).add32(data).add32(value.length()).add32(name.length());
        int fixed = out.length();
        out.add(name).fill(data).add(value.data());
        return new Information(out.text(), fixed);
    }

    private static <T> int longest(List<T> all, ToIntFunction<T> length) {
        return all.stream().mapToInt(length).max().orElse(0);
    }

    private static int align(int offset, int alignment) {
        return (offset + alignment - 1) & -alignment;
    }

    private static String wide(String text) {
        StringBuilder bytes = new StringBuilder(2 * text.length());
        for (int i = 0; i < text.length(); i++) {
            bytes.append((char) (text.charAt(i) & 0xFF)).append((char) (text.charAt(i) >>> 8));
        }
        return bytes.toString();
    }

    /** Writes as much as fits, and how much there is, and says which status that is. */
    int store(Processor processor, long buffer, int length, long resultLength) {
        processor.memory().probe(resultLength, Integer.BYTES, true);
        boolean any = Integer.compareUnsigned(length, fixed) >= 0;
        int fits = Integer.compareUnsigned(length, bytes.length()) < 0 ? length : bytes.length();
        if (any) {
            processor.memory().probe(buffer, fits, true);
            new RegistryValue("", 0, bytes.substring(0, fits)).store(processor.memory(), buffer);
        }
        processor.memory().store32(resultLength, bytes.length());
        if (!any) {
            return NtStatus.BUFFER_TOO_SMALL;
        }
        return fits < bytes.length() ? NtStatus.BUFFER_OVERFLOW : NtStatus.SUCCESS;
    }

    /** A structure that grows. */
    private static final class Structure {
        private final StringBuilder bytes = new StringBuilder();

        int length() {
            return bytes.length();
        }

        String text() {
            return bytes.toString();
        }

        Structure add(String more) {
            bytes.append(more);
            return this;
        }

        Structure add32(int value) {
            for (int i = 0; i < Integer.BYTES; i++) {
                bytes.append((char) ((value >>> (8 * i)) & 0xFF));
            }
            return this;
        }

        Structure add64(long value) {
            return add32((int) value).add32((int) (value >>> 32));
        }

        Structure fill(int length) {
            while (bytes.length() < length) {
                bytes.append('\0');
            }
            return this;
        }

        /** All so far must fit, and what follows should. */
        Information withVariable(String more) {
            int fixed = bytes.length();
            return new Information(add(more).text(), fixed);
        }
    }
}
