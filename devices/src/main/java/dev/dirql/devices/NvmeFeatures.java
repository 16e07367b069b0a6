package dev.dirql.devices;

import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.Arrays;

/**
 * The features of an NVMe controller that a driver gets and sets. NVM Express Base Specification
 * 1.4, 5.21.1. None can be saved. Those that are absent, such as that of the volatile write cache,
 * are an invalid field.
 */
final class NvmeFeatures implements StatePart {
    static final int ARBITRATION = 0x01;
    static final int POWER = 0x02;
    static final int TEMPERATURE = 0x04;
    static final int ERROR_RECOVERY = 0x05;
    static final int QUEUES = 0x07;
    static final int COALESCING = 0x08;
    static final int VECTOR = 0x09;
    static final int ATOMICITY = 0x0A;
    static final int EVENTS = 0x0B;

    private static final int COUNT = 0x0C;
    private static final int UNDER_TEMPERATURE = 0x00;
    private static final long USUAL_TEMPERATURE = 343;
    private static final long COALESCING_DISABLED = 1 << 16;

    private final int queues;
    private final long[] values = new long[COUNT];
    private final boolean[] uncoalesced;

    /**
     * @param queues I/O queues of each kind
     * @param vectors interrupt vectors that a queue may name
     */
    NvmeFeatures(int queues, int vectors) {
        this.queues = queues;
        uncoalesced = new boolean[vectors];
        reset();
    }

    void reset() {
        for (int i = 0; i < COUNT; i++) {
            values[i] = 0;
        }
        values[TEMPERATURE] = USUAL_TEMPERATURE;
        Arrays.fill(uncoalesced, false);
    }

    private static boolean isKnown(int feature) {
        return switch (feature) {
            case ARBITRATION,
                    POWER,
                    TEMPERATURE,
                    ERROR_RECOVERY,
                    QUEUES,
                    COALESCING,
                    VECTOR,
                    ATOMICITY,
                    EVENTS ->
                    true;
            default -> false;
        };
    }

    /** Whether a Get or Set Features with that Dword 11 names something that is there. */
    boolean isThere(int feature, long word) {
        return switch (feature) {
            case VECTOR -> (word & 0xFFFF) < uncoalesced.length;
            case TEMPERATURE -> (word >>> 16 & 0xF) == 0 && (word >>> 20 & 0x3) <= 1;
            default -> isKnown(feature);
        };
    }

    /** The value, of which Dword 11 says which where there are several. */
    long get(int feature, long word) {
        return switch (feature) {
            case VECTOR -> {
                int vector = (int) word & 0xFFFF;
                yield vector | (uncoalesced[vector] ? COALESCING_DISABLED : 0);
            }
            case QUEUES -> (queues - 1) | (long) (queues - 1) << 16;
            case TEMPERATURE -> values[isUnder(word) ? UNDER_TEMPERATURE : TEMPERATURE];
            default -> values[feature];
        };
    }

    /** The value after a reset of the controller. */
    long usual(int feature, long word) {
        return new NvmeFeatures(queues, uncoalesced.length).get(feature, word);
    }

    void set(int feature, long word) {
        switch (feature) {
            case VECTOR -> uncoalesced[(int) word & 0xFFFF] = (word & COALESCING_DISABLED) != 0;
            case QUEUES -> {
                // There are as many as there are, whatever is asked for.
            }
            case TEMPERATURE ->
                    values[isUnder(word) ? UNDER_TEMPERATURE : TEMPERATURE] = word & 0xFFFF;
            default -> values[feature] = word;
        }
    }

    private static boolean isUnder(long word) {
        return (word >>> 20 & 0x3) == 1;
    }

    /**
     * Completions beyond one that an interrupt of a vector may wait for; 0 if it is not to wait.
     */
    int threshold(int vector) {
        boolean coalesced = vector < uncoalesced.length && !uncoalesced[vector];
        return coalesced && coalescingNs() > 0 ? (int) values[COALESCING] & 0xFF : 0;
    }

    /** How long an interrupt may wait. */
    long coalescingNs() {
        return (values[COALESCING] >>> 8 & 0xFF) * 100_000;
    }

    @Override
    public void save(StateWriter out) {
        out.values(values);
        for (boolean one : uncoalesced) {
            out.value(one);
        }
    }

    @Override
    public void restore(StateReader in) {
        in.values(values);
        for (int i = 0; i < uncoalesced.length; i++) {
            uncoalesced[i] = in.booleanValue();
        }
    }
}
