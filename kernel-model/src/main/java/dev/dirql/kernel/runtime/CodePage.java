package dev.dirql.kernel.runtime;

/**
 * The ANSI code page: 1252, Western European, whose every character has one byte. What it does not
 * have becomes a question mark; there are no best fits.
 */
final class CodePage {
    /** What the bytes from 0x80 mean; those that mean nothing stand for the control characters. */
    private static final String HIGH =
            "\u20AC\u0081\u201A\u0192\u201E\u2026\u2020\u2021\u02C6\u2030\u0160\u2039\u0152\u008D"
                    + "\u017D\u008F\u0090\u2018\u2019\u201C\u201D\u2022\u2013\u2014\u02DC\u2122"
                    + "\u0161\u203A\u0153\u009D\u017E\u0178";

    private static final int HIGH_START = 0x80;
    private static final int HIGH_END = 0xA0;

    private CodePage() {}

    static char toUnicode(int value) {
        int index = (value & 0xFF) - HIGH_START;
        return index >= 0 && index < HIGH.length() ? HIGH.charAt(index) : (char) (value & 0xFF);
    }

    /** A byte, or -1 if there is none for the character. */
    static int find(char character) {
        if (character < HIGH_START || (character >= HIGH_END && character <= 0xFF)) {
            return character;
        }
        int index = HIGH.indexOf(character);
        return index < 0 ? -1 : HIGH_START + index;
    }

    static int toAnsi(char character) {
        int found = find(character);
        return found < 0 ? '?' : found;
    }

    static char[] toUnicode(char[] ansi) {
        char[] unicode = new char[ansi.length];
        for (int i = 0; i < ansi.length; i++) {
            unicode[i] = toUnicode(ansi[i]);
        }
        return unicode;
    }

    static char[] toAnsi(char[] unicode) {
        char[] ansi = new char[unicode.length];
        for (int i = 0; i < ansi.length; i++) {
            ansi[i] = (char) toAnsi(unicode[i]);
        }
        return ansi;
    }
}
