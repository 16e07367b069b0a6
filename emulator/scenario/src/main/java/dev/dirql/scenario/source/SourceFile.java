package dev.dirql.scenario.source;

/**
 * A text somebody wrote.
 *
 * @param name the file as the user named it
 * @param text its whole text, line ends as in the file
 */
public record SourceFile(String name, String text) {
    /** The text of a line, counted from 1, without its line end; empty beyond the last. */
    public String line(int number) {
        int start = 0;
        for (int i = 1; i < number; i++) {
            int end = text.indexOf('\n', start);
            if (end < 0) {
                return "";
            }
            start = end + 1;
        }
        int end = text.indexOf('\n', start);
        String line = end < 0 ? text.substring(start) : text.substring(start, end);
        return line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
    }
}
