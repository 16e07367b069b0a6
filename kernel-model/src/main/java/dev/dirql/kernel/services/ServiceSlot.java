package dev.dirql.kernel.services;

import org.jspecify.annotations.Nullable;

/**
 * One place in the service window.
 *
 * @param name its symbol
 * @param address its virtual address
 * @param frame what lies at RSP there
 * @param ddi the declaration, null for anything that is not an export
 */
public record ServiceSlot(String name, long address, FrameShape frame, @Nullable Ddi ddi) {
    /** Bytes from one slot to the next. */
    public static final int SIZE = 16;
}
