package dev.dirql.simulation.hardware;

/** What the C of a device calls; {@code hardware.h} declares the same. */
interface HardwareFunctions {
    /** Whether all of a range of physical addresses is memory. */
    boolean dmaReaches(long address, long length);

    /** Moves bytes of the machine's memory into the device; the range is memory. */
    void dmaRead(long address, byte[] target);

    /** Moves bytes of the device into the machine's memory; the range is memory. */
    void dmaWrite(long address, byte[] source);

    /** Records that the device tried to reach what is not all memory. */
    void dmaRefused(long address, long length, boolean toMemory);

    long nowNs();

    void start(int timer, long ns);

    void cancel(int timer);

    boolean isRunning(int timer);

    void resetRegisters();
}
