package dev.dirql.devices;

import dev.dirql.machine.Machine;

/**
 * Everything a device is made from.
 *
 * @param name name of the instance, as {@code disk}
 * @param properties values for the properties of its type
 */
public record DeviceSetup(
        Machine machine, String name, PropertyValues properties, DeviceResources resources) {}
