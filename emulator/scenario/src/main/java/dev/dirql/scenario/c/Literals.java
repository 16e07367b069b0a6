package dev.dirql.scenario.c;

import java.util.Locale;

/** Values of constants and strings as the Microsoft compiler reads them. */
final class Literals {
    private Literals() {}

    /**
     * @param wide whether it has 64 bits
     * @param unsigned whether its type is unsigned
     * @param isLong whether its 32-bit type is {@code long}
     */
    record Constant(long value, boolean wide, boolean unsigned, boolean isLong) {}

    /** A number or a character constant. */
    static Constant constant(CToken token, Messages messages) {
        return token.kind == CToken.Kind.CHARACTER
                ? character(token, messages)
                : number(token, messages);
    }

    private static Constant number(CToken token, Messages messages) {
        String text = token.getText().toLowerCase(Locale.ROOT);
        int radix = 10;
        int at = 0;
        if (text.startsWith("0x")) {
            radix = 16;
            at = 2;
        } else if (text.startsWith("0b")) {
            radix = 2;
            at = 2;
        } else if (text.startsWith("0") && text.length() > 1) {
            radix = 8;
            at = 1;
        }
        int start = at;
        while (at < text.length() && Character.digit(text.charAt(at), radix) >= 0) {
            at++;
        }
        String digits = text.substring(start, at);
        String suffix = text.substring(at);
        if (digits.isEmpty()) {
            if (radix == 8 && !suffix.isEmpty() && Character.isLetter(suffix.charAt(0))) {
                digits = "0";
            } else {
                return invalid(token, messages);
            }
        }
        if (suffix.startsWith(".") || (radix == 10 && suffix.startsWith("e"))) {
            messages.error(
                    token,
                    "floating point is not part of the scenario language",
                    "kernel code uses integers; scale the value instead");
            return new Constant(0, false, false, false);
        }
        long value;
        try {
            value = Long.parseUnsignedLong(digits, radix);
        } catch (NumberFormatException _) {
            messages.error(token, "the constant needs more than 64 bits", "");
            return new Constant(0, true, true, false);
        }
        boolean unsigned = suffix.contains("u");
        boolean wide = false;
        boolean isLong = false;
        switch (suffix) {
            case "", "u" -> {}
            case "l", "ul", "lu" -> isLong = true;
            case "ll", "ull", "llu", "i64", "ui64" -> wide = true;
            case "i8", "i16", "i32", "ui8", "ui16", "ui32" -> {}
            default -> {
                return invalid(token, messages);
            }
        }
        // ISO C11, 6.4.4.1: the first type that holds the value; decimal constants stay signed.
        if (!wide && (value >>> 32) != 0) {
            wide = true;
        }
        if (!unsigned && !wide && value > Integer.MAX_VALUE) {
            if (radix == 10) {
                // The Microsoft compiler gives unsigned long where ISO C gives long long.
                unsigned = true;
                isLong = true;
            } else {
                unsigned = true;
            }
        }
        if (!unsigned && wide && value < 0) {
            unsigned = true;
        }
        return new Constant(value, wide, unsigned, isLong);
    }

    private static Constant invalid(CToken token, Messages messages) {
        messages.error(token, "'" + token.getText() + "' is not a number", "");
        return new Constant(0, false, false, false);
    }

    private static Constant character(CToken token, Messages messages) {
        String text = token.getText();
        boolean wide = text.startsWith("L");
        int[] values =
                units(text.substring(wide ? 2 : 1, text.length() - 1), wide, token, messages);
        if (values.length == 0) {
            messages.error(token, "the character constant is empty", "");
            return new Constant(0, false, false, false);
        }
        if (wide) {
            if (values.length > 1) {
                messages.error(token, "a wide character constant has one character", "");
            }
            return new Constant(values[0], false, true, false);
        }
        if (values.length > 4) {
            messages.error(
                    token,
                    "a character constant has at most four characters, and this one has "
                            + values.length,
                    "a pool tag is four characters");
            return new Constant(0, false, false, false);
        }
        if (values.length == 1) {
            return new Constant((byte) values[0], false, false, false);
        }
        int value = 0;
        for (int unit : values) {
            value = value << 8 | (unit & 0xFF);
        }
        return new Constant(value, false, false, false);
    }

    /** The characters of a string literal without its quotes and prefix. */
    static int[] string(CToken token, Messages messages) {
        String text = token.getText();
        boolean wide = isWide(token);
        return units(text.substring(wide ? 2 : 1, text.length() - 1), wide, token, messages);
    }

    static boolean isWide(CToken token) {
        return token.getText().startsWith("L");
    }

    private static int[] units(String body, boolean wide, CToken token, Messages messages) {
        byte[] narrow = new byte[0];
        int[] result = new int[body.length() * 4];
        int count = 0;
        for (int i = 0; i < body.length(); ) {
            char c = body.charAt(i++);
            if (c != '\\' || i >= body.length()) {
                if (wide || c < 0x80) {
                    result[count++] = c;
                } else {
                    int end = Character.isHighSurrogate(c) && i < body.length() ? i + 1 : i;
                    narrow =
                            body.substring(i - 1, end)
                                    .getBytes(java.nio.charset.StandardCharsets.UTF_8);
                    for (byte b : narrow) {
                        result[count++] = b & 0xFF;
                    }
                    i = end;
                }
                continue;
            }
            char escape = body.charAt(i++);
            switch (escape) {
                case 'n' -> result[count++] = '\n';
                case 't' -> result[count++] = '\t';
                case 'r' -> result[count++] = '\r';
                case 'a' -> result[count++] = 7;
                case 'b' -> result[count++] = '\b';
                case 'f' -> result[count++] = '\f';
                case 'v' -> result[count++] = 11;
                case '\\', '\'', '"', '?' -> result[count++] = escape;
                case '0', '1', '2', '3', '4', '5', '6', '7' -> {
                    int value = escape - '0';
                    for (int k = 0; k < 2 && i < body.length(); k++) {
                        int digit = Character.digit(body.charAt(i), 8);
                        if (digit < 0) {
                            break;
                        }
                        value = value * 8 + digit;
                        i++;
                    }
                    result[count++] = value;
                }
                case 'x' -> {
                    int value = 0;
                    int digits = 0;
                    while (i < body.length() && Character.digit(body.charAt(i), 16) >= 0) {
                        value = value << 4 | Character.digit(body.charAt(i++), 16);
                        digits++;
                    }
                    if (digits == 0 || digits > (wide ? 4 : 2)) {
                        messages.error(token, "\\x needs one to " + (wide ? 4 : 2) + " digits", "");
                    }
                    result[count++] = value;
                }
                default -> {
                    messages.warning(token, "\\" + escape + " is no escape sequence", "");
                    result[count++] = escape;
                }
            }
        }
        return java.util.Arrays.copyOf(result, count);
    }
}
