package dev.dirql.debugger;

/**
 * How many checkpoints are kept, and how densely.
 *
 * @param spacing steps between two at first; twice as many whenever every second one was dropped
 * @param spacingForFrame steps between two for each frame that has to be copied after one, if that
 *     is more
 * @param count how many there are at most
 * @param bytes how much memory they take at most, as far as it is known
 */
public record CheckpointLimits(long spacing, long spacingForFrame, int count, long bytes) {
    public CheckpointLimits {
        if (spacing < 1 || count < 4 || bytes < 1) {
            throw new IllegalArgumentException(
                    "spacing %d, count %d, bytes %d: not at least 1, 4, 1"
                            .formatted(spacing, count, bytes));
        }
    }

    /** As dense as the spacing says, however much is written. */
    public CheckpointLimits(long spacing, int count, long bytes) {
        this(spacing, 0, count, bytes);
    }

    /**
     * What a quarter of the memory that this process may use has room for. A moment costs some 10
     * µs, and 2 µs for each frame that is copied after it; the interpreter does some 150 steps in a
     * µs.
     */
    public static CheckpointLimits standard() {
        return new CheckpointLimits(1_000_000, 40_000, 400, Runtime.getRuntime().maxMemory() / 4);
    }
}
