package dev.dirql.kernel.pnp;

import java.util.List;

/**
 * A device of the machine, as its bus tells of it.
 *
 * @param name what a person calls it; also its instance ID
 * @param deviceId identifier of its kind, {@code BUS\KIND}
 * @param description for a person
 * @param interfaceType INTERFACE_TYPE of its bus
 * @param busNumber number of the bus
 * @param address where on the bus it is, -1 if that is not known
 * @param resources in the order in which lists have them
 * @param presence what pulls it out
 */
public record PnpDevice(
        String name,
        String deviceId,
        String description,
        int interfaceType,
        int busNumber,
        int address,
        List<PnpResource> resources,
        ConfigurationSpace configuration,
        Presence presence) {
    /** INTERFACE_TYPE of a device on no bus. */
    public static final int INTERNAL = 0;

    /** INTERFACE_TYPE of PCI. */
    public static final int PCI_BUS = 5;

    public PnpDevice {
        resources = List.copyOf(resources);
    }
}
