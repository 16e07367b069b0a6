package dev.dirql.simulation.hardware;

/** What declared hardware has around it: a device of one kind or another. */
interface HardwareSurroundings {
    /** Whether the device was pulled out. */
    boolean isGone();

    /**
     * Says that a reason for an interrupt arose; {@link #changed} follows.
     *
     * @param interrupt empty for the first one
     */
    void reasonArose(String interrupt);

    /** Says that a reason for a message arose; {@link #changed} follows. */
    void messageReasonArose(int message);

    /** Decides its interrupts anew. */
    void changed();

    /**
     * Reads memory, or tells that this cannot be.
     *
     * @return whether it could be done
     */
    boolean readMemory(long from, byte[] target);

    /**
     * Writes memory, or tells that this cannot be.
     *
     * @return whether it could be done
     */
    boolean writeMemory(long to, byte[] source);

    /** How many messages it may send now, 0 if it is to use its line. */
    int enabledMessages();

    /** Sends a message. */
    void sendMessage(int number);
}
