package dev.dirql.kernel.interrupts;

import java.util.List;

/**
 * What the system assigned to a device to interrupt by, and where its messages are masked.
 *
 * @param name what a person calls it
 * @param lines its wires; none while it has messages
 * @param messages its messages, by number
 * @param table physical address of its MSI-X table, or 0 if it does not use MSI-X
 * @param entries of that table
 * @param maskBits physical address of the mask bits of MSI, or 0 if it does not use MSI
 */
public record InterruptDevice(
        String name,
        List<Line> lines,
        List<Message> messages,
        long table,
        int entries,
        long maskBits) {
    public InterruptDevice {
        lines = List.copyOf(lines);
        messages = List.copyOf(messages);
    }

    /**
     * A wire.
     *
     * @param irql that of the vector, or PASSIVE_LEVEL for a wire whose ISR runs there
     * @param affinity processors that may take it, a bit each
     */
    public record Line(int vector, int irql, long affinity, boolean latched) {}

    /**
     * A message.
     *
     * @param affinity processors that may take it, a bit each
     * @param address physical address that it is written to
     * @param data what is written
     */
    public record Message(int vector, int irql, long affinity, long address, int data) {}

    /** Whether one of its interrupts has a vector. */
    boolean has(int vector) {
        return messageOf(vector) >= 0 || lines.stream().anyMatch(line -> line.vector() == vector);
    }

    /** Number of the message with a vector, or -1. */
    int messageOf(int vector) {
        for (int i = 0; i < messages.size(); i++) {
            if (messages.get(i).vector() == vector) {
                return i;
            }
        }
        return -1;
    }
}
