package dev.dirql.scenario.c;

import dev.dirql.scenario.source.SourceFile;
import java.util.ArrayList;
import java.util.List;

/** Cuts a text into preprocessing tokens (ISO C11, 5.1.1.2, phases 2 and 3). */
final class Scanner {
    // Longest first.
    private static final String[] PUNCTUATORS = {
        "...", "<<=", ">>=", "##", "->", "++", "--", "<<", ">>", "<=", ">=", "==", "!=", "&&", "||",
        "*=", "/=", "%=", "+=", "-=", "&=", "^=", "|=", "#", "[", "]", "(", ")", "{", "}", ".", "&",
        "*", "+", "-", "~", "!", "/", "%", "<", ">", "^", "|", "?", ":", ";", "=", ","
    };

    private final SourceFile file;
    private final Messages messages;
    private final char[] text;
    private final int[] lines;
    private final int[] columns;
    private final int length;
    private int at;
    private boolean space;
    private boolean lineStart = true;
    private final List<CToken> tokens = new ArrayList<>();

    private Scanner(CSource source, Messages messages) {
        this.file = source.file();
        this.messages = messages;
        String all = file.text();
        text = new char[source.end() - source.start() + 4];
        lines = new int[text.length];
        columns = new int[text.length];
        int line = 1;
        int column = 1;
        int count = 0;
        for (int i = 0; i < source.end(); i++) {
            char c = all.charAt(i);
            if (c == '\\' && i + 1 < source.end() && i >= source.start()) {
                int next = all.charAt(i + 1) == '\r' ? i + 2 : i + 1;
                if (next < source.end() && all.charAt(next) == '\n') {
                    i = next;
                    line++;
                    column = 1;
                    continue;
                }
            }
            if (i >= source.start()) {
                text[count] = c;
                lines[count] = line;
                columns[count++] = column;
            }
            if (c == '\n') {
                line++;
                column = 1;
            } else {
                column++;
            }
        }
        for (int i = count; i < count + 4 && i < text.length; i++) {
            lines[i] = line;
            columns[i] = column;
        }
        length = count;
    }

    /** The tokens of a text, with an END token last. */
    static List<CToken> scan(CSource source, Messages messages) {
        return new Scanner(source, messages).run();
    }

    private List<CToken> run() {
        while (skipSpace()) {
            next();
        }
        add(CToken.Kind.END, at, "");
        return tokens;
    }

    /** Skips white space and comments; false at the end. */
    private boolean skipSpace() {
        while (at < length) {
            char c = text[at];
            if (c == '\n') {
                lineStart = true;
                space = true;
                at++;
            } else if (c <= ' ' || c == '\ufeff') {
                space = true;
                at++;
            } else if (c == '/' && text[at + 1] == '/') {
                while (at < length && text[at] != '\n') {
                    at++;
                }
            } else if (c == '/' && text[at + 1] == '*') {
                skipComment();
            } else {
                return true;
            }
        }
        return false;
    }

    private void skipComment() {
        int start = at;
        at += 2;
        while (at < length && !(text[at] == '*' && text[at + 1] == '/')) {
            at++;
        }
        if (at >= length) {
            messages.error(
                    token(CToken.Kind.STRAY, start, "/*"),
                    "this comment does not end",
                    "close it with */");
        }
        at = Math.min(length, at + 2);
        space = true;
    }

    private void next() {
        int start = at;
        char c = text[at];
        if (Character.isDigit(c) || (c == '.' && Character.isDigit(text[at + 1]))) {
            number();
            add(CToken.Kind.NUMBER, start, new String(text, start, at - start));
        } else if (isNameStart(c)) {
            while (at < length && (isNameStart(text[at]) || Character.isDigit(text[at]))) {
                at++;
            }
            String name = new String(text, start, at - start);
            if (at < length && (text[at] == '"' || text[at] == '\'') && name.equals("L")) {
                quoted(start);
            } else {
                add(CToken.Kind.IDENTIFIER, start, name);
            }
        } else if (c == '"' || c == '\'') {
            quoted(start);
        } else {
            punctuator(start);
        }
    }

    private void number() {
        while (at < length) {
            char c = text[at];
            boolean exponent = at > 0 && "eEpP".indexOf(text[at - 1]) >= 0;
            if (isNameStart(c) || Character.isDigit(c) || c == '.') {
                at++;
            } else if ((c == '+' || c == '-') && exponent && !hexadecimal()) {
                at++;
            } else {
                return;
            }
        }
    }

    private boolean hexadecimal() {
        int i = at - 1;
        while (i > 0 && (isNameStart(text[i - 1]) || Character.isDigit(text[i - 1]))) {
            i--;
        }
        return text[i] == '0' && (text[i + 1] == 'x' || text[i + 1] == 'X');
    }

    private void quoted(int start) {
        char quote = text[at++];
        while (at < length && text[at] != quote && text[at] != '\n') {
            at += text[at] == '\\' && at + 1 < length && text[at + 1] != '\n' ? 2 : 1;
        }
        CToken.Kind kind = quote == '"' ? CToken.Kind.STRING : CToken.Kind.CHARACTER;
        if (at >= length || text[at] != quote) {
            at = Math.min(at, length);
            // An apostrophe in skipped or #error text is no mistake: the preprocessor judges stray
            // tokens.
            add(CToken.Kind.STRAY, start, new String(text, start, at - start));
            return;
        }
        at++;
        add(kind, start, new String(text, start, at - start));
    }

    private void punctuator(int start) {
        for (String punctuator : PUNCTUATORS) {
            if (matches(punctuator)) {
                at += punctuator.length();
                add(CToken.Kind.PUNCTUATOR, start, punctuator);
                return;
            }
        }
        at++;
        add(CToken.Kind.STRAY, start, String.valueOf(text[start]));
    }

    private boolean matches(String punctuator) {
        for (int i = 0; i < punctuator.length(); i++) {
            if (at + i >= length || text[at + i] != punctuator.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isNameStart(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
    }

    private void add(CToken.Kind kind, int start, String spelling) {
        tokens.add(token(kind, start, spelling));
        space = false;
        lineStart = false;
    }

    private CToken token(CToken.Kind kind, int start, String spelling) {
        return new CToken(
                kind,
                spelling,
                file,
                lines[start],
                columns[start],
                Math.max(1, spelling.length()),
                space,
                lineStart,
                CToken.Hidden.NONE);
    }
}
