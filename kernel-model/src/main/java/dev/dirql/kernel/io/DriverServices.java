package dev.dirql.kernel.io;

import dev.dirql.kernel.Irql;
import dev.dirql.kernel.services.EntryPoint;
import dev.dirql.kernel.services.FrameShape;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.Pending;
import dev.dirql.kernel.services.Resumes;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.services.Walk;
import dev.dirql.kernel.structures.DeviceObject;
import dev.dirql.kernel.structures.DriverExtension;
import dev.dirql.kernel.structures.DriverObject;
import dev.dirql.machine.GuestMemory;
import dev.dirql.machine.Processor;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * Calls DriverEntry of every driver, one after the other, and DriverUnload of one. Both are start
 * routines of system threads.
 */
final class DriverServices {
    /** Symbol of the start routine that calls DriverEntry of every driver. */
    static final String LOAD = "IopLoadDrivers";

    /** Symbol of the start routine that unloads the driver whose number is its context. */
    static final String UNLOAD = "IopUnloadDriver";

    private static final int DRVO_UNLOAD_INVOKED = 1;

    /** Told when every DriverEntry has returned. */
    @FunctionalInterface
    interface Loaded {
        void loaded(Processor processor);
    }

    private final ServiceEngine engine;
    private final Drivers drivers;
    private final Reinitializations reinitializations;
    private final Supplier<DeviceStacks> stacks;
    private final RoutineCalls calls;
    private final UnloadRules rules;
    private final DriverUnloading kernel;
    private final Loaded listener;

    DriverServices(
            ServiceEngine engine,
            Drivers drivers,
            Reinitializations reinitializations,
            Supplier<DeviceStacks> stacks,
            RoutineCalls calls,
            UnloadRules rules,
            DriverUnloading kernel,
            Loaded listener) {
        this.engine = engine;
        this.drivers = drivers;
        this.reinitializations = reinitializations;
        this.stacks = stacks;
        this.calls = calls;
        this.rules = rules;
        this.kernel = kernel;
        this.listener = listener;
    }

    record LoadDriver(int driver) implements Pending {}

    record DriverEntryReturned(int driver) implements Pending {}

    record DevicesStarted() implements Pending {}

    record ReinitializeReturned(long driver, long routine) implements Pending {}

    record DevicesRemoved(int driver) implements Pending {}

    record DriverUnloadReturned(int driver, long routine) implements Pending {}

    @EntryPoint(value = LOAD, frame = FrameShape.RETURN_ADDRESS)
    Outcome loadDrivers(Processor processor) {
        return new Outcome.Then(new LoadDriver(0));
    }

    @Resumes
    Outcome load(Processor processor, LoadDriver pending) {
        if (pending.driver == drivers.count()) {
            OptionalLong start = stacks.get().startRoutine(processor);
            if (start.isPresent()) {
                return new Outcome.Call(start.getAsLong(), new DevicesStarted());
            }
            return reinitialize(processor);
        }
        Drivers.Driver driver = drivers.get(pending.driver);
        long invalid = engine.table().address(IrpServices.INVALID_REQUEST);
        if (!drivers.createObject(processor.memory(), driver, invalid)) {
            driver.returned(IoStatus.INSUFFICIENT_RESOURCES);
            return new Outcome.Then(new LoadDriver(pending.driver + 1));
        }
        return new Outcome.Call(
                driver.image().base() + driver.image().image().entryPoint(),
                new DriverEntryReturned(pending.driver),
                driver.object(),
                driver.registryPath());
    }

    @Resumes
    Outcome driverEntryReturned(Processor processor, DriverEntryReturned pending, int status) {
        Drivers.Driver driver = drivers.get(pending.driver);
        driver.returned(status);
        if (status < 0) {
            reinitializations.forget(driver.object());
            rules.entryFailed(processor, driver.image(), status);
            if (processor.machine().ended() != null) {
                return Outcome.stay();
            }
        }
        Devices.initialized(
                processor.memory(), new DriverObject(processor.memory(), driver.object()));
        return new Outcome.Then(new LoadDriver(pending.driver + 1));
    }

    @Resumes("IopDevicesStarted")
    Outcome devicesStarted(Processor processor, DevicesStarted pending) {
        return reinitialize(processor);
    }

    /** The count is how often a driver was called, this time included. */
    private Outcome reinitialize(Processor processor) {
        Reinitializations.Entry next = reinitializations.next();
        if (next == null) {
            listener.loaded(processor);
            return Outcome.done();
        }
        DriverObject object = new DriverObject(processor.memory(), next.driver());
        DriverExtension extension =
                new DriverExtension(processor.memory(), object.driverExtension());
        extension.setCount(extension.count() + 1);
        return new Outcome.Call(
                next.routine(),
                new ReinitializeReturned(next.driver(), next.routine()),
                next.driver(),
                next.context(),
                extension.count());
    }

    @Resumes("IopDriverReinitialized")
    Outcome reinitialized(Processor processor, ReinitializeReturned pending) {
        if (!calls.returned(processor, pending.routine, Irql.PASSIVE_LEVEL)) {
            return Outcome.stay();
        }
        Devices.initialized(
                processor.memory(), new DriverObject(processor.memory(), pending.driver));
        return reinitialize(processor);
    }

    /** Unloads one driver, whose number is the context of the thread. */
    @EntryPoint(value = UNLOAD, frame = FrameShape.RETURN_ADDRESS)
    Outcome unload(Processor processor, long number) {
        OptionalLong remove = stacks.get().removeRoutine(processor, (int) number);
        return remove.isPresent()
                ? new Outcome.Call(
                        remove.getAsLong(), new DevicesRemoved((int) number), (int) number)
                : callUnload(processor, (int) number);
    }

    @Resumes("IopDevicesRemoved")
    Outcome devicesRemoved(Processor processor, DevicesRemoved pending, int status) {
        if (status >= 0) {
            return callUnload(processor, pending.driver);
        }
        Drivers.Driver driver = drivers.get(pending.driver);
        driver.setUnloading(Drivers.Unloading.REFUSED);
        GuestMemory memory = processor.memory();
        Walk walk = new Walk(Devices.OF_DRIVER);
        for (long at = new DriverObject(memory, driver.object()).deviceObject(); at != 0; ) {
            walk.at(at);
            DeviceObject device = new DeviceObject(memory, at);
            Devices.unloadNotPending(device);
            at = device.nextDevice();
        }
        return Outcome.done();
    }

    private Outcome callUnload(Processor processor, int number) {
        Drivers.Driver driver = drivers.get(number);
        DriverObject object = new DriverObject(processor.memory(), driver.object());
        object.setFlags(object.flags() | DRVO_UNLOAD_INVOKED);
        long routine = object.driverUnload();
        return new Outcome.Call(
                routine, new DriverUnloadReturned(number, routine), driver.object());
    }

    @Resumes("IopDriverUnloadReturned")
    Outcome driverUnloadReturned(Processor processor, DriverUnloadReturned pending) {
        if (!calls.returned(processor, pending.routine, Irql.PASSIVE_LEVEL)) {
            return Outcome.stay();
        }
        Drivers.Driver driver = drivers.get(pending.driver);
        DriverObject object = new DriverObject(processor.memory(), driver.object());
        rules.check(processor, driver.image(), object, pending.routine);
        if (processor.machine().ended() != null) {
            return Outcome.stay();
        }
        drivers.freeExtensions(processor, driver);
        kernel.unload(processor, driver.image());
        driver.setUnloading(Drivers.Unloading.DONE);
        return Outcome.done();
    }
}
