/**
 * Hardware that a scenario declares: its C compiled, executed on a processor and in memory of the
 * device's own, and behind the registers, interrupts and stimuli that every device has. Start with
 * {@link dev.dirql.simulation.hardware.HardwareDevice}.
 */
@NullMarked
package dev.dirql.simulation.hardware;

import org.jspecify.annotations.NullMarked;
