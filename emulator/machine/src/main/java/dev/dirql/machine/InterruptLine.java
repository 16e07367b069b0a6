package dev.dirql.machine;

/** A wire from a device to the interrupt controller. */
@FunctionalInterface
public interface InterruptLine {
    /** Drives the wire; setting it to what it is already changes nothing. */
    void set(boolean asserted);

    /**
     * Asserts the wire without lasting cause, just long enough for the controller to notice once,
     * and lets it go again.
     */
    default void pulse() {
        set(true);
        set(false);
    }
}
