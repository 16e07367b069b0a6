package dev.dirql.store;

import org.jspecify.annotations.Nullable;

/**
 * Something about a trace that its user can mend. The message names the place, what is wrong and
 * the cure.
 */
public final class TraceException extends RuntimeException {
    private final Kind kind;

    /** What is wrong. */
    public enum Kind {
        /** There is nothing at that place. */
        MISSING,
        /** There is something, but dirql did not write it as a trace. */
        NOT_A_TRACE,
        /** A later dirql wrote it. */
        NEWER,
        /** A part of the trace is missing. */
        TRUNCATED,
        /** A part of the trace was changed after it was written. */
        CORRUPT,
        /** The host does not let us read or write there. */
        PERMISSION,
        /** The host failed to read or write. */
        INPUT_OUTPUT,
        /** A trace is to be written where something is already. */
        EXISTS,
        /** The disk has no room left for the next block; what was recorded before is kept. */
        DISK_FULL,
        /** The limit that was set for the trace is reached; what was recorded before is kept. */
        LIMIT
    }

    public TraceException(Kind kind, String message) {
        this(kind, message, null);
    }

    public TraceException(Kind kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }

    /** Whether the writer stopped because there is no more room, and kept what it had. */
    public boolean isOutOfRoom() {
        return kind == Kind.DISK_FULL || kind == Kind.LIMIT;
    }
}
