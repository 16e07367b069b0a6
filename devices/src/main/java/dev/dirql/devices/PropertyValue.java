package dev.dirql.devices;

/** The value of a property. */
public sealed interface PropertyValue {
    /** An integer, a time in nanoseconds or a size in bytes. */
    record Quantity(long number) implements PropertyValue {}

    record Word(String word) implements PropertyValue {}

    record Text(String text) implements PropertyValue {}

    record Truth(boolean isTrue) implements PropertyValue {}

    record Line(int input, Trigger trigger) implements PropertyValue {}
}
