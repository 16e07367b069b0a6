package dev.dirql.debugger;

/**
 * A step boundary of a run: what happened up to it is done, everything due before the next step
 * included.
 *
 * @param steps steps of all processors together since the start of the run: this alone names it
 * @param sequence the last event that has happened
 * @param stepsSince steps of all processors together since the first boundary at which that event
 *     had happened
 * @param timeNs virtual time
 * @param branch how many branches lie above the main line, 0 on it
 */
public record Position(long steps, long sequence, long stepsSince, long timeNs, int branch) {
    /** As it is written: {@code 18204:12}, in hex as WinDbg does it. */
    public String hex() {
        return "%X:%X".formatted(sequence, stepsSince);
    }

    /** As traces write it, {@code 18204:12}. */
    public String text() {
        return sequence + ":" + stepsSince;
    }
}
