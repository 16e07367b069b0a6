package dev.dirql.console.commands;

import dev.dirql.simulation.view.Texts;
import java.util.Locale;

/** An address or another number of 64 bits, shown as WinDbg does it. */
public record Address(long value) {
    /** {@code fffff801`00001000}. */
    public static String text(long value) {
        return String.format(Locale.ROOT, "%08x`%08x", value >>> 32, value & 0xFFFF_FFFFL);
    }

    /** As JSON has it: {@code 0xfffff80100001000}. */
    String json() {
        return Texts.address(value);
    }

    @Override
    public String toString() {
        return text(value);
    }
}
