package dev.dirql.kernel.pnp;

import dev.dirql.machine.Processor;

/** Opens keys of the registry for the Plug and Play manager. */
@FunctionalInterface
public interface DeviceKeys {
    /**
     * Opens a key, which is made if there is none, with those on its path.
     *
     * @param handlePointer where the handle goes
     * @return a status
     */
    int open(Processor processor, String path, long handlePointer, int access);
}
