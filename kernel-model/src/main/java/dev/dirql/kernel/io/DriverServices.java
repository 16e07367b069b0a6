package dev.dirql.kernel.io;

import dev.dirql.kernel.Irql;
import dev.dirql.kernel.services.EntryPoint;
import dev.dirql.kernel.services.FrameShape;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.Pending;
import dev.dirql.kernel.services.Resumes;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.structures.DriverObject;
import dev.dirql.machine.Processor;

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
    private final RoutineCalls calls;
    private final UnloadRules rules;
    private final DriverUnloading kernel;
    private final Loaded listener;

    DriverServices(
            ServiceEngine engine,
            Drivers drivers,
            RoutineCalls calls,
            UnloadRules rules,
            DriverUnloading kernel,
            Loaded listener) {
        this.engine = engine;
        this.drivers = drivers;
        this.calls = calls;
        this.rules = rules;
        this.kernel = kernel;
        this.listener = listener;
    }

    record LoadDriver(int driver) implements Pending {}

    record DriverEntryReturned(int driver) implements Pending {}

    record DriverUnloadReturned(int driver, long routine) implements Pending {}

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
        if (status < 0) {
            rules.entryFailed(processor, driver.image(), status);
            if (processor.machine().ended() != null) {
                return Outcome.stay();
            }
        }
        Devices.initialized(
                processor.memory(), new DriverObject(processor.memory(), driver.object()));
        return new Outcome.Then(new LoadDriver(pending.driver + 1));
    }

    /** Unloads one driver, whose number is the context of the thread. */
    @EntryPoint(value = UNLOAD, frame = FrameShape.RETURN_ADDRESS)
    Outcome unload(Processor processor, long number) {
        Drivers.Driver driver = drivers.get((int) number);
        DriverObject object = new DriverObject(processor.memory(), driver.object());
        object.setFlags(object.flags() | DRVO_UNLOAD_INVOKED);
        long routine = object.driverUnload();
        return new Outcome.Call(
                routine, new DriverUnloadReturned((int) number, routine), driver.object());
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
        kernel.unload(processor, driver.image());
        driver.setUnloading(Drivers.Unloading.DONE);
        return Outcome.done();
    }
}
