package dev.dirql.x86;

import dev.dirql.machine.AddressSpace;
import org.jspecify.annotations.Nullable;

/**
 * Decoded instructions that follow each other.
 *
 * @param start address of the first byte
 * @param last address of the last byte
 * @param space where it is, or null for the kernel's half
 * @param pageable whether residency must be asked for at each entry
 * @param operations those that are not visible; only the last may be a branch
 * @param visible the visible one that follows, or null
 */
record Block(
        long start,
        long last,
        @Nullable AddressSpace space,
        boolean pageable,
        Operation[] operations,
        @Nullable Operation visible) {}
