package dev.dirql.scenario.source;

import java.util.Objects;

/**
 * Something wrong with a source text, said the way a good compiler does.
 *
 * @param position where it begins
 * @param length characters that the caret line underlines, at least 1
 * @param message what is wrong, with the values
 * @param cure what to write instead, empty if nothing can be said
 */
public record Diagnostic(Kind kind, Position position, int length, String message, String cure) {
    /** Characters of a line that are shown; of a longer one, those around the mistake. */
    private static final int SHOWN_MAXIMUM = 160;

    /** How bad it is. A text with an error is not run. */
    public enum Kind {
        ERROR("error"),
        WARNING("warning");

        private final String word;

        Kind(String word) {
            this.word = word;
        }
    }

    public Diagnostic {
        Objects.requireNonNull(cure);
        length = Math.max(1, length);
    }

    public static Diagnostic error(Position position, int length, String message, String cure) {
        return new Diagnostic(Kind.ERROR, position, length, message, cure);
    }

    public static Diagnostic warning(Position position, int length, String message, String cure) {
        return new Diagnostic(Kind.WARNING, position, length, message, cure);
    }

    /** File, line, column and message, then the line itself with a caret, then the cure. */
    public String render() {
        String whole = position.file().line(position.line());
        int at = Math.min(position.column() - 1, whole.length());
        int from = whole.length() <= SHOWN_MAXIMUM ? 0 : Math.max(0, at - SHOWN_MAXIMUM / 2);
        int to = Math.min(whole.length(), from + SHOWN_MAXIMUM);
        String before = from == 0 ? "" : "…";
        String line = before + whole.substring(from, to) + (to == whole.length() ? "" : "…");
        int column = before.length() + at - from;
        // Tabs before the caret are kept, so that it stands below its character in any terminal.
        String indent = line.substring(0, column).replaceAll("[^\t]", " ");
        int width = Math.max(1, Math.min(length, line.length() - column));
        String text =
                "%s: %s: %s\n    %s\n    %s^%s\n"
                        .formatted(
                                position, kind.word, message, line, indent, "~".repeat(width - 1));
        return cure.isEmpty() ? text : text + "    %s\n".formatted(cure);
    }
}
