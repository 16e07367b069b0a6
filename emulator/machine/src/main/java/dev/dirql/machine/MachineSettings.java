package dev.dirql.machine;

/**
 * How a machine is built.
 *
 * @param processors number of processors, 1 to 64
 * @param memoryBytes size of physical memory, a multiple of 4 KiB
 * @param stepNs virtual time of one step
 * @param quantumNs how far a processor may run ahead of the others with invisible steps
 * @param timeLimitNs virtual time after which the run ends
 * @param stepLimit steps of all processors together after which the run ends
 */
public record MachineSettings(
        int processors,
        long memoryBytes,
        long stepNs,
        long quantumNs,
        long timeLimitNs,
        long stepLimit) {
    public static final int PROCESSORS_MAXIMUM = 64;

    public MachineSettings {
        check(
                processors >= 1 && processors <= PROCESSORS_MAXIMUM,
                "processors " + processors + ", not 1 to 64");
        check(
                memoryBytes > 0 && memoryBytes % PhysicalMemory.FRAME_SIZE == 0,
                "memory size " + memoryBytes + ", not a positive multiple of 4096");
        check(stepNs >= 1, "step time " + stepNs + " ns, not at least 1");
        check(quantumNs >= stepNs, "quantum " + quantumNs + " ns is shorter than a step");
        check(timeLimitNs > 0, "time limit " + timeLimitNs + " ns, not positive");
        check(stepLimit > 0, "step limit " + stepLimit + ", not positive");
    }

    /**
     * The defaults for a number of processors: 256 MiB, 1 ns a step, 500 ns quantum, one virtual
     * hour.
     */
    public static MachineSettings of(int processors) {
        return new MachineSettings(
                processors, 256L << 20, 1, 500, 3_600_000_000_000L, 10_000_000_000L);
    }

    private static void check(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}
