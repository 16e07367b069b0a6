package dev.dirql.kernel.pnp;

/** A hardware resource that a device has, as the lists of its driver name it. WDK, wdm.h. */
public sealed interface PnpResource {
    /**
     * A wire to an interrupt controller.
     *
     * @param line number of the input
     * @param vector interrupt vector that the system assigned
     * @param irql that of the vector
     * @param affinity processors that may take it, a bit each
     * @param latched whether it is edge-triggered, and not level-sensitive
     */
    record Line(int line, int vector, int irql, long affinity, boolean latched)
            implements PnpResource {}

    /**
     * Message-signaled interrupts of one descriptor: all of MSI, one of MSI-X.
     *
     * @param count how many, at least 1; their vectors follow each other
     * @param vector that of the first
     * @param irql that of the vectors
     * @param affinity processors that may take them, a bit each
     */
    record Messages(int count, int vector, int irql, long affinity) implements PnpResource {}

    /** Registers in memory: a physical address and bytes. */
    record Memory(long start, long bytes) implements PnpResource {}

    /** Registers that are ports: the first, and how many. */
    record Ports(long start, long count) implements PnpResource {}
}
