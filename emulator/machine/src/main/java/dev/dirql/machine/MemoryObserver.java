package dev.dirql.machine;

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
}
