package dev.dirql.scenario.language;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/** A value of the scenario language, evaluated. */
public sealed interface Value {
    /** A 64-bit integer without unit. */
    record Whole(long value) implements Value {}

    /** A duration or a point in virtual time. */
    record Time(long nanoseconds) implements Value {}

    /** A size in bytes. */
    record Size(long bytes) implements Value {}

    /** true or false; written on or off where it is a property. */
    record Truth(boolean value) implements Value {}

    /** A quoted text, escapes resolved. */
    record Text(String text) implements Value {}

    /** One word of a closed set, such as a property's choice. */
    record Word(String word) implements Value {}

    /** An input of the interrupt controller and how it is triggered. */
    record Line(int number, Trigger trigger) implements Value {}

    /** What kernel routines return, by their names. */
    record Answers(SortedMap<String, Long> results) implements Value {
        public Answers {
            results = Collections.unmodifiableSortedMap(new TreeMap<>(results));
        }
    }

    /** How an interrupt line is triggered. WDK, KINTERRUPT_MODE. */
    enum Trigger {
        LEVEL_SENSITIVE("level-sensitive"),
        LATCHED("latched");

        private final String word;

        Trigger(String word) {
            this.word = word;
        }

        public String word() {
            return word;
        }
    }

    /** What a message calls this kind of value. */
    default String kind() {
        return switch (this) {
            case Whole _ -> "an integer";
            case Time _ -> "a time";
            case Size _ -> "a size";
            case Truth _ -> "true or false";
            case Text _ -> "a text";
            case Word _ -> "a word";
            case Line _ -> "an interrupt line";
            case Answers _ -> "answers of kernel routines";
        };
    }
}
