package dev.dirql.kernel.wmi;

import dev.dirql.kernel.io.IoManager;
import dev.dirql.kernel.memory.Pool;
import dev.dirql.kernel.objects.KernelObjects;
import dev.dirql.kernel.pnp.PnpDevices;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.structures.DeviceObject;
import dev.dirql.machine.Processor;
import dev.dirql.machine.StatePart;
import java.util.List;

/** The parts of Windows Management Instrumentation, put together. */
public final class Wmi {
    private final WmiRegistry registry = new WmiRegistry();
    private final WmiProviders providers;
    private final List<Object> services;

    public Wmi(
            ServiceEngine engine,
            IoManager io,
            PnpDevices devices,
            KernelObjects objects,
            Rules rules,
            Pool pool) {
        WmiRequests requests = new WmiRequests(engine, io.calls(), io.packets(), registry);
        WmiEvents events = new WmiEvents(engine, pool, rules, io.systemThreads(), registry);
        providers =
                new WmiProviders(
                        engine,
                        pool,
                        io.packets(),
                        io.objects(),
                        devices,
                        rules,
                        io.systemThreads(),
                        registry,
                        requests);
        services =
                List.of(
                        requests,
                        events,
                        providers,
                        new WmiConsumers(engine, pool, objects, registry, requests, providers),
                        new WmiWorkload(engine, pool, io.drivers(), registry, requests, providers),
                        new WmiLibrary(engine, pool, io.references(), events));
    }

    /** A driver deletes a device object. */
    public void deviceDeleted(Processor processor, DeviceObject device) {
        providers.deviceDeleted(processor, device);
    }

    /** What keeps a run from being done, a line each. */
    public List<String> outstanding() {
        return registry.outstanding();
    }

    /** Objects with the exports. */
    public List<Object> services() {
        return services;
    }

    /** Machine state. */
    public StatePart part() {
        return registry;
    }
}
