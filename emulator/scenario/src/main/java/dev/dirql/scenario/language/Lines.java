package dev.dirql.scenario.language;

import dev.dirql.scenario.source.Position;
import dev.dirql.scenario.source.SourceFile;
import java.util.Arrays;

/** Turns offsets into a source file into lines and columns. */
final class Lines {
    private final SourceFile file;
    private final int[] starts;

    Lines(SourceFile file) {
        this.file = file;
        String text = file.text();
        int[] found = new int[64];
        int count = 1;
        for (int i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) {
            if (count == found.length) {
                found = Arrays.copyOf(found, count * 2);
            }
            found[count++] = i + 1;
        }
        this.starts = Arrays.copyOf(found, count);
    }

    SourceFile file() {
        return file;
    }

    /** Number of the line from 1 that an offset is on. */
    int line(int offset) {
        int index = Arrays.binarySearch(starts, offset);
        return index >= 0 ? index + 1 : -index - 1;
    }

    Position position(int offset) {
        int line = line(offset);
        return new Position(file, line, offset - starts[line - 1] + 1);
    }
}
