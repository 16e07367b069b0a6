package dev.dirql.kernel.io;

import dev.dirql.kernel.services.EntryPoint;
import dev.dirql.kernel.services.FrameShape;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.Pending;
import dev.dirql.kernel.services.Resumes;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.structures.DriverObject;
import dev.dirql.machine.Processor;

/**
 * Calls DriverEntry of every driver, one after the other, and at the end their unload routines.
 * Both are start routines of system threads: their address is given to the thread, and their
 * context is not looked at.
 */
final class DriverServices {
    /** Symbol of the start routine that calls DriverEntry of every driver. */
    static final String LOAD = "IopLoadDrivers";

    /** Symbol of the start routine that calls DriverUnload of every driver that has one. */
    static final String UNLOAD = "IopUnloadDrivers";

    private static final int DRVO_UNLOAD_INVOKED = 1;

    /** Told when every DriverEntry has returned. */
    @FunctionalInterface
    interface Loaded {
        void loaded(Processor processor);
    }

    private final ServiceEngine engine;
    private final Drivers drivers;
    private final Loaded listener;

    DriverServices(ServiceEngine engine, Drivers drivers, Loaded listener) {
        this.engine = engine;
        this.drivers = drivers;
        this.listener = listener;
    }

    record LoadDriver(int driver) implements Pending {}

    record DriverEntryReturned(int driver) implements Pending {}

    record UnloadDriver(int driver) implements Pending {}

    record DriverUnloadReturned(int driver) implements Pending {}

    @EntryPoint(value = LOAD, frame = FrameShape.RETURN_ADDRESS)
    Outcome loadDrivers(Processor processor) {
        return new Outcome.Then(new LoadDriver(0));
    }

    @Resumes
    Outcome load(Processor processor, LoadDriver pending) {
        if (pending.driver == drivers.count()) {
            listener.loaded(processor);
            return Outcome.done();
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
        Devices.initialized(
                processor.memory(), new DriverObject(processor.memory(), driver.object()));
        return new Outcome.Then(new LoadDriver(pending.driver + 1));
    }

    @EntryPoint(value = UNLOAD, frame = FrameShape.RETURN_ADDRESS)
    Outcome unloadDrivers(Processor processor) {
        return new Outcome.Then(new UnloadDriver(drivers.count() - 1));
    }

    /** Drivers go in the opposite order. */
    @Resumes
    Outcome unload(Processor processor, UnloadDriver pending) {
        if (pending.driver < 0) {
            return Outcome.done();
        }
        Drivers.Driver driver = drivers.get(pending.driver);
        Outcome next = new Outcome.Then(new UnloadDriver(pending.driver - 1));
        if (driver.object() == 0 || !driver.entered() || driver.status() < 0) {
            return next;
        }
        DriverObject object = new DriverObject(processor.memory(), driver.object());
        long routine = object.driverUnload();
        if (routine == 0) {
            return next;
        }
        object.setFlags(object.flags() | DRVO_UNLOAD_INVOKED);
        return new Outcome.Call(routine, new DriverUnloadReturned(pending.driver), driver.object());
    }

    @Resumes
    Outcome driverUnloadReturned(Processor processor, DriverUnloadReturned pending) {
        return new Outcome.Then(new UnloadDriver(pending.driver - 1));
    }
}
