/**
 * Registers of devices, declared with their fields as a datasheet lists them. Start with {@link
 * dev.dirql.devices.register.Register}.
 */
@NullMarked
package dev.dirql.devices.register;

import org.jspecify.annotations.NullMarked;
