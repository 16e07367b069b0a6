package dev.dirql.kernel.io;

import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.rules.Violation;
import dev.dirql.kernel.rules.Violation.Verifier;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.services.Walk;
import dev.dirql.kernel.structures.DeviceObject;
import dev.dirql.kernel.structures.DriverObject;
import dev.dirql.machine.GuestMemory;
import dev.dirql.machine.Processor;

/**
 * When a driver is unloaded: refused without a DriverUnload routine, delayed while a file or a
 * request is open on one of its device objects, and done by a system thread. Source: WDK, "Unload
 * routine functionality" and "ZwUnloadDriver".
 */
public final class DriverUnloads {
    private final ServiceEngine engine;
    private final Drivers drivers;
    private final Requests requests;
    private final Rules rules;
    private final DriverUnloading kernel;

    DriverUnloads(
            ServiceEngine engine,
            Drivers drivers,
            Requests requests,
            Rules rules,
            DriverUnloading kernel) {
        this.engine = engine;
        this.drivers = drivers;
        this.requests = requests;
        this.rules = rules;
        this.kernel = kernel;
    }

    /**
     * Asks for the unloading of a driver, and says with which status that ended; success says that
     * it will be unloaded, at once or when nothing is open any more.
     *
     * @param caller the code that asks, 0 for none
     */
    public int request(Processor processor, int number, long caller) {
        Drivers.Driver driver = drivers.get(number);
        Drivers.Unloading state = driver.unloading();
        if (state != Drivers.Unloading.NO || !driver.entered() || driver.status() < 0) {
            return IoStatus.INVALID_DEVICE_REQUEST;
        }
        GuestMemory memory = processor.memory();
        DriverObject object = new DriverObject(memory, driver.object());
        if (object.driverUnload() == 0) {
            driver.setUnloading(Drivers.Unloading.REFUSED);
            rules.broken(
                    processor,
                    Violation.error(
                            "DriverCannotUnload",
                            "",
                            "%s is to be unloaded and has no DriverUnload routine"
                                    .formatted(driver.image().image().name()),
                            Verifier.NONE),
                    driver.image().base() + driver.image().image().entryPoint());
            return IoStatus.INVALID_DEVICE_REQUEST;
        }
        driver.setUnloading(Drivers.Unloading.WAITING);
        for (long at = object.deviceObject();
                at != 0;
                at = new DeviceObject(memory, at).nextDevice()) {
            Devices.unloadPending(new DeviceObject(memory, at));
        }
        settle(processor);
        return IoStatus.SUCCESS;
    }

    /** Something was closed or completed: drivers that waited for it are unloaded. */
    void settle(Processor processor) {
        for (int i = 0; i < drivers.count(); i++) {
            Drivers.Driver driver = drivers.get(i);
            if (driver.unloading() == Drivers.Unloading.WAITING && !isInUse(processor, driver)) {
                driver.setUnloading(Drivers.Unloading.RUNNING);
                kernel.startThread(
                        processor,
                        "unloader of " + driver.image().image().name(),
                        engine.table().address(DriverServices.UNLOAD),
                        i);
            }
        }
    }

    private boolean isInUse(Processor processor, Drivers.Driver driver) {
        GuestMemory memory = processor.memory();
        long at = new DriverObject(memory, driver.object()).deviceObject();
        Walk walk = new Walk(Devices.OF_DRIVER);
        while (at != 0) {
            walk.at(at);
            if (isInUse(new DeviceObject(memory, at))) {
                return true;
            }
            at = new DeviceObject(memory, at).nextDevice();
        }
        return false;
    }

    /** Whether something is open on a device object or on one above it. */
    private boolean isInUse(DeviceObject device) {
        DeviceObject at = device;
        Walk walk = new Walk(Devices.ATTACHED);
        while (true) {
            walk.at(at.address());
            if (at.referenceCount() > 0 || requests.isOutstandingFor(at.address())) {
                return true;
            }
            if (at.attachedDevice() == 0) {
                return false;
            }
            at = new DeviceObject(at.memory(), at.attachedDevice());
        }
    }
}
