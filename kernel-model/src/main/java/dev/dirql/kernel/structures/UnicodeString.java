package dev.dirql.kernel.structures;

import dev.dirql.machine.GuestMemory;

/**
 * A counted string of UTF-16 units; lengths are in bytes. WDK, ntdef.h.
 *
 * <pre>
 * +0x000  Length
 * +0x002  MaximumLength
 * +0x008  Buffer
 * </pre>
 */
@Layout(name = "UNICODE_STRING", size = UnicodeString.BYTES)
public record UnicodeString(GuestMemory memory, long address) {
    /** Bytes of the structure. */
    public static final int BYTES = 0x10;

    @Offset("Length")
    private static final int LENGTH = 0x0;

    @Offset("MaximumLength")
    private static final int MAXIMUM_LENGTH = 0x2;

    @Offset("Buffer")
    private static final int BUFFER = 0x8;

    public int length() {
        return (int) memory.load16(address + LENGTH);
    }

    public void setLength(int value) {
        memory.store16(address + LENGTH, value);
    }

    public int maximumLength() {
        return (int) memory.load16(address + MAXIMUM_LENGTH);
    }

    public void setMaximumLength(int value) {
        memory.store16(address + MAXIMUM_LENGTH, value);
    }

    public long buffer() {
        return memory.load64(address + BUFFER);
    }

    public void setBuffer(long value) {
        memory.store64(address + BUFFER, value);
    }

    /** The characters. */
    public String text() {
        int units = length() / 2;
        long from = buffer();
        StringBuilder text = new StringBuilder(units);
        for (int i = 0; i < units; i++) {
            text.append((char) memory.load16(from + 2L * i));
        }
        return text.toString();
    }
}
