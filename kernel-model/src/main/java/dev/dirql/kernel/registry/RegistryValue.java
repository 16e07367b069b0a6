package dev.dirql.kernel.registry;

import dev.dirql.machine.GuestMemory;
import java.nio.charset.StandardCharsets;

/**
 * A value of a key.
 *
 * @param type REG_SZ and so on
 * @param data its bytes, a character each, so that it cannot change
 */
public record RegistryValue(String name, int type, String data) {
    public static final int NONE = 0;
    public static final int SZ = 1;
    public static final int EXPAND_SZ = 2;
    public static final int BINARY = 3;
    public static final int DWORD = 4;
    public static final int MULTI_SZ = 7;
    public static final int QWORD = 11;

    /** A REG_DWORD. */
    public static RegistryValue dword(String name, long number) {
        return new RegistryValue(name, DWORD, little(number, Integer.BYTES));
    }

    /** A REG_QWORD. */
    public static RegistryValue qword(String name, long number) {
        return new RegistryValue(name, QWORD, little(number, Long.BYTES));
    }

    /** A string with its terminating zero, of a type that is one. */
    public static RegistryValue text(String name, int type, String text) {
        return new RegistryValue(name, type, wide(text + "\0"));
    }

    /** A REG_MULTI_SZ. */
    public static RegistryValue texts(String name, Iterable<String> texts) {
        StringBuilder all = new StringBuilder();
        texts.forEach(text -> all.append(text).append('\0'));
        return new RegistryValue(name, MULTI_SZ, wide(all.append('\0').toString()));
    }

    /** A REG_BINARY, a number from 0 to 255 for each byte. */
    public static RegistryValue binary(String name, Iterable<Integer> bytes) {
        StringBuilder data = new StringBuilder();
        bytes.forEach(one -> data.append((char) (one & 0xFF)));
        return new RegistryValue(name, BINARY, data.toString());
    }

    /** What lies in memory. */
    static String bytes(GuestMemory memory, long address, int length) {
        return new String(memory.loadBytes(address, length), StandardCharsets.ISO_8859_1);
    }

    private static String little(long number, int size) {
        StringBuilder bytes = new StringBuilder(size);
        for (int i = 0; i < size; i++) {
            bytes.append((char) ((number >>> (8 * i)) & 0xFF));
        }
        return bytes.toString();
    }

    private static String wide(String text) {
        StringBuilder bytes = new StringBuilder(2 * text.length());
        for (int i = 0; i < text.length(); i++) {
            bytes.append(little(text.charAt(i), 2));
        }
        return bytes.toString();
    }

    /** Whether the data are text. */
    boolean isText() {
        return type == SZ || type == EXPAND_SZ || type == MULTI_SZ;
    }

    int length() {
        return data.length();
    }

    void store(GuestMemory memory, long address) {
        for (int i = 0; i < data.length(); i++) {
            memory.store8(address + i, data.charAt(i));
        }
    }
}
