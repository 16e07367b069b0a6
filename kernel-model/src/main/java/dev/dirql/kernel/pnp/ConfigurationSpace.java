package dev.dirql.kernel.pnp;

import dev.dirql.machine.Processor;

/** What a bus keeps of a device: the configuration space of PCI. */
public interface ConfigurationSpace {
    /** That of a device whose bus has none: nothing can be read or written. */
    ConfigurationSpace NONE =
            new ConfigurationSpace() {
                @Override
                public byte[] read(Processor processor, int offset, int count) {
                    return new byte[0];
                }

                @Override
                public int write(Processor processor, int offset, byte[] bytes) {
                    return 0;
                }
            };

    /**
     * Reads bytes.
     *
     * @return those that exist, from the first on
     */
    byte[] read(Processor processor, int offset, int count);

    /** Writes bytes and says how many. */
    int write(Processor processor, int offset, byte[] bytes);
}
