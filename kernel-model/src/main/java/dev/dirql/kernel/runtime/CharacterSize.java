package dev.dirql.kernel.runtime;

import dev.dirql.machine.GuestMemory;
import dev.dirql.machine.ProcessorMemory;

/** The characters of C strings: bytes, or UTF-16 units. */
enum CharacterSize {
    NARROW(1),
    WIDE(2);

    private final int bytes;

    CharacterSize(int bytes) {
        this.bytes = bytes;
    }

    int bytes() {
        return bytes;
    }

    /** The character at an index of a string, without a sign. */
    int load(GuestMemory memory, long string, long index) {
        return (int)
                (this == NARROW ? memory.load8(string + index) : memory.load16(string + 2 * index));
    }

    /** Characters before the zero, at most {@code maximum}, which is unsigned. */
    long length(GuestMemory memory, long string, long maximum) {
        long length = 0;
        while (length != maximum && load(memory, string, length) != 0) {
            length++;
        }
        return length;
    }

    /** That many characters. */
    char[] text(GuestMemory memory, long string, long count) {
        char[] text = new char[Math.toIntExact(count)];
        for (int i = 0; i < text.length; i++) {
            text[i] = (char) load(memory, string, i);
        }
        return text;
    }

    /** The characters before the zero. */
    char[] text(GuestMemory memory, long string) {
        return text(memory, string, length(memory, string, -1));
    }

    /** Checks that characters can be stored. */
    void probe(ProcessorMemory memory, long string, long count) {
        memory.probe(string, count * bytes, true);
    }

    void store(ProcessorMemory memory, long string, long index, int character) {
        if (this == NARROW) {
            memory.store8(string + index, character);
        } else {
            memory.store16(string + 2 * index, character);
        }
    }

    /** Stores characters, all or none. */
    void store(ProcessorMemory memory, long string, char[] text) {
        probe(memory, string, text.length);
        for (int i = 0; i < text.length; i++) {
            store(memory, string, i, text[i]);
        }
    }

    /** Stores characters and a zero, all or none. */
    void storeTerminated(ProcessorMemory memory, long string, char[] text) {
        probe(memory, string, text.length + 1L);
        store(memory, string, text);
        store(memory, string, text.length, 0);
    }

    /** The bytes of characters. */
    byte[] encoded(char[] text) {
        byte[] encoded = new byte[text.length * bytes];
        for (int i = 0; i < text.length; i++) {
            encoded[i * bytes] = (byte) text[i];
            if (this == WIDE) {
                encoded[2 * i + 1] = (byte) (text[i] >>> 8);
            }
        }
        return encoded;
    }
}
