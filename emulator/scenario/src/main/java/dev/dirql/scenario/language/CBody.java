package dev.dirql.scenario.language;

/**
 * Finds the bracket that closes a C text, without understanding the C: brackets in comments,
 * strings, character constants and on preprocessor lines do not count. Of the branches of an {@code
 * #if} the last one counts.
 */
final class CBody {
    private static final int CONDITIONALS_MAXIMUM = 64;

    private final String text;
    private final char opening;
    private final char closing;
    private final int[] depthAtIf = new int[CONDITIONALS_MAXIMUM];
    private int conditionals;
    private int depth;
    private int at;

    private CBody(String text, int open, char opening, char closing) {
        this.text = text;
        this.opening = opening;
        this.closing = closing;
        this.at = open;
    }

    /**
     * @param open offset of the opening brace
     * @return offset of the closing brace, or -1 if there is none
     */
    static int end(String text, int open) {
        return end(text, open, '{', '}');
    }

    /**
     * @param open offset of the opening bracket
     * @return offset of the closing bracket, or -1 if there is none
     */
    static int end(String text, int open, char opening, char closing) {
        return new CBody(text, open, opening, closing).findEnd();
    }

    private int findEnd() {
        boolean lineIsEmpty = false;
        while (at < text.length()) {
            char c = text.charAt(at);
            switch (c) {
                case '\n' -> lineIsEmpty = true;
                case ' ', '\t', '\r', '\f' -> {}
                case '#' -> {
                    if (lineIsEmpty) {
                        directive();
                        continue;
                    }
                }
                case '/' -> {
                    if (comment()) {
                        continue;
                    }
                    lineIsEmpty = false;
                }
                case '"', '\'' -> {
                    quoted(c);
                    lineIsEmpty = false;
                    continue;
                }
                default -> {
                    lineIsEmpty = false;
                    if (c == opening) {
                        depth++;
                    } else if (c == closing && --depth == 0) {
                        return at;
                    }
                }
            }
            at++;
        }
        return -1;
    }

    /** Skips a comment if one begins here. */
    private boolean comment() {
        if (text.startsWith("//", at)) {
            int end = text.indexOf('\n', at);
            at = end < 0 ? text.length() : end;
            return true;
        }
        if (text.startsWith("/*", at)) {
            int end = text.indexOf("*/", at + 2);
            at = end < 0 ? text.length() : end + 2;
            return true;
        }
        return false;
    }

    /** Skips a string or character constant; one that is not closed ends with its line. */
    private void quoted(char quote) {
        at++;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '\n') {
                return;
            }
            at++;
            if (c == quote) {
                return;
            }
            if (c == '\\' && at < text.length()) {
                at++;
            }
        }
    }

    /** Skips a preprocessor line with its continuations, up to its line end. */
    private void directive() {
        int word = at + 1;
        while (word < text.length() && (text.charAt(word) == ' ' || text.charAt(word) == '\t')) {
            word++;
        }
        if (text.startsWith("if", word)) {
            if (conditionals < CONDITIONALS_MAXIMUM) {
                depthAtIf[conditionals] = depth;
            }
            conditionals++;
        } else if (text.startsWith("el", word)) {
            if (conditionals > 0 && conditionals <= CONDITIONALS_MAXIMUM) {
                depth = depthAtIf[conditionals - 1];
            }
        } else if (text.startsWith("endif", word) && conditionals > 0) {
            conditionals--;
        }
        while (at < text.length() && text.charAt(at) != '\n') {
            if (text.charAt(at) == '/' && comment()) {
                continue;
            }
            if (text.charAt(at) == '\\') {
                at += text.startsWith("\\\r\n", at) ? 2 : 1;
            }
            at++;
        }
        at = Math.min(at, text.length());
    }
}
