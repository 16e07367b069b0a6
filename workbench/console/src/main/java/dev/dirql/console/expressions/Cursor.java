package dev.dirql.console.expressions;

import dev.dirql.console.ConsoleError;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/** Reads the arguments of a command from left to right. */
public final class Cursor {
    private final String text;
    private int at;

    public Cursor(String text) {
        this.text = text;
        skipBlanks();
    }

    void skipBlanks() {
        while (at < text.length() && text.charAt(at) <= ' ') {
            at++;
        }
    }

    public boolean isAtEnd() {
        return at >= text.length();
    }

    /** What was not read yet. */
    public String rest() {
        return text.substring(at);
    }

    /** The character that comes next, 0 at the end. */
    char peek() {
        return peek(0);
    }

    char peek(int ahead) {
        return at + ahead < text.length() ? text.charAt(at + ahead) : 0;
    }

    void skip(int count) {
        at = Math.min(text.length(), at + count);
    }

    int position() {
        return at;
    }

    void moveTo(int position) {
        at = position;
    }

    String from(int start) {
        return text.substring(start, at);
    }

    /** Takes a word if it comes next, in any case, followed by a blank or the end. */
    public boolean take(String word) {
        if (!text.regionMatches(true, at, word, 0, word.length())) {
            return false;
        }
        if (peek(word.length()) > ' ') {
            return false;
        }
        skip(word.length());
        skipBlanks();
        return true;
    }

    /** The next word, up to a blank; empty at the end. */
    public Optional<String> word() {
        if (isAtEnd()) {
            return Optional.empty();
        }
        int start = at;
        while (peek() > ' ') {
            at++;
        }
        String word = from(start);
        skipBlanks();
        return Optional.of(word);
    }

    /** A text in double quotes, or else the next word. */
    public String quoted(String what) {
        if (peek() != '"') {
            return word().orElseThrow(() -> new ConsoleError(what + " is missing."));
        }
        int end = text.indexOf('"', at + 1);
        if (end < 0) {
            throw new ConsoleError("The quote before " + what + " has no end.");
        }
        String inside = text.substring(at + 1, end);
        at = end + 1;
        skipBlanks();
        return inside;
    }

    /** An expression, as far as one can be read from here. */
    public Expression expression() {
        Expression read = new ExpressionReader(this).read();
        skipBlanks();
        return read;
    }

    /** A count as in {@code L20}: of things, hexadecimal. */
    public OptionalLong count() {
        if (Character.toLowerCase(peek()) != 'l' || Character.digit(peek(1), 16) < 0) {
            return OptionalLong.empty();
        }
        int start = at + 1;
        while (peek() > ' ') {
            at++;
        }
        String digits = from(start).toLowerCase(Locale.ROOT).replace("`", "");
        skipBlanks();
        try {
            return OptionalLong.of(Long.parseUnsignedLong(digits, 16));
        } catch (NumberFormatException e) {
            throw new ConsoleError("L" + digits + " is no count: write it in hex, as in L20.");
        }
    }

    /** Says that there is more than the command takes. */
    public void end() {
        if (!isAtEnd()) {
            throw new ConsoleError("'" + rest() + "' is more than the command takes.");
        }
    }
}
