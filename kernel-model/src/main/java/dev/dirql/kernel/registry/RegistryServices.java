package dev.dirql.kernel.registry;

import dev.dirql.kernel.KernelModel;
import dev.dirql.kernel.memory.Pool;
import dev.dirql.machine.Processor;
import dev.dirql.machine.StatePart;
import java.util.List;

/** The registry and the services on it, put together. */
public final class RegistryServices {
    private final Registry registry;
    private final OpenKeys open;
    private final KeyServices keys;
    private final List<Object> services;

    public RegistryServices(KernelModel kernel, Registry registry, Pool pool) {
        this.registry = registry;
        open = new OpenKeys(registry, kernel.objects(), pool);
        RegistryPaths paths = new RegistryPaths(kernel.objects(), open);
        keys =
                new KeyServices(
                        kernel.engine(),
                        registry,
                        kernel.objects(),
                        open,
                        paths,
                        new KeyRights(kernel.rules()));
        services =
                List.of(
                        keys,
                        new RegistryRoutines(
                                kernel.engine(), registry, kernel.objects(), paths, keys),
                        new QueryTableServices(
                                kernel.engine(),
                                registry,
                                kernel.objects(),
                                open,
                                paths,
                                pool,
                                kernel.bugChecks()));
    }

    /**
     * Opens a key for who asks the system for it; it is made if there is none.
     *
     * @return a status
     */
    public int open(Processor processor, String path, long handlePointer, int access) {
        return keys.openOrMake(processor, path, handlePointer, access);
    }

    public List<Object> services() {
        return services;
    }

    /** What belongs into a snapshot. */
    public List<StatePart> parts() {
        return List.of(registry, open);
    }
}
