package dev.dirql.simulation;

import dev.dirql.kernel.Crash;
import dev.dirql.kernel.KernelModel;
import dev.dirql.kernel.KernelUnloading;
import dev.dirql.kernel.dma.Dma;
import dev.dirql.kernel.executive.CallbackNames;
import dev.dirql.kernel.executive.CallbackServices;
import dev.dirql.kernel.executive.ExecutiveLocks;
import dev.dirql.kernel.images.LoadedImage;
import dev.dirql.kernel.io.ControllerExtensions;
import dev.dirql.kernel.io.DriverUnloading;
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
import dev.dirql.kernel.pnp.PnpActions;
import dev.dirql.kernel.registry.RegistryServices;
import dev.dirql.kernel.runtime.RuntimeLibrary;
import dev.dirql.kernel.structures.DeviceObject;
import dev.dirql.kernel.threads.WorkloadDelays;
import dev.dirql.kernel.wmi.Wmi;
import dev.dirql.machine.AddressSpace;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;
import dev.dirql.machine.StatePart;
import dev.dirql.scenario.language.Stimulus;
import dev.dirql.store.SymbolTable;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** NT on a machine, with everything that a scenario asks of it. */
final class KernelAssembly {
    /** What is modelled, for headers of traces. */
    static final String WINDOWS_BUILD = "Windows 10 22H2 x64, build 19045";

    private final Machine machine;
    private final CheckedScenario.Parts parts;
    private final Pool pool;
    private final DeviceExtensions extensions = new DeviceExtensions();
    private final CallbackNames callbacks = new CallbackNames();
    private final AddressSpace workloadSpace;
    private final KernelModel kernel;
    private final IoManager io;
    private final PlugAndPlay plugAndPlay;
    private final ImageLoader loader;
    private final RunStart beginning;

    /** Services that the kernel model takes in, kept until it is whole. */
    private record Added(
            IoManager io,
            PlugAndPlay plugAndPlay,
            Wmi wmi,
            AddressWindow registers,
            AddressWindow lockedPages,
            Mdls mdls,
            List<StatePart> memory,
            ExecutiveLocks executive,
            List<Object> all) {}

    KernelAssembly(Machine machine, CheckedScenario.Parts parts, MachineDevices devices) {
        this.machine = machine;
        this.parts = parts;
        workloadSpace = machine.addSpace();
        Raise raise = new Raise();
        pool = new Pool(machine, raise);
        List<Added> added = new ArrayList<>();
        kernel =
                new KernelModel(
                        machine,
                        MachineProperties.settings(parts.scenario().machine()),
                        model -> {
                            added.add(services(model, raise));
                            return added.getFirst().all();
                        });
        raise.kernel = kernel;
        machine.attach(kernel);
        io = added.getFirst().io();
        loader =
                new ImageLoader(
                        machine, kernel.images(), kernel.table(), kernel.unmodelledImports());
        KernelStimuli toKernel = new KernelStimuli();
        Stimuli stimuli =
                new Stimuli(
                        machine,
                        devices,
                        parts.scenario().workload().stimuli(),
                        parts.scenario().workload().last(),
                        toKernel);
        Mdls mdls = added.getFirst().mdls();
        io.workloadThreads()
                .onAllFinished(processor -> {
                    if (mdls.processEnds(processor)) {
                        stimuli.threadsFinished(processor.clockNs);
                    }
                });
        machine.addMachinePart(pool);
        machine.addMachinePart(callbacks);
        machine.addMachinePart(stimuli);
        machine.addMachinePart(added.getFirst().registers());
        machine.addMachinePart(added.getFirst().lockedPages());
        added.getFirst().executive().parts().forEach(machine::addMachinePart);
        added.getFirst().memory().forEach(machine::addMachinePart);
        machine.addMachinePart(extensions);
        machine.addMachinePart(loader);
        kernel.add(io.objects());
        kernel.threads().setIo(io::threadEnds);
        io.parts().forEach(machine::addMachinePart);
        plugAndPlay = added.getFirst().plugAndPlay();
        kernel.interrupts()
                .setDevices(
                        new AssignedInterrupts(
                                parts.scenario(), devices, io.drivers(), plugAndPlay.devices()));
        MachineDevices.describe(parts.scenario(), devices, plugAndPlay.devices());
        plugAndPlay.parts().forEach(machine::addMachinePart);
        kernel.names().add(new ControllerExtensions(pool));
        kernel.names().add(new DataNames(kernel.images(), extensions, pool));
        pool.onFree((physical, size) -> {
            kernel.lockTable().freed(physical, size);
            kernel.waitLocks().freed(physical, size);
        });
        ExecutiveLocks executive = added.getFirst().executive();
        pool.onFreeing((processor, start, size, caller) -> {
            kernel.goes(processor, "pool that is freed", start, size, caller);
            executive.goes(processor, start, size, caller);
            mdls.freed(processor, start, size, caller);
            io.freed(processor, start, size, caller);
        });
        Wmi wmi = added.getFirst().wmi();
        machine.addMachinePart(wmi.part());
        io.onDeviceDeleted((processor, device) -> {
            kernel.ioTimers().deviceDeleted(processor, device);
            wmi.deviceDeleted(processor, device);
        });
        kernel.addWork(new RunWork(parts, io, plugAndPlay, stimuli));
        kernel.addWork(wmi::outstanding);
        beginning =
                new RunStart(machine, parts, kernel, io, loader, stimuli, toKernel, workloadSpace);
    }

