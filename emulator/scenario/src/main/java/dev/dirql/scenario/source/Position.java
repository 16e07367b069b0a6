package dev.dirql.scenario.source;

/**
 * A place in a source text.
 *
 * @param line line number from 1
 * @param column column from 1, counting UTF-16 code units
 */
public record Position(SourceFile file, int line, int column) {
    @Override
    public String toString() {
        return "%s:%d:%d".formatted(file.name(), line, column);
    }
}
