package dev.dirql.devices;

/**
 * Where software finds registers of a device.
 *
 * @param number of the base address register, 0 if the device has but one range
 * @param ports whether they are ports rather than memory
 * @param start physical address or first port
 * @param pointer what the driver's constants count from: the kernel virtual address, or the first
 *     port
 * @param size bytes from the start to the end of the last register
 */
public record RegisterRange(int number, boolean ports, long start, long pointer, long size) {}
