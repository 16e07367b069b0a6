/**
 * The interrupt controller of the machine: a local APIC for each processor, an I/O APIC for wires,
 * and messages. Sources are the Intel SDM, volume 3A, chapter 10 ("Advanced Programmable Interrupt
 * Controller"), and the 82093AA I/O APIC datasheet. Start with {@link
 * dev.dirql.devices.apic.ApicSystem}.
 */
@NullMarked
package dev.dirql.devices.apic;

import org.jspecify.annotations.NullMarked;
