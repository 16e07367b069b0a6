package dev.dirql.kernel.rules;

/**
 * A time that something may take before it is a warning.
 *
 * @param ns in nanoseconds
 */
public record Budget(long ns) {
    private static final long MICROSECOND = 1000;

    /** As the pages give it: in microseconds, where it is whole ones. */
    @Override
    public String toString() {
        return ns % MICROSECOND == 0 ? ns / MICROSECOND + " us" : ns + " ns";
    }
}
