package dev.dirql.kernel.interrupts;

/**
 * What stands behind one interrupt of a device: a status bit with its interrupt enabled, or
 * several.
 *
 * @param device name of the device
 * @param name which of its interrupts: {@code "line 4"}, {@code "message 2"}
 * @param vector that requests it
 * @param holds whether the device has a reason to interrupt now
 * @param pends whether its message waits to be unmasked
 * @param taken whether the scenario lost the interrupt that began when it last came to hold
 * @param sinceSequence the last event before it last came to hold
 * @param sinceNs when that was
 * @param merged how many further reasons arose since, while it held: they made no interrupt
 * @param mergedSequence the last event before the last reason that arose so, 0 for none ever
 * @param mergedNs when that was
 */
public record InterruptReason(
        String device,
        String name,
        Way way,
        int vector,
        boolean holds,
        boolean pends,
        boolean taken,
        long sinceSequence,
        long sinceNs,
        long merged,
        long mergedSequence,
        long mergedNs) {
    /** How the interrupt reaches the controller. */
    public enum Way {
        LEVEL_SENSITIVE,
        LATCHED,
        MESSAGE;

        /** Whether it is requested once when the reason begins, rather than while it lasts. */
        boolean isEdge() {
            return this != LEVEL_SENSITIVE;
        }
    }

    /** What a person calls it. */
    String text() {
        return device + "'s " + (way == Way.LATCHED ? "latched " : "") + name;
    }
}
