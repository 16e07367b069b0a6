package dev.dirql.devices;

import dev.dirql.devices.pci.PciIdentity;
import java.util.function.ToIntFunction;

/**
 * What a type of device is on the PCI bus.
 *
 * @param usualMessages how many messages devices with those properties have causes for
 */
public record PciType(PciIdentity identity, ToIntFunction<PropertyValues> usualMessages) {}
