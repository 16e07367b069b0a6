package dev.dirql.machine;

/**
 * Guest memory as somebody sees it through virtual addresses. Values are little endian; narrow
 * loads are zero-extended. An access that the page does not allow throws {@link MemoryFault} before
 * anything is changed.
 */
public interface GuestMemory {
    long load8(long address);

    long load16(long address);

    long load32(long address);

    long load64(long address);

    void store8(long address, long value);

    void store16(long address, long value);

    void store32(long address, long value);

    void store64(long address, long value);

    /** Loads {@code size} bytes, 1, 2, 4 or 8. */
    default long load(long address, int size) {
        return switch (size) {
            case 1 -> load8(address);
            case 2 -> load16(address);
            case 4 -> load32(address);
            case 8 -> load64(address);
            default -> throw new IllegalArgumentException("size " + size + ", not 1, 2, 4 or 8");
        };
    }

    /** Stores the low {@code size} bytes of a value, 1, 2, 4 or 8. */
    default void store(long address, int size, long value) {
        switch (size) {
            case 1 -> store8(address, value);
            case 2 -> store16(address, value);
            case 4 -> store32(address, value);
            case 8 -> store64(address, value);
            default -> throw new IllegalArgumentException("size " + size + ", not 1, 2, 4 or 8");
        }
    }

    /**
     * Checks that {@code size} bytes may be read, and written if {@code write}, without touching
     * them.
     */
    void probe(long address, long size, boolean write);

    /**
     * Copies bytes out of guest memory, after checking every page of them.
     *
     * @param size unsigned, for it may come from guest code
     */
    default byte[] loadBytes(long address, int size) {
        probe(address, Integer.toUnsignedLong(size), false);
        byte[] bytes = new byte[size];
        for (int i = 0; i < size; i++) {
            bytes[i] = (byte) load8(address + i);
        }
        return bytes;
    }

    /** Copies bytes into guest memory, after checking every page of them. */
    default void storeBytes(long address, byte[] bytes) {
        probe(address, bytes.length, true);
        for (int i = 0; i < bytes.length; i++) {
            store8(address + i, bytes[i]);
        }
    }
}
