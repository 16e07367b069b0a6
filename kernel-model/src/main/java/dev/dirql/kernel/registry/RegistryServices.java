package dev.dirql.kernel.registry;

import dev.dirql.kernel.KernelModel;
import dev.dirql.kernel.memory.Pool;
import dev.dirql.machine.StatePart;
import java.util.List;

/** The registry and the services on it, put together. */
public final class RegistryServices {
    private final Registry registry;
    private final OpenKeys open;
    private final List<Object> services;

    public RegistryServices(KernelModel kernel, Registry registry, Pool pool) {
        this.registry = registry;
        open = new OpenKeys(registry, kernel.objects(), pool);
        RegistryPaths paths = new RegistryPaths(kernel.objects(), open);
        KeyServices keys =
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

    public List<Object> services() {
        return services;
    }

    /** What belongs into a snapshot. */
    public List<StatePart> parts() {
        return List.of(registry, open);
    }
}
