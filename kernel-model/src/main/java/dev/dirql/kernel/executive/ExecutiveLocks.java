package dev.dirql.kernel.executive;

import dev.dirql.kernel.KernelModel;
import dev.dirql.kernel.memory.Pool;
import dev.dirql.kernel.rules.Violation;
import dev.dirql.kernel.rules.Violation.Verifier;
import dev.dirql.machine.Processor;
import dev.dirql.machine.StatePart;
import java.util.List;

/** All services of the executive's locks. */
public final class ExecutiveLocks {
    private final KernelModel kernel;
    private final Resources resources;
    private final List<Object> services;

    /** Makes them for a kernel, whose exports they become a part of. */
    public ExecutiveLocks(KernelModel kernel, Pool pool) {
        this.kernel = kernel;
        resources = new Resources(kernel, pool);
        services =
                List.of(
                        new FastMutexServices(kernel),
                        new ResourceServices(kernel, resources),
                        new ResourceAcquisitionServices(kernel, resources),
                        new PushLockServices(kernel),
                        new RundownServices(kernel, pool),
                        new RemoveLockServices(kernel));
    }

    /**
     * Pool is about to be freed, which may hold no resource that was not deleted. With the verifier
     * on this may end the run. WDK, "Bug check 0xC4", 0xD2.
     */
    public void goes(Processor processor, long start, long size, long caller) {
        for (long resource : resources.within(start, size)) {
            if (kernel.machine().ended() == null) {
                kernel.rules()
                        .broken(
                                processor,
                                Violation.error(
                                        "ResourceFreed",
                                        "D2",
                                        "the resource at 0x%x, which is not deleted, is in pool that is freed"
                                                .formatted(resource),
                                        Verifier.detected(0xD2, resource, start, size)),
                                caller);
            }
        }
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
