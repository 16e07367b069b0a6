package dev.dirql.devices;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What the machine and its system software assigned to a device, as its driver gets to know it.
 *
 * @param physicalBase physical address of the registers, a multiple of 4096
 * @param virtualBase kernel virtual address at which they are mapped
 * @param vector interrupt vector, 0 if the device has no interrupt; of several that of message 0
 * @param irql IRQL of that vector
 * @param affinity the processors that may take its interrupt, a bit each
 * @param further vectors of its further interrupts, in the order of the type's properties
 * @param messages the messages that it was granted, by message number
 */
public record DeviceResources(
        long physicalBase,
        long virtualBase,
        int vector,
        int irql,
        long affinity,
        List<Vector> further,
        List<MessageResource> messages) {
    /**
     * What a further interrupt was assigned.
     *
     * @param vector 0 if it leads nowhere
     */
    public record Vector(int vector, int irql) {}

    public DeviceResources {
        further = List.copyOf(further);
        messages = List.copyOf(messages);
        if ((physicalBase & 0xFFF) != 0 || (virtualBase & 0xFFF) != 0) {
            throw new IllegalArgumentException(
                    "registers at 0x%x and 0x%x, not multiples of 4096"
                            .formatted(physicalBase, virtualBase));
        }
    }

    /** All of its interrupt vectors. */
    public Set<Integer> vectors() {
        Set<Integer> vectors = new TreeSet<>();
        vectors.add(vector);
        further.forEach(one -> vectors.add(one.vector()));
        messages.forEach(message -> vectors.add(message.vector()));
        vectors.remove(0);
        return vectors;
    }

    /** Of a device with one interrupt at most. */
    public DeviceResources(
            long physicalBase, long virtualBase, int vector, int irql, long affinity) {
        this(physicalBase, virtualBase, vector, irql, affinity, List.of(), List.of());
    }
}
