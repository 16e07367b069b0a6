package dev.dirql.x86;

import dev.dirql.machine.AddressSpace;
import org.jspecify.annotations.Nullable;

/**
 * Decoded instructions that follow each other: a body that neither jumps nor is visible, and maybe
 * one last instruction that does.
 *
 * @param start address of the first byte
 * @param last address of the last byte
 * @param space where it is, or null for the kernel's half
 * @param pageable whether residency must be asked for at each entry
 * @param end what follows the body; null where the next block simply goes on
 */
record Block(
        long start,
        long last,
        @Nullable AddressSpace space,
        boolean pageable,
        Operation[] body,
        @Nullable Operation end) {}
