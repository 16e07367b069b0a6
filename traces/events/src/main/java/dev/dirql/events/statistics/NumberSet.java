package dev.dirql.events.statistics;

import java.util.ArrayList;
import java.util.List;

/** A set of numbers from 0 to 63, as IRQLs and processors are. */
final class NumberSet {
    private long bits;

    /** Adds a number; one outside of the range, as of no processor, is not a member of anything. */
    void add(int number) {
        if (number >= 0 && number < Long.SIZE) {
            bits |= 1L << number;
        }
    }

    List<Integer> sorted() {
        List<Integer> numbers = new ArrayList<>();
        for (long rest = bits; rest != 0; rest &= rest - 1) {
            numbers.add(Long.numberOfTrailingZeros(rest));
        }
        return numbers;
    }
}
