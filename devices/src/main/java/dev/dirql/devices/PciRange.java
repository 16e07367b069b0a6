package dev.dirql.devices;

import dev.dirql.devices.pci.BaseAddress;

/**
 * A range of addresses or ports of a function on the PCI bus.
 *
 * @param index number of its base address register, 0 to 5; a 64-bit one takes the next one too
 * @param kind what it is a range of
 * @param size least bytes of it; it is as large as its registers anyway
 * @param description what lies there, or empty
 */
public record PciRange(int index, BaseAddress.Kind kind, long size, String description) {}
