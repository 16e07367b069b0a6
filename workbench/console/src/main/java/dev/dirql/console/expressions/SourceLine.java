package dev.dirql.console.expressions;

import dev.dirql.console.ConsoleError;
import dev.dirql.debugger.Inspection;
import java.util.List;

/** A line of a source file. */
public record SourceLine(String file, int line) {
    /** Reads {@code file:line}; the line is decimal. */
    public static SourceLine read(String text) {
        int colon = text.lastIndexOf(':');
        try {
            if (colon > 0) {
                return new SourceLine(
                        text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
            }
        } catch (NumberFormatException e) {
            // Said like everything else that is no line.
        }
        throw new ConsoleError("'" + text + "' is no source line: write `file:line`.");
    }

    /** Where its code begins, once a piece. */
    public List<Long> addresses(Inspection inspection) {
        List<Long> addresses = inspection.addressesOf(file, line);
        if (addresses.isEmpty()) {
            throw new ConsoleError("No code is known of %s:%d.".formatted(file, line));
        }
        return addresses;
    }
}