    private Added services(KernelModel model, Crash crash) {
        AddressWindow registers =
                new AddressWindow(machine, KernelLayout.DEVICE_REGISTERS + (1L << 32));
        AddressWindow lockedPages = new AddressWindow(machine, KernelLayout.LOCKED_PAGES);
        PageLocks pageLocks = new PageLocks(machine, workloadSpace);
        AddressWindow userMappings =
                new AddressWindow(machine, workloadSpace, KernelLayout.USER_MAPPINGS);
        ContiguousMemory contiguous = new ContiguousMemory(machine, lockedPages);
        Mdls mdls = new Mdls(pool, pageLocks, lockedPages, model.rules(), crash);
        ImageSections sections = new ImageSections(machine, model.images(), pageLocks);
        IoManager manager =
                new IoManager(
                        machine,
                        model.engine(),
                        model.irqls(),
                        model.locks(),
                        model.heldLocks(),
                        model.images(),
                        model.rules(),
                        pool,
                        lockedPages,
                        mdls,
                        extensions,
                        workloadSpace,
                        crash,
                        new KernelUnloading(
                                model, this::loader, image -> leftovers(sections, image)),
                        processor -> beginning.loaded(processor));
        List<Object> all = new ArrayList<>();
        all.add(new PoolServices(model.engine(), pool, crash));
        all.add(new MemoryServices(model.engine(), registers, model.rules(), crash));
        all.add(
                new MdlMappingServices(
                        model.engine(), lockedPages, userMappings, model.rules(), crash));
        ReservedMappingServices reserved =
                new ReservedMappingServices(machine, model.engine(), pool, model.rules(), crash);
        all.add(reserved);
        all.add(new LookasideServices(machine, model.engine(), model.lookasides(), crash));
        all.add(
                new ImageSectionServices(
                        model.engine(),
                        model.images(),
                        sections,
                        model.interrupts(),
                        model.rules(),
                        crash));
        all.add(new CallbackServices(model.engine(), pool, callbacks, model.objects()));
        all.addAll(
                RuntimeLibrary.services(
                        model.engine(), pool, model.rules(), model.settings().buildNumber()));
        all.add(new MdlServices(machine, model.engine(), pool, mdls, model.rules(), crash));
        all.add(new ContiguousServices(model.engine(), pool, contiguous, crash));
        all.add(new WorkloadDelays(machine, model.engine(), model.scheduler(), model.waits()));
        ExecutiveLocks executive = new ExecutiveLocks(model, pool);
        all.addAll(executive.services());
        all.addAll(manager.services());
        RegistryServices registryServices =
                new RegistryServices(model, RegistryContents.of(parts.scenario()), pool);
        all.addAll(registryServices.services());
        all.addAll(
                Dma.services(
                        machine, model.engine(), pool, contiguous, manager.calls(), model.rules()));
        PlugAndPlay devices =
                new PlugAndPlay(
                        model.engine(),
                        manager,
                        model.images(),
                        model.interrupts(),
                        model.rules(),
                        pool,
                        registryServices::open,
                        crash);
        all.addAll(devices.services());
        Wmi wmi =
                new Wmi(
                        model.engine(),
                        manager,
                        devices.devices(),
                        model.objects(),
                        model.rules(),
                        pool);
        all.addAll(wmi.services());
        List<StatePart> memoryParts =
                new ArrayList<>(List.of(pageLocks, userMappings, reserved, contiguous, sections));
        memoryParts.addAll(registryServices.parts());
        return new Added(
                manager, devices, wmi, registers, lockedPages, mdls, memoryParts, executive, all);
    }

