/**
 * Virtual devices, one a file, and what they share: properties, interrupts with their stimuli, and
 * what their drivers are told. {@link dev.dirql.devices.DeviceCatalog} lists them; {@link
 * dev.dirql.devices.Device} is the contract.
 */
@NullMarked
package dev.dirql.devices;

import org.jspecify.annotations.NullMarked;
