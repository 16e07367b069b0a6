package dev.dirql.kernel.locks;

import dev.dirql.machine.Processor;
import org.jspecify.annotations.Nullable;

/** Knows one kind of memory: what a person calls the things in it. */
@FunctionalInterface
public interface StorageResolver {
    /** What lies at an address, or null if it is no memory of this kind. */
    @Nullable Place resolve(Processor processor, long address);

    /**
     * @param name what lies there, as {@code driver.extension.Lock} or {@code 'Tag1'+0x20}
     * @param storage the kind of memory, as {@code "device extension"}
     */
    record Place(String name, String storage) {}
}
