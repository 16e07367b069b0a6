package dev.dirql.devices;

/**
 * The condition behind one interrupt of a device: a status bit with its interrupt enabled, or
 * several.
 *
 * @param name which of the device's interrupts: {@code "line 4"}, {@code "message 2"}
 * @param vector that requests it, as it was assigned or as the driver set it
 * @param holds whether the device has a reason to interrupt now
 * @param pends whether its message waits to be unmasked
 * @param lost whether a scenario lost the interrupt that began when it last came to hold
 * @param sinceSequence the last event before it last came to hold
 * @param sinceNs when that was
 * @param merged how many further reasons arose since, while it held; they made no interrupt
 * @param mergedSequence the last event before the last reason that arose so, 0 for none ever
 * @param mergedNs when that was
 */
public record InterruptCondition(
        String name,
        Way way,
        int vector,
        boolean holds,
        boolean pends,
        boolean lost,
        long sinceSequence,
        long sinceNs,
        long merged,
        long mergedSequence,
        long mergedNs) {
    /** How the interrupt reaches the controller. */
    public enum Way {
        LEVEL_SENSITIVE,
        LATCHED,
        MESSAGE
    }
}
