package dev.dirql.simulation.hardware;

/** What the C of a device calls; {@code hardware.h} declares the same. */
interface HardwareFunctions {
    /** Whether all of a range of physical addresses is memory. */
    boolean dmaReaches(long address, long length);

    /**
     * Moves bytes of the machine's memory into the device.
     *
     * @return whether that could be done
     */
    boolean dmaRead(long address, byte[] target);

    /**
     * Moves bytes of the device into the machine's memory.
     *
     * @return whether that could be done
     */
    boolean dmaWrite(long address, byte[] source);

    long nowNs();

    void start(int timer, long ns);

    void cancel(int timer);

    boolean isRunning(int timer);

    void resetRegisters();

    /** How many messages it has, 0 if it has none. */
    int messages();

    /** How many messages it may send now, 0 if it is to use its line. */
    int enabledMessages();

    /**
     * Sends a message.
     *
     * @param number less than {@link #messages}
     */
    void sendMessage(int number);
}
