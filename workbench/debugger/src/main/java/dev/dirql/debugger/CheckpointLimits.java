package dev.dirql.debugger;

/**
 * How many checkpoints are kept, and how densely.
 *
 * @param spacing steps between two at first; twice as many whenever every second one was dropped
 * @param count how many there are at most
 * @param bytes how much memory they take at most, as far as it is known
 */
public record CheckpointLimits(long spacing, int count, long bytes) {
    public CheckpointLimits {
        if (spacing < 1 || count < 4 || bytes < 1) {
            throw new IllegalArgumentException(
                    "spacing %d, count %d, bytes %d: not at least 1, 4, 1"
                            .formatted(spacing, count, bytes));
        }
    }

    /** What a quarter of the memory that this process may use has room for. */
    public static CheckpointLimits standard() {
        return new CheckpointLimits(500_000, 400, Runtime.getRuntime().maxMemory() / 4);
    }
}
