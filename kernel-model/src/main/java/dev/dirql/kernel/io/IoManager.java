package dev.dirql.kernel.io;

import dev.dirql.kernel.Crash;
import dev.dirql.kernel.OutstandingWork;
import dev.dirql.kernel.images.LoadedImages;
import dev.dirql.kernel.irql.Irqls;
import dev.dirql.kernel.loader.DeviceExtensions;
import dev.dirql.kernel.locks.HeldLocks;
import dev.dirql.kernel.locks.InternalLocks;
import dev.dirql.kernel.locks.SpinLocks;
import dev.dirql.kernel.memory.AddressWindow;
import dev.dirql.kernel.memory.Mdls;
import dev.dirql.kernel.memory.Pool;
import dev.dirql.kernel.memory.SystemPoolMember;
import dev.dirql.kernel.objects.OtherObjects;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.structures.KDeviceQueue;
import dev.dirql.machine.AddressSpace;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;
import dev.dirql.machine.StatePart;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;

/** The parts of the I/O manager, put together. */
public final class IoManager {
    /** What CONTROLLER_OBJECT.DeviceWaitQueue is locked with. */
    public static final SystemPoolMember CONTROLLER_QUEUE_LOCK =
            new SystemPoolMember(
                    ControllerExtensions.TAG,
                    ControllerServices.WAIT_QUEUE + KDeviceQueue.LOCK,
                    "CONTROLLER_OBJECT.DeviceWaitQueue.Lock");

    private final ServiceEngine engine;
    private final Drivers drivers;
    private final Devices devices;
    private final Requests requests;
    private final DriverUnloads unloads;
    private final SystemPackets packets;
    private final OtherObjects objects;
    private final WorkItemServices workItems;
    private final ObjectNames names = new ObjectNames();
    private final ObjectReferences references = new ObjectReferences();
    private final RoutineCalls calls;
    private final DriverUnloading systemThreads;
    private final ShutdownServices shutdown;
    private DeviceStacks stacks = DeviceStacks.NONE;
    private final WorkloadThreads workloadThreads = new WorkloadThreads();
    private final List<Object> services;
    private final List<StatePart> parts;

    /**
     * @param lockedPages where pages of MDLs are mapped
     * @param mdls makes and locks MDLs
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
            HeldLocks heldLocks,
            LoadedImages images,
            Rules rules,
            Pool pool,
            AddressWindow lockedPages,
            Mdls mdls,
            DeviceExtensions extensions,
            AddressSpace workload,
            Crash crash,
            DriverUnloading unloading,
            Consumer<Processor> loaded) {
        this.engine = engine;
        drivers = new Drivers(pool);
        packets = new SystemPackets(pool, mdls);
        devices = new Devices(pool, drivers, names, references, extensions);
        FileObjects files = new FileObjects(pool, devices);
        UserMemory user = new UserMemory(machine, workload);
        calls = new RoutineCalls(engine, irqls, images, heldLocks, rules, unloading, crash);
        RequestRules requestRules = new RequestRules(images, locks, rules);
        requests =
                new Requests(
                        pool,
                        new RequestBuffers(pool, lockedPages, user, requestRules),
                        requestRules);
        SentIrps sent = new SentIrps();
        pool.onDriverFree((processor, address, caller) -> {
            sent.forget(address);
            requests.freedByDriver(processor, address, caller);
        });
        InternalLocks internal = new InternalLocks(machine, engine, locks);
        DeviceQueues queues = new DeviceQueues(engine);
        CancelServices cancel = new CancelServices(engine, irqls, locks, internal, calls, crash);
        workItems =
                new WorkItemServices(
                        engine,
                        pool,
                        references,
                        images,
                        unloading::startThread,
                        calls,
                        rules,
                        crash);
        unloads = new DriverUnloads(engine, drivers, requests, rules, unloading);
        requests.onCompleted(unloads::settle);
        files.onClosed(processor -> {
            stacks.filesClosed(processor);
            unloads.settle(processor);
        });
        systemThreads = unloading;
        objects = new CountedObjects(engine, unloading, files, references, devices, crash);
        shutdown = new ShutdownServices(engine, packets, references, devices, calls, unloading);
        Reinitializations reinitializations = new Reinitializations();
        services =
                List.of(
                        new DeviceServices(engine, pool, devices, names, shutdown, rules),
                        new DevicePointerServices(engine, names, files, references, packets, calls),
                        shutdown,
                        reinitializations,
                        new AttachServices(engine, devices, names, references, rules),
                        internal,
                        new DeviceQueueServices(engine, irqls, internal, rules, crash),
                        new DriverServices(
                                engine,
                                drivers,
                                reinitializations,
                                () -> stacks,
                                calls,
                                new UnloadRules(pool, names, rules, unloading),
                                unloading,
                                loaded::accept),
                        new IrpServices(
                                engine,
                                pool,
                                requests,
                                packets,
                                mdls,
                                requestRules,
                                sent,
                                calls,
                                crash),
                        cancel,
                        new BuiltIrpServices(
                                engine, pool, packets, references, mdls, requestRules, sent),
                        new ControllerServices(engine, pool, calls, queues),
                        workItems,
                        new ThreadIoServices(engine, packets),
                        new DriverObjectServices(engine, pool, drivers),
                        new CancelSafeQueueServices(engine, irqls, locks, cancel),
                        new StartIoServices(engine, irqls, locks, calls, cancel, queues),
                        new WorkloadServices(
                                engine,
                                drivers,
                                files,
                                requests,
                                workloadThreads,
                                calls,
                                unloads,
                                () -> stacks));
        parts =
                List.of(
                        drivers,
                        names,
                        devices,
                        references,
                        files,
                        user,
                        requests,
                        packets,
                        sent,
                        workItems,
                        shutdown,
                        reinitializations,
                        drivers.extensions(),
                        workloadThreads);
    }

    /** What threads call that end with packets of theirs on the way. */
    public OptionalLong threadEnds(long thread) {
        return packets.nextOfThread(thread, 0) == 0
                ? OptionalLong.empty()
                : OptionalLong.of(engine.table().address(ThreadIoServices.CANCEL));
    }

    /** The references to its objects. */
    public OtherObjects objects() {
        return objects;
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

    // ---- parts, for those who build on this ----

    public Devices devices() {
        return devices;
    }

    public ObjectNames names() {
        return names;
    }

    public ObjectReferences references() {
        return references;
    }

    public RoutineCalls calls() {
        return calls;
    }

    /** Tells the drivers that the system is shut down. */
    public void shutdown(Processor processor) {
        shutdown.begin(processor);
    }

    /** The telling of a shutdown that is not done. */
    public OutstandingWork shutdownWork() {
        return shutdown;
    }

    /** Work items that are not done. */
    public OutstandingWork workItems() {
        return workItems;
    }

    /** Memory is freed, in which nothing of this may be queued. */
    public void freed(Processor processor, long start, long size, long caller) {
        workItems.freed(processor, start, size, caller);
    }

    /** Packets that are not of the workload. */
    public SystemPackets packets() {
        return packets;
    }

    /** Starts system threads. */
    public DriverUnloading systemThreads() {
        return systemThreads;
    }

    /** Says who adds and removes devices. */
    public void setStacks(DeviceStacks newStacks) {
        stacks = newStacks;
    }
}
