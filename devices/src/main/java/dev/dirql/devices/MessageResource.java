package dev.dirql.devices;

import dev.dirql.devices.apic.MessageAddress;

/**
 * A message-signaled interrupt that the machine and its system software granted to a device: what
 * an interrupt object is connected to, and what the device writes where to request it.
 *
 * @param vector interrupt vector
 * @param irql IRQL of that vector
 * @param affinity the processors that may take it, a bit each
 * @param address physical address that the device writes to
 * @param data what it writes
 */
public record MessageResource(int vector, int irql, long affinity, long address, int data) {
    /** A message that lets one of a set of processors take a vector, as an edge. */
    public static MessageResource of(int vector, int irql, long affinity) {
        return new MessageResource(
                vector, irql, affinity, MessageAddress.to(affinity).encode(), vector);
    }
}
