package dev.dirql.kernel.headers;

import dev.dirql.kernel.headers.HeaderItem.Enumerator;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Takes a header of this module apart into its directives and declarations. It knows C as far as
 * these headers go: one thing a declaration.
 *
 * <p>What stands between the lines {@value #ABSENT} and {@value #END} is marked as absent from
 * mingw-w64.
 */
public final class HeaderParser {
    static final String ABSENT = "/* absent from mingw-w64 { */";
    static final String END = "/* } */";

    private static final Pattern DEFINE =
            Pattern.compile("#\\s*define\\s+(\\w+).*", Pattern.DOTALL);
    private static final Pattern CALLED = Pattern.compile("(\\w+)\\s*\\(");
    private static final Pattern POINTED_TO =
            Pattern.compile("\\(\\s*(?:NTAPI\\s*)?\\*\\s*(\\w+)\\)");
    private static final Pattern ENUMERATOR =
            Pattern.compile("(\\w+)(?:\\s*=\\s*(.+))?", Pattern.DOTALL);
    private static final Pattern LAST_WORD =
            Pattern.compile("(\\w+)\\s*(?:\\[.*])?$", Pattern.DOTALL);

    /** Stand for the two marks while comments are taken out. */
    private static final char ABSENT_MARK = '\u0001';

    private static final char END_MARK = '\u0002';

    private final String header;
    private final String text;
    private final List<HeaderItem> items = new ArrayList<>();
    private int at;
    private boolean absent;

    private HeaderParser(String header, String text) {
        this.header = header;
        this.text =
                text.replace(ABSENT, Character.toString(ABSENT_MARK))
                        .replace(END, Character.toString(END_MARK))
                        .replaceAll("(?s)/\\*.*?\\*/", " ");
    }

    /**
     * What a header says.
     *
     * @param header its name, for messages
     */
    public static List<HeaderItem> parse(String header, String text) {
        HeaderParser parser = new HeaderParser(header, text);
        parser.run();
        return List.copyOf(parser.items);
    }

    private void run() {
        while (at < text.length()) {
            char c = text.charAt(at);
            if (Character.isWhitespace(c)) {
                at++;
            } else if (c == ABSENT_MARK || c == END_MARK) {
                mark(c);
                at++;
            } else if (c == '#') {
                directive();
            } else {
                declaration();
            }
        }
        if (absent) {
            throw new IllegalStateException("%s: %s is never closed".formatted(header, ABSENT));
        }
    }

    private void mark(char mark) {
        boolean opens = mark == ABSENT_MARK;
        if (opens == absent) {
            throw new IllegalStateException(
                    "%s: %s without the other".formatted(header, opens ? ABSENT : END));
        }
        absent = opens;
    }

    private void directive() {
        int end = at;
        do {
            end = text.indexOf('\n', end + 1);
        } while (end > 0 && text.charAt(end - 1) == '\\');
        String line = text.substring(at, end < 0 ? text.length() : end).strip();
        at += line.length();
        Matcher define = DEFINE.matcher(line);
        items.add(
                define.matches()
                        ? new HeaderItem.Macro(define.group(1), line, absent)
                        : new HeaderItem.Directive(line, absent));
    }

    private void declaration() {
        int begin = at;
        boolean absentAtBegin = absent;
        List<Enumerator> enumerators = List.of();
        int depth = 0;
        for (; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == '"' || c == '\'') {
                at = endOfLiteral(c);
            } else if (c == '{') {
                if (depth++ == 0
                        && text.substring(begin, at).strip().matches("typedef\\s+enum\\b.*")) {
                    enumerators = enumerators();
                }
            } else if (c == '}') {
                depth--;
            }
            boolean isFunctionBody = c == '}' && depth == 0 && hasBody(text.substring(begin, at));
            if (depth == 0 && (c == ';' || isFunctionBody)) {
                at++;
                String declared = plain(text.substring(begin, at)).strip();
                items.add(item(declared, enumerators, absentAtBegin));
                return;
            }
        }
        throw new IllegalStateException(
                "%s: a declaration does not end: %s"
                        .formatted(header, text.substring(begin).strip()));
    }

    /** Where a string or character that begins here ends. */
    private int endOfLiteral(char quote) {
        int end = at + 1;
        while (end < text.length() && text.charAt(end) != quote) {
            end += text.charAt(end) == '\\' ? 2 : 1;
        }
        return end;
    }

    private static boolean hasBody(String declaration) {
        return declaration.startsWith("FORCEINLINE");
    }

    private static String plain(String marked) {
        return marked.replaceAll("[ \t]*[\u0001\u0002]\n?", "");
    }

    /** Reads the constants behind the brace, without going on; each may be marked on its own. */
    private List<Enumerator> enumerators() {
        int end = text.indexOf('}', at);
        boolean wasAbsent = absent;
        List<Enumerator> found = new ArrayList<>();
        String base = "0";
        int above = 0;
        for (String part : text.substring(at + 1, end).split("(?<=[,\u0001\u0002])", -1)) {
            String word = part.replaceAll("[,\u0001\u0002]", "").strip();
            if (!word.isEmpty()) {
                Matcher constant = ENUMERATOR.matcher(word);
                if (!constant.matches()) {
                    throw new IllegalStateException("%s: no constant: %s".formatted(header, word));
                }
                if (constant.group(2) != null) {
                    base = constant.group(2);
                    above = 0;
                }
                String value =
                        above == 0 ? base : base.equals("0") ? "" + above : base + " + " + above;
                found.add(new Enumerator(Objects.requireNonNull(constant.group(1)), value, absent));
                above++;
            }
            if (part.endsWith(Character.toString(ABSENT_MARK))
                    || part.endsWith(Character.toString(END_MARK))) {
                mark(part.charAt(part.length() - 1));
            }
        }
        if (absent != wasAbsent) {
            throw new IllegalStateException(
                    "%s: a mark in an enumeration is not closed".formatted(header));
        }
        return found;
    }

    private HeaderItem item(String declared, List<Enumerator> enumerators, boolean isAbsent) {
        if (declared.startsWith("typedef")) {
            return new HeaderItem.Type(typeNames(declared), declared, enumerators, isAbsent);
        }
        int parenthesis = declared.indexOf('(');
        int initialiser = declared.indexOf('=');
        boolean initialised = initialiser >= 0 && (parenthesis < 0 || initialiser < parenthesis);
        if (declared.startsWith("struct") || declared.startsWith("union")) {
            return new HeaderItem.Type(List.of(), declared, enumerators, isAbsent);
        }
        if (parenthesis >= 0 && !initialised) {
            Matcher name = CALLED.matcher(declared);
            if (name.find()) {
                boolean inline = declared.startsWith("FORCEINLINE");
                return new HeaderItem.Function(
                        Objects.requireNonNull(name.group(1)), declared, inline, isAbsent);
            }
        }
        int end = initialised ? initialiser : declared.length() - 1;
        Matcher last = LAST_WORD.matcher(declared.substring(0, end).strip());
        if (!last.find()) {
            throw new IllegalStateException("%s: declares nothing: %s".formatted(header, declared));
        }
        return new HeaderItem.Variable(Objects.requireNonNull(last.group(1)), declared, isAbsent);
    }

    /** The names that a typedef declares: behind its closing brace, or its last words. */
    private static List<String> typeNames(String declared) {
        String declarators =
                declared.substring(declared.lastIndexOf('}') + 1, declared.length() - 1);
        Matcher pointer = POINTED_TO.matcher(declarators);
        if (pointer.find()) {
            return List.of(Objects.requireNonNull(pointer.group(1)));
        }
        Matcher function = CALLED.matcher(declarators);
        if (function.find()) {
            return List.of(Objects.requireNonNull(function.group(1)));
        }
        List<String> names = new ArrayList<>();
        for (String declarator : declarators.split(",", -1)) {
            Matcher name = LAST_WORD.matcher(declarator.strip());
            if (name.find()) {
                names.add(Objects.requireNonNull(name.group(1)));
            }
        }
        return names;
    }
}
