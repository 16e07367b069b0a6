package dev.dirql.devices;

import dev.dirql.devices.pci.PciBus;
import dev.dirql.machine.Machine;
import org.jspecify.annotations.Nullable;

/**
 * Everything a device is made from.
 *
 * @param name name of the instance, as {@code disk}
 * @param properties values for the properties of its type
 * @param pciBus the machine's PCI bus, or null if it has none
 */
public record DeviceSetup(
        Machine machine,
        String name,
        PropertyValues properties,
        DeviceResources resources,
        @Nullable PciBus pciBus) {}
