package dev.dirql.simulation;

import dev.dirql.events.Stamp;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A place in a run: an event, with steps behind it, or a virtual time. */
public sealed interface RunPosition {
    /**
     * The first step boundary at which an event has happened, and steps behind it.
     *
     * @param sequence sequence number of the event; 0 is the start of the run
     * @param steps steps of all processors together since then
     */
    record AtEvent(long sequence, long steps) implements RunPosition {}

    /** The last moment that is not after a time. */
    record AtTime(long timeNs) implements RunPosition {}

    /** Whether an event lies at or before this position. */
    default boolean isNotBefore(Stamp stamp) {
        return switch (this) {
            case AtEvent(long sequence, _) -> stamp.sequence() <= sequence;
            case AtTime(long timeNs) -> stamp.timeNs() <= timeNs;
        };
    }

    /** Whether an event lies at or behind this position. */
    default boolean isNotAfter(Stamp stamp) {
        return switch (this) {
            case AtEvent(long sequence, _) -> stamp.sequence() >= sequence;
            case AtTime(long timeNs) -> stamp.timeNs() >= timeNs;
        };
    }

    /** Reads {@code 18204}, {@code 18,204:12} or a time such as {@code 1.5ms}. */
    static RunPosition parse(String text) {
        String plain = text.strip().replace(",", "").replace("_", "");
        Matcher event = Texts.EVENT.matcher(plain);
        try {
            if (event.matches()) {
                String steps = event.group(2);
                return new AtEvent(
                        Long.parseLong(event.group(1)), steps == null ? 0 : Long.parseLong(steps));
            }
            Optional<Long> time = Texts.time(plain);
            if (time.isPresent()) {
                return new AtTime(time.get());
            }
        } catch (NumberFormatException e) {
            // Too long for a number of ours: said like everything else that is no position.
        }
        throw new UserError(
                ("'%s' is no position. Write an event's number as in 18204, with steps behind it as"
                                + " in 18204:12, or a time with its unit as in 1.5ms.")
                        .formatted(text));
    }

    /** How positions are spelled. */
    final class Texts {
        private static final Pattern EVENT = Pattern.compile("(\\d+)(?::(\\d+))?");
        private static final Pattern TIME =
                Pattern.compile("(\\d+)(?:\\.(\\d+))?\\s*(ns|us|µs|ms|s)");

        private Texts() {}

        /** A time with its unit, in nanoseconds; empty if the text is none, or not exact. */
        public static Optional<Long> time(String text) {
            Matcher time = TIME.matcher(text.strip().toLowerCase(Locale.ROOT));
            if (!time.matches()) {
                return Optional.empty();
            }
            int digits =
                    switch (time.group(3)) {
                        case "ns" -> 0;
                        case "ms" -> 6;
                        case "s" -> 9;
                        default -> 3;
                    };
            String fraction = time.group(2) == null ? "" : time.group(2);
            if (fraction.length() > digits) {
                return Optional.empty();
            }
            String value = time.group(1) + fraction + "0".repeat(digits - fraction.length());
            return Optional.of(Long.parseLong(value));
        }
    }
}
