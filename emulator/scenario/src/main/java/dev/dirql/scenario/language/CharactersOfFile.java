package dev.dirql.scenario.language;

import org.antlr.v4.runtime.CharStream;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.misc.Interval;

/**
 * A source file as the lexer reads it. Its indexes are those of the text, in UTF-16 code units,
 * unlike ANTLR's own.
 */
final class CharactersOfFile implements CharStream {
    private final Lines lines;
    private final String text;
    private int index;

    CharactersOfFile(Lines lines) {
        this.lines = lines;
        this.text = lines.file().text();
    }

    /** The file a token was read from. */
    static Lines of(Token token) {
        return ((CharactersOfFile) token.getInputStream()).lines;
    }

    @Override
    public String getText(Interval interval) {
        int end = Math.min(interval.b + 1, text.length());
        return interval.a >= end ? "" : text.substring(interval.a, end);
    }

    @Override
    public void consume() {
        if (index >= text.length()) {
            throw new IllegalStateException("consumed beyond the end of " + getSourceName());
        }
        index++;
    }

    @Override
    public int LA(int distance) {
        int at = distance > 0 ? index + distance - 1 : index + distance;
        return distance == 0 || at < 0 || at >= text.length() ? EOF : text.charAt(at);
    }

    @Override
    public int mark() {
        return -1;
    }

    @Override
    public void release(int marker) {
        // The whole text is in memory: nothing is held for a marker.
    }

    @Override
    public int index() {
        return index;
    }

    @Override
    public void seek(int to) {
        index = Math.min(to, text.length());
    }

    @Override
    public int size() {
        return text.length();
    }

    @Override
    public String getSourceName() {
        return lines.file().name();
    }
}
