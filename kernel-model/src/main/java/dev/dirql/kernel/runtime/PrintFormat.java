package dev.dirql.kernel.runtime;

import dev.dirql.machine.GuestMemory;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * Formats as the kernel's DbgPrint, sprintf and swprintf do. Microsoft C, "Format specification
 * syntax: printf"; WDK, DbgPrint. Floating point is not supported by the kernel's formatter and is
 * shown as it stands; nothing is stored for {@code %n}.
 */
final class PrintFormat {
    /** What becomes of the text. */
    enum Target {
        /** Unicode for a debugger: DbgPrint transmits at most 512 bytes. */
        DEBUGGER(512),
        /** Bytes in the ANSI code page. */
        NARROW(0x1_0000),
        /** UTF-16 units, of a format that is wide itself. */
        WIDE(0x1_0000);

        /** Of the text, a width and a precision. */
        private final int maximum;

        Target(int maximum) {
            this.maximum = maximum;
        }
    }

    private final Target target;
    private final GuestMemory memory;
    private final LongSupplier arguments;
    private final StringBuilder out = new StringBuilder();
    private String wideConversion = "";

    // The conversion that is being read.
    private String spelling = "";
    private boolean left;
    private boolean plus;
    private boolean space;
    private boolean alternate;
    private boolean zero;
    private int width;
    private int precision;
    private int bytes;
    private boolean wide;
    private boolean narrow;

    /**
     * @param arguments gives the next argument, each time it is asked
     */
    PrintFormat(Target target, GuestMemory memory, LongSupplier arguments) {
        this.target = target;
        this.memory = memory;
        this.arguments = arguments;
    }

    /** The first conversion from Unicode, as it is spelled, or empty if there was none. */
    String wideConversion() {
        return wideConversion;
    }

    /** As {@link #format(long)}, after a prefix that is shown as it stands, if there is one. */
    String format(long prefix, long format) {
        if (prefix != 0) {
            out.append(rawText(prefix, -1));
        }
        return format(format);
    }

    /** The text of a format at an address. */
    String format(long address) {
        String text = target == Target.WIDE ? wideText(address, -1) : rawText(address, -1);
        int at = 0;
        while (at < text.length()) {
            char letter = text.charAt(at++);
            if (letter != '%' || at == text.length()) {
                out.append(letter);
            } else {
                at = conversion(text, at);
            }
        }
        out.setLength(Math.min(out.length(), target.maximum));
        return out.toString();
    }

    /** Reads what follows a percent sign, and gives where it ends. */
    private int conversion(String text, int start) {
        int at = flags(text, start);
        at = widthAndPrecision(text, at);
        at = size(text, at);
        if (at == text.length()) {
            out.append(text, start - 1, at);
            return at;
        }
        spelling = text.substring(start - 1, at + 1);
        if (!convert(text.charAt(at))) {
            out.append(spelling);
        }
        return at + 1;
    }

    private int flags(String text, int start) {
        left = false;
        plus = false;
        space = false;
        alternate = false;
        zero = false;
        for (int at = start; at < text.length(); at++) {
            switch (text.charAt(at)) {
                case '-' -> left = true;
                case '+' -> plus = true;
                case ' ' -> space = true;
                case '#' -> alternate = true;
                case '0' -> zero = true;
                default -> {
                    return at;
                }
            }
        }
        return text.length();
    }

    private int widthAndPrecision(String text, int start) {
        int at = start;
        width = 0;
        precision = -1;
        if (at < text.length() && text.charAt(at) == '*') {
            width = (int) arguments.getAsLong();
            left |= width < 0;
            width = Math.min(Math.abs(width), target.maximum);
            at++;
        } else {
            while (at < text.length() && isDigit(text.charAt(at))) {
                width = Math.min(target.maximum, 10 * width + text.charAt(at++) - '0');
            }
        }
        if (at >= text.length() || text.charAt(at) != '.') {
            return at;
        }
        at++;
        if (at < text.length() && text.charAt(at) == '*') {
            precision = (int) arguments.getAsLong();
            return at + 1;
        }
        precision = 0;
        while (at < text.length() && isDigit(text.charAt(at))) {
            precision = Math.min(target.maximum, 10 * precision + text.charAt(at++) - '0');
        }
        return at;
    }

    private static boolean isDigit(char letter) {
        return letter >= '0' && letter <= '9';
    }

    private int size(String text, int start) {
        bytes = 4;
        wide = false;
        narrow = false;
        for (int at = start; at < text.length(); at++) {
            switch (text.charAt(at)) {
                case 'h' -> {
                    bytes = bytes == 2 ? 1 : 2;
                    narrow = true;
                }
                case 'l' -> {
                    bytes = wide ? 8 : 4;
                    wide = true;
                }
                case 'w' -> wide = true;
                case 'z', 't', 'j' -> bytes = 8;
                case 'I' -> {
                    bytes = 8;
                    if (text.startsWith("I64", at)) {
                        at += 2;
                    } else if (text.startsWith("I32", at)) {
                        bytes = 4;
                        at += 2;
                    }
                }
                default -> {
                    return at;
                }
            }
        }
        return text.length();
    }

