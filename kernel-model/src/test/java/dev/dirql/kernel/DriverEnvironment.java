package dev.dirql.kernel;

import dev.dirql.kernel.dma.Dma;
import dev.dirql.kernel.executive.CallbackNames;
import dev.dirql.kernel.executive.CallbackServices;
import dev.dirql.kernel.executive.ExecutiveLocks;
import dev.dirql.kernel.images.LoadedImage;
import dev.dirql.kernel.io.ControllerExtensions;
import dev.dirql.kernel.io.Drivers;
import dev.dirql.kernel.io.IoManager;
import dev.dirql.kernel.loader.DataNames;
import dev.dirql.kernel.loader.DeviceExtensions;
import dev.dirql.kernel.loader.ImageLoader;
import dev.dirql.kernel.memory.AddressWindow;
import dev.dirql.kernel.memory.ContiguousMemory;
import dev.dirql.kernel.memory.ContiguousServices;
import dev.dirql.kernel.memory.ImageSectionServices;
import dev.dirql.kernel.memory.ImageSections;
import dev.dirql.kernel.memory.KernelLayout;
import dev.dirql.kernel.memory.LookasideServices;
import dev.dirql.kernel.memory.MdlMappingServices;
import dev.dirql.kernel.memory.MdlServices;
import dev.dirql.kernel.memory.Mdls;
import dev.dirql.kernel.memory.MemoryServices;
import dev.dirql.kernel.memory.PageLocks;
import dev.dirql.kernel.memory.Pool;
import dev.dirql.kernel.memory.PoolServices;
import dev.dirql.kernel.memory.ReservedMappingServices;
import dev.dirql.kernel.pnp.PlugAndPlay;
import dev.dirql.kernel.registry.Registry;
import dev.dirql.kernel.registry.RegistryServices;
import dev.dirql.kernel.runtime.RuntimeLibrary;
import dev.dirql.kernel.threads.KernelThread;
import dev.dirql.kernel.threads.Threads;
import dev.dirql.kernel.threads.WorkloadDelays;
import dev.dirql.kernel.wmi.Wmi;
import dev.dirql.machine.AddressSpace;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;
import dev.dirql.machine.image.Image;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What drivers and workloads live in: memory, images, I/O. It is made while a {@link KernelModel}
 * is, and gives it its services; {@link #attach} does the rest.
 */
public final class DriverEnvironment implements OutstandingWork {
    private static final int PRIORITY = 8;
    private static final int EPROCESS_SIZE = 0xA40;
    private static final long WORKLOAD_PROCESS_ID = 0x1000;

    private record WorkloadThread(String name, long routine, long affinity) {}

    private record Raise(KernelModel kernel) implements Crash {
        @Override
        public void bugCheck(Processor processor, int code, long p1, long p2, long p3, long p4) {
            bugCheckAt(kernel.engine().caller(processor), processor, code, p1, p2, p3, p4);
        }

        @Override
        public void bugCheckAt(
                long address, Processor processor, int code, long p1, long p2, long p3, long p4) {
            kernel.bugChecks().raise(processor, code, p1, p2, p3, p4, address);
        }

        @Override
        public void fastFail(Processor processor, long reason, long address) {
            kernel.bugChecks().fastFail(processor, reason, address);
        }
    }

    private final KernelModel kernel;
    private final Machine machine;
    private final AddressSpace workloadSpace;
    private final Pool pool;
    private final AddressWindow deviceRegisters;
    private final AddressWindow lockedPages;
    private final AddressWindow userMappings;
    private final ReservedMappingServices reserved;
    private final DeviceExtensions extensions = new DeviceExtensions();
    private @Nullable ImageLoader loader;
    private final PageLocks pageLocks;
    private final ContiguousMemory contiguous;
    private final IoManager io;
    private final ExecutiveLocks executive;
    private final PlugAndPlay plugAndPlay;
    private final RegistryServices registry;
    private final Wmi wmi;
    private final ImageSections sections;
    private final List<Object> services = new ArrayList<>();
    private final List<WorkloadThread> workload = new ArrayList<>();

    public DriverEnvironment(KernelModel kernel) {
        this.kernel = kernel;
        machine = kernel.machine();
        workloadSpace = machine.addSpace();
        Crash crash = new Raise(kernel);
        pool = new Pool(machine, crash);
        deviceRegisters = new AddressWindow(machine, KernelLayout.DEVICE_REGISTERS);
        lockedPages = new AddressWindow(machine, KernelLayout.LOCKED_PAGES);
        userMappings = new AddressWindow(machine, workloadSpace, KernelLayout.USER_MAPPINGS);
        pageLocks = new PageLocks(machine, workloadSpace);
        contiguous = new ContiguousMemory(machine, lockedPages);
        Mdls mdls = new Mdls(pool, pageLocks, lockedPages, kernel.rules(), crash);
        sections = new ImageSections(machine, kernel.images(), pageLocks);
        io =
                new IoManager(
                        machine,
                        kernel.engine(),
                        kernel.irqls(),
                        kernel.locks(),
                        kernel.heldLocks(),
                        kernel.images(),
                        kernel.rules(),
                        pool,
                        lockedPages,
                        mdls,
                        extensions,
                        workloadSpace,
                        crash,
                        new KernelUnloading(kernel, this::loader, sections::leftovers),
                        this::startWorkload);
        services.addAll(io.services());
        executive = new ExecutiveLocks(kernel, pool);
        services.addAll(executive.services());
        services.addAll(
                Dma.services(
                        machine, kernel.engine(), pool, contiguous, io.calls(), kernel.rules()));
        registry = new RegistryServices(kernel, new Registry(), pool);
        plugAndPlay =
                new PlugAndPlay(
                        kernel.engine(),
                        io,
                        kernel.images(),
                        kernel.interrupts(),
                        kernel.rules(),
                        pool,
                        registry::open,
                        crash);
        services.addAll(plugAndPlay.services());
        wmi =
                new Wmi(
                        kernel.engine(),
                        io,
                        plugAndPlay.devices(),
                        kernel.objects(),
                        kernel.rules(),
                        pool);
        services.addAll(wmi.services());
        services.addAll(registry.services());
        services.add(new PoolServices(kernel.engine(), pool, crash));
        services.add(new MemoryServices(kernel.engine(), deviceRegisters, kernel.rules(), crash));
        services.add(
                new MdlMappingServices(
                        kernel.engine(), lockedPages, userMappings, kernel.rules(), crash));
        reserved =
                new ReservedMappingServices(machine, kernel.engine(), pool, kernel.rules(), crash);
        services.add(reserved);
        services.add(new LookasideServices(machine, kernel.engine(), kernel.lookasides(), crash));
        services.add(
                new ImageSectionServices(
                        kernel.engine(),
                        kernel.images(),
                        sections,
                        kernel.interrupts(),
                        kernel.rules(),
                        crash));
        services.add(
                new CallbackServices(kernel.engine(), pool, new CallbackNames(), kernel.objects()));
        services.addAll(
                RuntimeLibrary.services(
                        kernel.engine(), pool, kernel.rules(), kernel.settings().buildNumber()));
        services.add(new MdlServices(machine, kernel.engine(), pool, mdls, kernel.rules(), crash));
        services.add(new ContiguousServices(kernel.engine(), pool, contiguous, crash));
        services.add(
                new WorkloadDelays(machine, kernel.engine(), kernel.scheduler(), kernel.waits()));
    }

    /** Takes its place in the kernel, which is whole now. */
    void attach() {
        ImageLoader made =
                new ImageLoader(
                        machine, kernel.images(), kernel.table(), kernel.unmodelledImports());
        loader = made;
        pool.onFree((physical, size) -> {
            kernel.lockTable().freed(physical, size);
            kernel.waitLocks().freed(physical, size);
        });
        pool.onFreeing((processor, start, size, caller) -> {
            kernel.goes(processor, "pool that is freed", start, size, caller);
            executive.goes(processor, start, size, caller);
        });
        io.onDeviceDeleted(kernel.ioTimers()::deviceDeleted);
        kernel.names().add(new ControllerExtensions(pool));
        kernel.names().add(new DataNames(kernel.images(), extensions, pool));
        kernel.addWork(this);
        machine.addMachinePart(pool);
        machine.addMachinePart(deviceRegisters);
        machine.addMachinePart(lockedPages);
        machine.addMachinePart(pageLocks);
        machine.addMachinePart(contiguous);
        machine.addMachinePart(userMappings);
        machine.addMachinePart(reserved);
        machine.addMachinePart(sections);
        machine.addMachinePart(made);
        machine.addMachinePart(extensions);
        executive.parts().forEach(machine::addMachinePart);
        registry.parts().forEach(machine::addMachinePart);
        plugAndPlay.parts().forEach(machine::addMachinePart);
        machine.addMachinePart(wmi.part());
        kernel.add(io.objects());
        io.parts().forEach(machine::addMachinePart);
    }

    private LoadedImage load(Image image) {
        return loader().load(image);
    }

    private ImageLoader loader() {
        ImageLoader known = loader;
        if (known == null) {
            throw new IllegalStateException("attach comes first");
        }
        return known;
    }

    /** The objects with exports, for the kernel. */
    public List<Object> services() {
        return services;
    }

    public Pool pool() {
        return pool;
    }

    public Drivers drivers() {
        return io.drivers();
    }

    // ---- before the run ----

    /** Loads a driver; its DriverEntry is called when the run begins, in this order. */
    public LoadedImage addDriver(Image image) {
        LoadedImage loaded = load(image);
        io.drivers().add(loaded);
        return loaded;
    }

    /** Loads the image of a workload, which may import from {@code dirql.workload}. */
    public LoadedImage loadWorkload(Image image) {
        return load(image);
    }

    /**
     * Adds a thread that starts when every DriverEntry has returned. Threads are counted from 0 in
     * this order.
     *
     * @param routine address of a routine with one argument
     * @param affinity the processors it may run on, a bit each
     */
    public void addWorkloadThread(String name, long routine, long affinity) {
        workload.add(new WorkloadThread(name, routine, affinity));
    }

    /** Starts the thread that calls DriverEntry of every driver. */
    public void start() {
        io.workloadThreads().expect(workload.size());
        systemThread("driver loader", io.loadRoutine());
    }

    /** Asks for the unloading of a driver, and says with which status that ended. */
    public int unload(int driver) {
        return io.unloads().request(machine.processor(0), driver, 0);
    }

    public IoManager io() {
        return io;
    }

    private void systemThread(String name, long routine) {
        KernelThread made =
                kernel.threads()
                        .create(
                                machine.processor(0),
                                name,
                                routine,
                                0,
                                PRIORITY,
                                -1L >>> (64 - machine.processorCount()),
                                machine.kernelSpace(),
                                kernel.threads().systemProcess(),
                                Threads.SYSTEM_PROCESS_ID);
        mustBe(made != null, name);
    }

    private static void mustBe(boolean made, String name) {
        if (!made) {
            throw new IllegalArgumentException(
                    "the machine has too little memory for the thread \"" + name + "\"");
        }
    }

    private void startWorkload(Processor processor) {
        if (workload.isEmpty()) {
            return;
        }
        long process = kernel.memory().allocateObject(EPROCESS_SIZE);
        for (WorkloadThread thread : workload) {
            KernelThread made =
                    process == 0
                            ? null
                            : kernel.threads()
                                    .create(
                                            processor,
                                            thread.name,
                                            thread.routine,
                                            0,
                                            PRIORITY,
                                            thread.affinity,
                                            workloadSpace,
                                            process,
                                            WORKLOAD_PROCESS_ID);
            mustBe(made != null, thread.name);
        }
    }

    // ---- while it runs ----

    /** Whether every thread of the workload is done. */
    public boolean isWorkloadFinished() {
        return io.workloadThreads().areFinished();
    }

    @Override
    public List<String> outstanding() {
        List<String> lines = new ArrayList<>();
        for (Drivers.Driver driver : io.drivers().all()) {
            if (!driver.entered()) {
                lines.add(
                        "DriverEntry of %s has not returned"
                                .formatted(driver.image().image().name()));
            }
        }
        for (Drivers.Driver driver : io.drivers().all()) {
            boolean going =
                    driver.unloading() == Drivers.Unloading.WAITING
                            || driver.unloading() == Drivers.Unloading.RUNNING;
            if (going) {
                lines.add("%s is not unloaded".formatted(driver.image().image().name()));
            }
        }
        for (int i = 0; i < workload.size(); i++) {
            if (!io.workloadThreads().isFinished(i)) {
                lines.add("%s is not done".formatted(workload.get(i).name));
            }
        }
        for (long irp : io.requests().outstandingIrps()) {
            lines.add("IRP 0x%x is not completed".formatted(irp));
        }
        return lines;
    }
}
