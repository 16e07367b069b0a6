package dev.dirql.scenario.c;

import dev.dirql.scenario.source.SourceFile;

/**
 * A range of a text that holds C: the body of a driver within a scenario file, or a whole file.
 * Positions in diagnostics and line tables are those of the whole file.
 *
 * @param start offset of the first character
 * @param end offset behind the last character
 */
public record CSource(SourceFile file, int start, int end) {
    public CSource {
        if (start < 0 || end < start || end > file.text().length()) {
            throw new IllegalArgumentException(
                    "range %d..%d in a text of %d characters"
                            .formatted(start, end, file.text().length()));
        }
    }

    /** A whole file. */
    public static CSource of(SourceFile file) {
        return new CSource(file, 0, file.text().length());
    }
}
