package dev.dirql.kernel.io;

import dev.dirql.kernel.Crash;
import dev.dirql.kernel.images.LoadedImages;
import dev.dirql.kernel.irql.Irqls;
import dev.dirql.kernel.loader.DeviceExtensions;
import dev.dirql.kernel.locks.SpinLocks;
import dev.dirql.kernel.memory.AddressWindow;
import dev.dirql.kernel.memory.Pool;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.machine.AddressSpace;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;
import dev.dirql.machine.StatePart;
import java.util.List;
import java.util.function.Consumer;

/** The parts of the I/O manager, put together. */
public final class IoManager {
    private final ServiceEngine engine;
    private final Drivers drivers;
    private final Devices devices;
    private final Requests requests;
    private final DriverUnloads unloads;
    private final WorkloadThreads workloadThreads = new WorkloadThreads();
    private final List<Object> services;
    private final List<StatePart> parts;

    /**
     * @param lockedPages where pages of MDLs are mapped
     * @param extensions is told of device extensions, which is state of its own
     * @param workload address space of the process whose threads send the requests
     * @param unloading does what the unloading of a driver needs
     * @param loaded told when every DriverEntry has returned
     */
    public IoManager(
            Machine machine,
            ServiceEngine engine,
            Irqls irqls,
            SpinLocks locks,
            LoadedImages images,
            Rules rules,
            Pool pool,
            AddressWindow lockedPages,
            DeviceExtensions extensions,
            AddressSpace workload,
            Crash crash,
            DriverUnloading unloading,
            Consumer<Processor> loaded) {
        this.engine = engine;
        drivers = new Drivers(pool);
        ObjectNames names = new ObjectNames();
        devices = new Devices(pool, drivers, names, extensions);
        FileObjects files = new FileObjects(pool, devices);
        UserMemory user = new UserMemory(machine, workload);
        RoutineCalls calls = new RoutineCalls(engine, irqls, images, rules);
        RequestRules requestRules = new RequestRules(images, rules);
        requests =
                new Requests(
                        pool,
                        new RequestBuffers(pool, lockedPages, user, requestRules),
                        requestRules);
        pool.onDriverFree(requests::freedByDriver);
        CancelServices cancel = new CancelServices(engine, irqls, locks, calls, crash);
        unloads = new DriverUnloads(engine, drivers, requests, rules, unloading);
        requests.onCompleted(unloads::settle);
        files.onClosed(unloads::settle);
        services =
                List.of(
                        new DeviceServices(engine, devices, names),
                        new DeviceQueueServices(engine, rules),
                        new DriverServices(
                                engine,
                                drivers,
                                calls,
                                new UnloadRules(pool, names, rules, unloading),
                                unloading,
                                loaded::accept),
                        new IrpServices(engine, pool, requests, requestRules, calls, crash),
                        cancel,
                        new StartIoServices(engine, irqls, calls, cancel),
                        new WorkloadServices(
                                engine, drivers, files, requests, workloadThreads, calls, unloads));
        parts = List.of(drivers, names, devices, files, user, requests, workloadThreads);
    }

    /** Lets somebody know of device objects that are deleted. */
    public void onDeviceDeleted(Devices.DeletionListener listener) {
        devices.onDelete(listener);
    }

    /** Objects with the exports. */
    public List<Object> services() {
        return services;
    }

    /** Machine state. */
    public List<StatePart> parts() {
        return parts;
    }

    public Drivers drivers() {
        return drivers;
    }

    public Requests requests() {
        return requests;
    }

    public WorkloadThreads workloadThreads() {
        return workloadThreads;
    }

    /** Start routine of a system thread that calls DriverEntry of every driver. */
    public long loadRoutine() {
        return engine.table().address(DriverServices.LOAD);
    }

    public DriverUnloads unloads() {
        return unloads;
    }
}