    private boolean convert(char type) {
        switch (type) {
            case 'd', 'i' -> signed(arguments.getAsLong());
            case 'u' -> unsigned(Long.toUnsignedString(truncated(arguments.getAsLong())), "");
            case 'o' -> {
                String digits = Long.toOctalString(truncated(arguments.getAsLong()));
                unsigned(alternate && !digits.startsWith("0") ? "0" + digits : digits, "");
            }
            case 'x', 'X' -> hexadecimal(type);
            case 'p' -> pointer(arguments.getAsLong());
            case 'c' -> character(isWide(target == Target.WIDE));
            case 'C' -> character(isWide(target != Target.WIDE));
            case 's' -> string(isWide(target == Target.WIDE));
            case 'S' -> string(isWide(target != Target.WIDE));
            case 'Z' -> counted();
            case '%' -> out.append('%');
            default -> {
                return false;
            }
        }
        return true;
    }

    private void noteWide(boolean isWide) {
        if (isWide && wideConversion.isEmpty()) {
            wideConversion = spelling;
        }
    }

    private boolean isWide(boolean byDefault) {
        return wide || (byDefault && !narrow);
    }

    private long truncated(long value) {
        return bytes == 8 ? value : value & ((1L << (8 * bytes)) - 1);
    }

    private void signed(long argument) {
        int unused = 64 - 8 * bytes;
        long value = argument << unused >> unused;
        String digits = value < 0 ? Long.toString(value).substring(1) : Long.toString(value);
        number(digits, value < 0 ? "-" : plus ? "+" : space ? " " : "");
    }

    private void unsigned(String digits, String prefix) {
        number(digits, prefix);
    }

    private void hexadecimal(char type) {
        long value = truncated(arguments.getAsLong());
        String digits = Long.toHexString(value);
        String prefix = alternate && value != 0 ? "0" + type : "";
        number(type == 'X' ? digits.toUpperCase(Locale.ROOT) : digits, prefix);
    }

    private void pointer(long value) {
        precision = 16;
        number(Long.toHexString(value).toUpperCase(Locale.ROOT), "");
    }

    private void number(String digits, String prefix) {
        String text = precision == 0 && digits.equals("0") ? "" : digits;
        int count = Math.min(Math.max(precision, 0), target.maximum);
        if (precision < 0 && zero && !left) {
            count = width - prefix.length();
        }
        pad(prefix + "0".repeat(Math.max(0, count - text.length())) + text);
    }

    private void character(boolean isWide) {
        long value = arguments.getAsLong();
        noteWide(isWide);
        char character = isWide ? (char) value : (char) (value & 0xFF);
        pad(String.valueOf(isWide ? ofWide(character) : ofNarrow(character)));
    }

    private void string(boolean isWide) {
        long address = arguments.getAsLong();
        noteWide(isWide);
        if (address == 0) {
            cut("(null)");
        } else {
            pad(isWide ? wideString(address, precision) : narrowText(address, precision));
        }
    }

    /** ANSI_STRING, or UNICODE_STRING if wide. */
    private void counted() {
        long address = arguments.getAsLong();
        noteWide(wide);
        if (address == 0 || memory.load64(address + 8) == 0) {
            cut("(null)");
            return;
        }
        int length = (int) memory.load16(address);
        int characters = wide ? length / 2 : length;
        int shown = precision < 0 ? characters : Math.min(precision, characters);
        long buffer = memory.load64(address + 8);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < Math.min(shown, target.maximum); i++) {
            text.append(
                    wide
                            ? ofWide((char) memory.load16(buffer + 2L * i))
                            : ofNarrow((char) memory.load8(buffer + i)));
        }
        pad(text.toString());
    }

    private void cut(String text) {
        pad(precision < 0 ? text : text.substring(0, Math.min(precision, text.length())));
    }

    private void pad(String text) {
        String spaces = " ".repeat(Math.max(0, width - text.length()));
        String zeroes = zero ? spaces.replace(' ', '0') : spaces;
        out.append(left ? text + spaces : zeroes + text);
    }

    private char ofWide(char character) {
        return target == Target.NARROW ? (char) CodePage.toAnsi(character) : character;
    }

    private char ofNarrow(char character) {
        return target == Target.WIDE ? CodePage.toUnicode(character) : character;
    }

    private String narrowText(long address, int maximum) {
        String text = rawText(address, maximum);
        return target == Target.WIDE ? new String(CodePage.toUnicode(text.toCharArray())) : text;
    }

    /** Characters up to a zero, or as many as {@code maximum} says if that is not negative. */
    private String rawText(long address, int maximum) {
        StringBuilder text = new StringBuilder();
        int limit = maximum < 0 ? 4 * target.maximum : Math.min(maximum, target.maximum);
        for (int i = 0; i < limit; i++) {
            char letter = (char) memory.load8(address + i);
            if (letter == 0) {
                break;
            }
            text.append(letter);
        }
        return text.toString();
    }

    private String wideString(long address, int maximum) {
        String text = wideText(address, maximum);
        return target == Target.NARROW ? new String(CodePage.toAnsi(text.toCharArray())) : text;
    }

    private String wideText(long address, int maximum) {
        StringBuilder text = new StringBuilder();
        int limit = maximum < 0 ? target.maximum : Math.min(maximum, target.maximum);
        for (int i = 0; i < limit; i++) {
            char letter = (char) memory.load16(address + 2L * i);
            if (letter == 0) {
                break;
            }
            text.append(letter);
        }
        return text.toString();
    }
}
