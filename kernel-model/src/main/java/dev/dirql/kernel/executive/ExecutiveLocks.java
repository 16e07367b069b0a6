package dev.dirql.kernel.executive;

import dev.dirql.kernel.KernelModel;
import dev.dirql.kernel.memory.Pool;
import dev.dirql.machine.StatePart;
import java.util.List;

/** All services of the executive's locks. */
public final class ExecutiveLocks {
    private final Resources resources;
    private final List<Object> services;

    /** Makes them for a kernel, whose exports they become a part of. */
    public ExecutiveLocks(KernelModel kernel, Pool pool) {
        resources = new Resources(kernel, pool);
        services =
                List.of(
                        new FastMutexServices(kernel),
                        new ResourceServices(kernel, resources),
                        new PushLockServices(kernel),
                        new RundownServices(kernel, pool),
                        new RemoveLockServices(kernel));
    }

    /** What a snapshot needs of them. */
    public List<StatePart> parts() {
        return List.of(resources);
    }

    /** The objects with exports. */
    public List<Object> services() {
        return services;
    }
}
