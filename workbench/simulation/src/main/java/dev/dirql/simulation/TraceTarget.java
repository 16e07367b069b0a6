package dev.dirql.simulation;

import dev.dirql.store.TraceWriterSettings;
import java.nio.file.Path;

/**
 * Where a run is recorded.
 *
 * @param directory one that does not exist yet, or is empty
 * @param limitBytes size after which recording and the run stop
 * @param keepInputs whether copies of the scenario's files go into it
 */
public record TraceTarget(Path directory, long limitBytes, boolean keepInputs) {
    /** As large as the disk allows. */
    public static final long NO_LIMIT = TraceWriterSettings.NO_LIMIT;

    TraceWriterSettings settings() {
        return TraceWriterSettings.standard().withLimitBytes(limitBytes).withKeepInputs(keepInputs);
    }
}
