package dev.dirql.devices.register;

import org.jspecify.annotations.Nullable;

/**
 * The bytes that an access and a register have in common.
 *
 * @param first the first of them, counted in the register
 * @param firstOfAccess the first of them, counted in the access
 * @param width how many
 */
record Overlap(int first, int firstOfAccess, int width) {
    /** Null if they have none in common. */
    static @Nullable Overlap of(Register register, long offset, int size) {
        long start = Math.max(offset, register.offset());
        long end = Math.min(offset + size, (long) register.offset() + register.width());
        if (start >= end) {
            return null;
        }
        return new Overlap(
                (int) (start - register.offset()), (int) (start - offset), (int) (end - start));
    }

    /** The bits of the register in those bytes. */
    long lanes() {
        long bits = width == 8 ? -1 : (1L << (8 * width)) - 1;
        return bits << (8 * first);
    }

    String name(Register register) {
        return first == 0 ? register.name() : register.name() + "+" + first;
    }
}
