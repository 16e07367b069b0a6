package dev.dirql.store;

/**
 * A file that a run was made from, as the header describes it.
 *
 * @param role what the file was to the run
 * @param name the file as the user named it
 * @param storedAs name of the copy in the trace's {@code inputs} directory, empty if no copy was
 *     kept
 * @param size bytes
 * @param sha256 SHA-256 of the content, 64 hexadecimal digits
 */
public record TraceInput(Role role, String name, String storedAs, long size, String sha256) {

    /** What a file is to a run. */
    public enum Role {
        SCENARIO,
        /** A source file that the scenario or one of its drivers includes. */
        INCLUDE,
        /** C source of a driver. */
        SOURCE,
        /** A driver binary. */
        IMAGE,
        /** A jar with types of device. */
        DEVICES
    }

    /** Whether the trace holds the file itself and not only its hash. */
    public boolean isStored() {
        return !storedAs.isEmpty();
    }
}
