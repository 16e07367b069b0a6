package dev.dirql.kernel.runtime;

/**
 * Upper and lower case of UTF-16 units as the kernel's string routines know it: without regard to a
 * language, one unit for one unit, and only where the way back leads to the same unit. Small final
 * sigma is the one exception.
 */
final class LetterCase {
    private static final char FINAL_SIGMA = '\u03C2';
    private static final char SIGMA = '\u03A3';

    private LetterCase() {}

    static char upper(char unit) {
        if (unit == FINAL_SIGMA) {
            return SIGMA;
        }
        char upper = Character.toUpperCase(unit);
        return Character.toLowerCase(upper) == unit ? upper : unit;
    }

    static char lower(char unit) {
        char lower = Character.toLowerCase(unit);
        return Character.toUpperCase(lower) == unit ? lower : unit;
    }

    /** An ANSI character's, if the code page has it. */
    static int upperAnsi(int value) {
        int upper = CodePage.find(upper(CodePage.toUnicode(value)));
        return upper < 0 ? value & 0xFF : upper;
    }
}
