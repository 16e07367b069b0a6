package dev.dirql.machine;

import org.jspecify.annotations.Nullable;

/**
 * Sees memory accesses of processors one by one. While none is attached, accesses cost nothing
 * extra.
 */
@FunctionalInterface
public interface MemoryObserver {
    /**
     * @param value the bytes read, or the bytes about to be written, zero-extended
     */
    void accessed(
            Processor processor, long address, long physical, int size, boolean write, long value);

    /**
     * Whether accesses to a frame matter; those to others are as fast as without an observer. Who
     * answers otherwise than before is attached again.
     */
    default boolean observes(int frame) {
        return true;
    }

    /**
     * Sees accesses by physical address, within one frame: of devices, and of a kernel service that
     * knows where its memory lies. The bytes are not written yet.
     *
     * @param processor whose step it belongs to, or null for none
     */
    default void transferred(
            @Nullable Processor processor, long physical, int size, boolean write) {}
}
