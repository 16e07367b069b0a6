package dev.dirql.scenario.language;

import java.util.List;

/** What may be written as the value of a property. */
public sealed interface PropertyKind {
    /** An integer within bounds, both included. */
    record Whole(long minimum, long maximum) implements PropertyKind {}

    /** A time within bounds in nanoseconds, both included; written with its unit. */
    record Time(long minimumNs, long maximumNs) implements PropertyKind {}

    /** A size within bounds in bytes, both included; an integer without unit counts bytes. */
    record Size(long minimumBytes, long maximumBytes) implements PropertyKind {}

    /** on or off. */
    record Switch() implements PropertyKind {}

    /** One of a few words; they may be hyphenated. */
    record Choice(List<String> words) implements PropertyKind {
        public Choice {
            words = List.copyOf(words);
        }
    }

    /**
     * An input of the interrupt controller from 0 to a highest one, and optionally {@code
     * level-sensitive} or {@code latched}.
     */
    record Line(int highest, Value.Trigger unlessSaid) implements PropertyKind {}

    /**
     * A quoted text of at most so many characters.
     *
     * @param alphabet the characters there may be; empty: all
     * @param whose what these characters are, as {@code of a keyboard}
     */
    record Text(int maximumLength, String alphabet, String whose) implements PropertyKind {
        /** Whether a text is of this kind. */
        public boolean accepts(String text) {
            return text.length() <= maximumLength
                    && (alphabet.isEmpty()
                            || text.chars().allMatch(one -> alphabet.indexOf(one) >= 0));
        }
    }

    /** A word that is there or not; it takes no value. */
    record Flag() implements PropertyKind {}

    /**
     * The name of a kernel routine and an integer: what it returns. It may be written repeatedly.
     */
    record Answer() implements PropertyKind {}

    /** What a message and a reference say may stand here. */
    default String description() {
        return switch (this) {
            case Whole(long minimum, long maximum) ->
                    maximum == Long.MAX_VALUE
                            ? (minimum == Long.MIN_VALUE
                                    ? "an integer"
                                    : "an integer from " + minimum)
                            : "an integer from " + minimum + " to " + maximum;
            case Time(long minimum, long maximum) ->
                    maximum == Long.MAX_VALUE
                            ? "a time from " + Numbers.time(minimum)
                            : "a time from "
                                    + Numbers.time(minimum)
                                    + " to "
                                    + Numbers.time(maximum);
            case Size(long minimum, long maximum) ->
                    maximum == Long.MAX_VALUE
                            ? "a size from " + Numbers.size(minimum)
                            : "a size from "
                                    + Numbers.size(minimum)
                                    + " to "
                                    + Numbers.size(maximum);
            case Switch() -> "on or off";
            case Choice(List<String> words) -> Numbers.alternatives(words);
            case Line(int highest, _) ->
                    "an interrupt line from 0 to " + highest + ", level-sensitive or latched";
            case Text(int maximum, _, String whose) ->
                    "a text of at most %d characters %s".formatted(maximum, whose).strip();
            case Flag() -> "nothing";
            case Answer() -> "the name of a kernel routine and what it returns";
        };
    }
}
