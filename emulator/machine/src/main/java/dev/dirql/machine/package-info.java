/**
 * The bare machine: processors, physical and virtual memory, virtual time, interrupt wires, and the
 * loop that runs them in one order. It knows nothing of Windows and nothing of the x86 instruction
 * encoding. Start with {@link dev.dirql.machine.Machine}.
 */
@NullMarked
package dev.dirql.machine;

import org.jspecify.annotations.NullMarked;
