/**
 * The PCI bus: configuration space, base address registers, and interrupts by line, MSI and MSI-X.
 * Start with {@link dev.dirql.devices.pci.PciBus} and {@link dev.dirql.devices.pci.PciFunction}.
 */
@NullMarked
package dev.dirql.devices.pci;

import org.jspecify.annotations.NullMarked;
