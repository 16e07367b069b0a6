package dev.dirql.machine;

/** Something that wants to act at a virtual time. */
@FunctionalInterface
public interface TimedHandler {
    /**
     * @param timeNs the virtual time that was asked for, which is now
     * @param argument the number that was given when the time was set
     */
    void expire(long timeNs, long argument);
}
