package dev.dirql.kernel.pnp;

import dev.dirql.machine.GuestMemory;

/** Strings of UTF-16 units in guest memory. */
final class Wide {
    private Wide() {}

    /** Writes a string and a zero behind it. */
    static void store(GuestMemory memory, long address, String text) {
        for (int i = 0; i < text.length(); i++) {
            memory.store16(address + 2L * i, text.charAt(i));
        }
        memory.store16(address + 2L * text.length(), 0);
    }
}
