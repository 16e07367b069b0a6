package dev.dirql.devices.apic;

/**
 * A request on its way to local APICs, as the I/O APIC, a message-signaled interrupt or another
 * processor sends it.
 *
 * @param destination eight bits: an APIC ID, or a set of logical APIC IDs
 * @param logical whether the destination is a set in the flat model: bit <i>n</i> is processor
 *     <i>n</i>, of the first eight
 * @param one whether one of the destinations takes it (lowest priority, or the redirection hint),
 *     rather than each of them
 * @param vector 0 to 255
 * @param level whether end of interrupt is told to the I/O APIC
 * @param input the I/O APIC's input, or {@link #NO_INPUT}
 * @param source name of who asked, for the trace
 */
record InterruptMessage(
        int destination,
        boolean logical,
        boolean one,
        int vector,
        boolean level,
        int input,
        String source) {
    static final int NO_INPUT = -1;
    static final int BROADCAST = 0xFF;
    private static final int LOGICAL_PROCESSORS = 8;

    /** The processors it is addressed to, a bit each. Absent processors are left out. */
    long destinations(int processors) {
        if (logical) {
            return destination & ((1L << Math.min(processors, LOGICAL_PROCESSORS)) - 1);
        }
        if (destination == BROADCAST) {
            return processors == 64 ? -1L : (1L << processors) - 1;
        }
        return destination < processors ? 1L << destination : 0;
    }
}
