package dev.dirql.events;

/**
 * When and where an event happened.
 *
 * @param sequence position of the event in its run, counted from 1 without gaps
 * @param timeNs virtual time in nanoseconds since the start of the run
 * @param processor number of the processor, or {@link #NO_PROCESSOR} for a device or the run itself
 * @param thread address of the current KTHREAD, 0 where there is none
 * @param irql IRQL of the processor at that moment, 0 where there is no processor
 */
public record Stamp(long sequence, long timeNs, int processor, long thread, int irql) {
    /** Stands in {@link #processor} for events that no processor caused. */
    public static final int NO_PROCESSOR = -1;
}
