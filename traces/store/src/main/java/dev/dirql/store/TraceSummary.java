package dev.dirql.store;

import dev.dirql.events.RunEnd;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The end of a complete trace.
 *
 * @param closing why recording ended
 * @param runEnd why the run ended, empty if recording ended before it
 * @param lastSequence sequence number of the last event, 0 if there is none
 * @param lastTimeNs its virtual time
 * @param events number of events
 * @param decisions number of decisions
 * @param eventsByKind number of events of each kind that occurs, by simple name, in the format's
 *     order
 */
public record TraceSummary(
        Closing closing,
        Optional<RunEnd> runEnd,
        long lastSequence,
        long lastTimeNs,
        long events,
        long decisions,
        Map<String, Long> eventsByKind) {

    /** Why recording ended. */
    public enum Closing {
        /** The writer was closed. */
        CLOSED,
        /** The limit for the size of the trace was reached. */
        LIMIT,
        /** The disk was full. */
        DISK_FULL
    }

    public TraceSummary {
        eventsByKind = Collections.unmodifiableMap(new LinkedHashMap<>(eventsByKind));
    }
}
