package dev.dirql.scenario.language;

import dev.dirql.scenario.source.Names;
import java.util.Collection;

/** Phrases of messages. */
final class Expected {
    private Expected() {}

    /** "did you mean …?" or nothing. */
    static String nearest(String written, Collection<String> known) {
        return Names.nearest(written, known).map("did you mean '%s'?"::formatted).orElse("");
    }

    /** What somebody wrote, short enough for a message. */
    static String shorten(String written) {
        return written.length() > 40 ? written.substring(0, 40) + "…" : written;
    }
}
