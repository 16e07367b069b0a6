package dev.dirql.devices;

import java.util.List;

/** What may be given as the value of a property. */
public sealed interface PropertyKind {
    /** An integer within bounds, both included. */
    record Whole(long minimum, long maximum) implements PropertyKind {}

    /** A time within bounds in nanoseconds, both included. */
    record Time(long minimumNs, long maximumNs) implements PropertyKind {}

    /** A size within bounds in bytes, both included. */
    record Size(long minimumBytes, long maximumBytes) implements PropertyKind {}

    /** One of a few words. */
    record Choice(List<String> words) implements PropertyKind {
        public Choice {
            words = List.copyOf(words);
        }
    }

    /** An input of the interrupt controller, and how it is triggered. */
    record Line(int highest, Trigger unlessSaid) implements PropertyKind {}

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

    /** A word that is there or not; without a value. */
    record Flag() implements PropertyKind {}

    /** The words a message uses for it. */
    default String text() {
        return switch (this) {
            case Whole(long low, long high) -> "an integer from %d to %d".formatted(low, high);
            case Time(long low, long high) -> "a time from %d ns to %d ns".formatted(low, high);
            case Size(long low, long high) -> "a size from %d to %d bytes".formatted(low, high);
            case Choice(List<String> words) -> String.join(" or ", words);
            case Line(int highest, _) ->
                    "an interrupt line from 0 to %d, level-sensitive or latched".formatted(highest);
            case Text(int maximum, _, String whose) ->
                    "a text of at most %d characters %s".formatted(maximum, whose).strip();
            case Flag() -> "nothing";
        };
    }

    /** Whether a value is of this kind and within its bounds. */
    default boolean accepts(PropertyValue value) {
        return switch (this) {
            case Whole(long low, long high) -> isWithin(value, low, high);
            case Time(long low, long high) -> isWithin(value, low, high);
            case Size(long low, long high) -> isWithin(value, low, high);
            case Choice(List<String> words) ->
                    value instanceof PropertyValue.Word(String word) && words.contains(word);
            case Line(int highest, _) ->
                    value instanceof PropertyValue.Line(int input, _)
                            && input >= 0
                            && input <= highest;
            case Text kind ->
                    value instanceof PropertyValue.Text(String text) && kind.accepts(text);
            case Flag() -> value instanceof PropertyValue.Truth;
        };
    }

    /** One of the values of this kind. */
    default PropertyValue sample() {
        return switch (this) {
            case Whole(long low, _) -> new PropertyValue.Quantity(low);
            case Time(long low, _) -> new PropertyValue.Quantity(low);
            case Size(long low, _) -> new PropertyValue.Quantity(low);
            case Choice(List<String> words) -> new PropertyValue.Word(words.getFirst());
            case Line(_, Trigger trigger) -> new PropertyValue.Line(0, trigger);
            case Text _ -> new PropertyValue.Text("");
            case Flag() -> new PropertyValue.Truth(false);
        };
    }

    private static boolean isWithin(PropertyValue value, long low, long high) {
        return value instanceof PropertyValue.Quantity(long number)
                && number >= low
                && number <= high;
    }
}
