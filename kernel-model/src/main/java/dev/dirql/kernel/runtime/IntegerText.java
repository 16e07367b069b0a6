package dev.dirql.kernel.runtime;

import dev.dirql.kernel.NtStatus;
import dev.dirql.machine.Processor;
import java.util.Locale;

/**
 * Integers as text, in the bases that the kernel's run-time library knows: 2, 8, 10 and 16. Source:
 * WDK, RtlUnicodeStringToInteger and RtlIntegerToUnicodeString.
 */
final class IntegerText {
    private IntegerText() {}

    /** Whether it is a base, or 0 for that which is usual. */
    static boolean isBase(int base) {
        return base == 0 || base == 2 || base == 8 || base == 10 || base == 16;
    }

    static char[] of(long value, int base) {
        return Long.toUnsignedString(value, base == 0 ? 10 : base)
                .toUpperCase(Locale.ROOT)
                .toCharArray();
    }

    /** Stores the number that a text begins with, after white space and a sign; 0 if none. */
    static int read(Processor processor, char[] text, int base, long result) {
        if (!isBase(base) || text.length == 0) {
            return NtStatus.INVALID_PARAMETER;
        }
        int at = 0;
        while (at < text.length && text[at] <= ' ') {
            at++;
        }
        boolean negative = at < text.length && text[at] == '-';
        if (at < text.length && (text[at] == '-' || text[at] == '+')) {
            at++;
        }
        int radix = base == 0 ? 10 : base;
        if (base == 0 && at + 1 < text.length && text[at] == '0') {
            int prefixed =
                    switch (text[at + 1]) {
                        case 'x' -> 16;
                        case 'o' -> 8;
                        case 'b' -> 2;
                        default -> 0;
                    };
            if (prefixed != 0) {
                radix = prefixed;
                at += 2;
            }
        }
        int value = 0;
        for (; at < text.length && text[at] < 0x80; at++) {
            int digit = Character.digit(text[at], radix);
            if (digit < 0) {
                break;
            }
            value = value * radix + digit;
        }
        processor.memory().store32(result, negative ? -value : value);
        return NtStatus.SUCCESS;
    }
}
