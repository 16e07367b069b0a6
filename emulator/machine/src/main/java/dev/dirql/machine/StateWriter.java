package dev.dirql.machine;

import java.util.Arrays;

/**
 * Takes the state of parts as numbers. The same numbers give the exact hash and, with times made
 * relative and counters left out, the reduced hash.
 */
public final class StateWriter {
    private final boolean reduced;
    private final long nowNs;
    private long[] values = new long[256];
    private int size;
    private Object[] references = new Object[8];
    private int referenceCount;

    /**
     * @param reduced whether to leave out what no continuation of the run depends on
     * @param nowNs time that {@link #time} is relative to in a reduced writer
     */
    StateWriter(boolean reduced, long nowNs) {
        this.reduced = reduced;
        this.nowNs = nowNs;
    }

    /** Writes a number that matters for what happens next. */
    public void value(long value) {
        if (size == values.length) {
            values = Arrays.copyOf(values, 2 * size);
        }
        values[size++] = value;
    }

    public void value(boolean value) {
        value(value ? 1 : 0);
    }

    /** Writes an absolute virtual time. {@link Long#MAX_VALUE} stands for never. */
    public void time(long timeNs) {
        value(reduced && timeNs != Long.MAX_VALUE ? timeNs - nowNs : timeNs);
    }

    /** Writes a number that only counts what happened, on which nothing that follows depends. */
    public void counter(long value) {
        if (!reduced) {
            value(value);
        }
    }

    public void values(long[] array) {
        for (long value : array) {
            value(value);
        }
    }

    /**
     * Keeps an immutable object, which is not part of any hash: for observer state, and for what
     * the numbers written beside it determine.
     */
    public void reference(Object immutable) {
        if (referenceCount == references.length) {
            references = Arrays.copyOf(references, 2 * referenceCount);
        }
        references[referenceCount++] = immutable;
    }

    StateReader reader() {
        return new StateReader(
                Arrays.copyOf(values, size), Arrays.copyOf(references, referenceCount));
    }

    /** A hash of all numbers written so far. */
    long hash() {
        long hash = 0x9E3779B97F4A7C15L;
        for (int i = 0; i < size; i++) {
            hash = mix(hash, values[i]);
        }
        return hash;
    }

    static long mix(long hash, long value) {
        long mixed = (hash ^ value) * 0xBF58476D1CE4E5B9L;
        mixed ^= mixed >>> 29;
        mixed *= 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 32);
    }
}
