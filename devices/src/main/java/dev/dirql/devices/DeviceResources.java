package dev.dirql.devices;

/**
 * What the machine and its system software assigned to a device, as its driver gets to know it.
 *
 * @param physicalBase physical address of the registers, a multiple of 4096
 * @param virtualBase kernel virtual address at which they are mapped
 * @param vector interrupt vector, 0 if the device has no interrupt
 * @param irql IRQL of that vector
 * @param affinity the processors that may take its interrupt, a bit each
 */
public record DeviceResources(
        long physicalBase, long virtualBase, int vector, int irql, long affinity) {
    public DeviceResources {
        if ((physicalBase & 0xFFF) != 0 || (virtualBase & 0xFFF) != 0) {
            throw new IllegalArgumentException(
                    "registers at 0x%x and 0x%x, not multiples of 4096"
                            .formatted(physicalBase, virtualBase));
        }
    }
}
