package dev.dirql.machine;

import java.util.Arrays;

/**
 * Takes the state of parts as numbers. The same numbers give the exact hash and, with times made
 * relative and counters left out, the reduced hash.
 */
public final class StateWriter {
    private final boolean reduced;
    private final long nowNs;
    private long[] values;
    private int size;
    private Object[] references = new Object[8];
    private int referenceCount;

    /**
     * @param reduced whether to leave out what no continuation of the run depends on
     * @param nowNs time that {@link #time} is relative to in a reduced writer, and before which
     *     nothing happens any more
     * @param expected how many numbers are expected; more are taken as well
     */
    StateWriter(boolean reduced, long nowNs, int expected) {
        this.reduced = reduced;
        this.nowNs = nowNs;
        values = new long[Math.max(expected, 16)];
    }

    StateWriter(boolean reduced, long nowNs) {
        this(reduced, nowNs, 256);
    }

    /** How many numbers were written. */
    int size() {
        return size;
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

    /**
     * Writes an absolute virtual time on which nothing that follows depends as far as it lies in
     * the past.
     */
    public void timeFromNowOn(long timeNs) {
        time(reduced ? Math.max(timeNs, nowNs) : timeNs);
    }

    /** Writes a number that only counts what happened, on which nothing that follows depends. */
    public void counter(long value) {
        if (!reduced) {
            value(value);
        }
    }

    public void values(long[] array) {
        if (values.length - size < array.length) {
            values = Arrays.copyOf(values, Math.max(2 * size, size + array.length));
        }
        System.arraycopy(array, 0, values, size, array.length);
        size += array.length;
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

    /** What was written; nothing is written afterwards. */
    StateReader reader() {
        return new StateReader(
                size == values.length ? values : Arrays.copyOf(values, size),
                Arrays.copyOf(references, referenceCount));
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
