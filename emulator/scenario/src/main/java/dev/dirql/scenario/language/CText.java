package dev.dirql.scenario.language;

import java.nio.charset.StandardCharsets;

/** Spells things in C. */
final class CText {
    private CText() {}

    /**
     * A C string literal of the text's UTF-8 bytes; what is not printable ASCII is written in
     * octal.
     */
    static String literal(String text) {
        StringBuilder literal = new StringBuilder("\"");
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            int value = b & 0xFF;
            if (value == '"' || value == '\\') {
                literal.append('\\').append((char) value);
            } else if (value >= ' ' && value < 0x7F && value != '?') {
                literal.append((char) value);
            } else {
                literal.append("\\%03o".formatted(value));
            }
        }
        return literal.append('"').toString();
    }
}
