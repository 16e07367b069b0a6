package dev.dirql.devices.apic;

import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;

/** A 256-bit register of a local APIC with a bit for each vector. */
final class VectorSet implements StatePart {
    private final long[] words = new long[4];

    boolean contains(int vector) {
        return (words[vector >>> 6] & (1L << vector)) != 0;
    }

    void add(int vector) {
        words[vector >>> 6] |= 1L << vector;
    }

    void remove(int vector) {
        words[vector >>> 6] &= ~(1L << vector);
    }

    /** The highest vector of the set, -1 if it is empty. */
    int highest() {
        for (int i = 3; i >= 0; i--) {
            if (words[i] != 0) {
                return 64 * i + 63 - Long.numberOfLeadingZeros(words[i]);
            }
        }
        return -1;
    }

    @Override
    public void save(StateWriter out) {
        out.values(words);
    }

    @Override
    public void restore(StateReader in) {
        in.values(words);
    }
}
