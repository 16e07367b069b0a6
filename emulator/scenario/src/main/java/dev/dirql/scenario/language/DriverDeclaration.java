package dev.dirql.scenario.language;

import dev.dirql.scenario.source.Position;
import dev.dirql.scenario.source.SourceFile;
import java.util.List;

/**
 * A driver of the scenario.
 *
 * @param name also the name of its module, before the dot of its symbols
 * @param devices names of the devices it serves, in the order written
 * @param source its C
 */
public record DriverDeclaration(
        Position position, String name, List<String> devices, Source source) {
    public DriverDeclaration {
        devices = List.copyOf(devices);
    }

    /**
     * A range of a file that holds C: the text between the braces, or a whole file.
     *
     * @param begin offset of the first character
     * @param end offset behind the last character
     * @param position place of the first character
     */
    public record Source(SourceFile file, int begin, int end, Position position) {
        public String text() {
            return file.text().substring(begin, end);
        }
    }
}