    private List<DriverUnloading.Leftover> leftovers(ImageSections sections, LoadedImage image) {
        List<DriverUnloading.Leftover> left = new ArrayList<>(sections.leftovers(image));
        left.addAll(plugAndPlay.leftovers(image));
        return left;
    }

    private ImageLoader loader() {
        return loader;
    }

    /** What a workload does to the kernel at a time. */
    private final class KernelStimuli implements Stimuli.KernelStimuli {
        @Override
        public void failAllocation(Stimulus.FailAllocation failure) {
            if (failure.driver() == Stimulus.FailAllocation.ALL_DRIVERS) {
                pool.failAllocation(failure.ordinal());
            } else {
                pool.failAllocation(failure.ordinal(), io.drivers().get(failure.driver()).image());
            }
        }

        @Override
        public void unload(Stimulus.Unload unload) {
            io.unloads().request(machine.processor(0), unload.driverNumber(), 0);
        }

        @Override
        public void plug(Stimulus.Plug plug) {
            PnpActions.Kind kind =
                    switch (plug.action()) {
                        case STOP -> PnpActions.Kind.STOP;
                        case REMOVE -> PnpActions.Kind.REMOVE;
                        case SURPRISE_REMOVE -> PnpActions.Kind.SURPRISE_REMOVE;
                    };
            plugAndPlay.start(machine.processor(0), kind, plug.deviceNumber(), plug.nanoseconds());
        }

        @Override
        public void shutdown() {
            io.shutdown(machine.processor(0));
        }
    }

    /** Bug checks of services are raised by a kernel that is made after them. */
    private static final class Raise implements Crash {
        private @Nullable KernelModel kernel;

        @Override
        public void bugCheck(Processor processor, int code, long p1, long p2, long p3, long p4) {
            bugCheckAt(known().engine().caller(processor), processor, code, p1, p2, p3, p4);
        }

        @Override
        public void bugCheckAt(
                long address, Processor processor, int code, long p1, long p2, long p3, long p4) {
            known().bugChecks().raise(processor, code, p1, p2, p3, p4, address);
        }

        @Override
        public void fastFail(Processor processor, long reason, long address) {
            known().bugChecks().fastFail(processor, reason, address);
        }

        private KernelModel known() {
            KernelModel known = kernel;
            if (known == null) {
                throw new IllegalStateException("a service crashed before there was a kernel");
            }
            return known;
        }
    }

    // ---- what is asked of it ----

    /**
     * Loads the images and makes the thread that calls DriverEntry. From here on there are events.
     */
    void start() {
        beginning.start();
    }

    /** Tells somebody what the drivers call and read of the kernel. */
    void watchExports(ExportUse told) {
        kernel.engine()
                .observe((export, caller) -> {
                    if (isInDriver(caller)) {
                        told.used(export);
                    }
                });
        TreeMap<Long, String> variables = new TreeMap<>();
        kernel.table()
                .variables()
                .forEach((name, size) -> {
                    for (int i = 0; i < size; i++) {
                        variables.put(kernel.table().address(name) + i, name);
                    }
                });
        machine.observeMemory((processor, address, _, _, write, _) -> {
            String name = write ? null : variables.get(address);
            if (name != null && isInDriver(processor.rip)) {
                told.used(name);
            }
        });
    }

    private boolean isInDriver(long address) {
        return io.drivers().all().stream().anyMatch(driver -> driver.image().contains(address));
    }

    SymbolTable symbols() {
        return Symbols.of(kernel.images().known(), parts.scenario().file().name());
    }

    /** Address of the device extension of a driver's device object, if it has that many. */
    OptionalLong extension(int driver, int device) {
        long object = io.drivers().device(driver, device);
        return object == 0
                ? OptionalLong.empty()
                : OptionalLong.of(
                        new DeviceObject(machine.processor(0).memory(), object).deviceExtension());
    }

    /** Base address of a driver's image. */
    OptionalLong imageBase(int driver) {
        return OptionalLong.of(io.drivers().get(driver).image().base());
    }

    KernelModel kernel() {
        return kernel;
    }

    IoManager io() {
        return io;
    }

    Pool pool() {
        return pool;
    }
}
