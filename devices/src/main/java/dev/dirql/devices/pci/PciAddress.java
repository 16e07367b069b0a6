package dev.dirql.devices.pci;

/**
 * Where a function is on the bus.
 *
 * @param bus 0 to 255
 * @param device 0 to 31
 * @param function 0 to 7
 */
public record PciAddress(int bus, int device, int function) {
    public PciAddress {
        if (bus < 0 || bus > 255 || device < 0 || device > 31 || function < 0 || function > 7) {
            throw new IllegalArgumentException(
                    "no PCI function has the address %d:%d.%d".formatted(bus, device, function));
        }
    }

    /** As people write it: {@code 0:3.0}. */
    public String text() {
        return bus + ":" + device + "." + function;
    }
}
