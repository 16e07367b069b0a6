package dev.dirql.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How a trace is written.
 *
 * @param keepInputs whether the inputs are copied or only named with their hash
 * @param limitBytes size of the records after which recording stops, {@link #NO_LIMIT} for none
 * @param blockBytes how much of the records file is allocated and mapped at a time
 * @param reserveBytes what must stay free on the disk
 * @param usableSpace tells how much of the disk is left for us
 */
public record TraceWriterSettings(
        boolean keepInputs,
        long limitBytes,
        int blockBytes,
        long reserveBytes,
        UsableSpace usableSpace) {
    public static final long NO_LIMIT = Long.MAX_VALUE;

    /** Smallest block: a quarter of it must hold the longest document. */
    public static final int BLOCK_BYTES_MINIMUM = 1 << 20;

    /** Tells how many bytes can still be written at a place. */
    @FunctionalInterface
    public interface UsableSpace {
        long at(Path place) throws IOException;
    }

    public TraceWriterSettings {
        if (blockBytes < BLOCK_BYTES_MINIMUM || Integer.bitCount(blockBytes) != 1) {
            throw new IllegalArgumentException(
                    "block of %d bytes: it must be a power of two from %d"
                            .formatted(blockBytes, BLOCK_BYTES_MINIMUM));
        }
    }

    /** What {@code dirql run} uses. */
    public static TraceWriterSettings standard() {
        return new TraceWriterSettings(
                true,
                NO_LIMIT,
                BLOCK_BYTES_MINIMUM,
                16L << 20,
                place -> Files.getFileStore(place).getUsableSpace());
    }

    public TraceWriterSettings withLimitBytes(long limit) {
        return new TraceWriterSettings(keepInputs, limit, blockBytes, reserveBytes, usableSpace);
    }

    public TraceWriterSettings withKeepInputs(boolean keep) {
        return new TraceWriterSettings(keep, limitBytes, blockBytes, reserveBytes, usableSpace);
    }

    public TraceWriterSettings withUsableSpace(UsableSpace space) {
        return new TraceWriterSettings(keepInputs, limitBytes, blockBytes, reserveBytes, space);
    }
}
