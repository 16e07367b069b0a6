package dev.dirql.kernel.io;

import dev.dirql.kernel.Irql;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.structures.DeviceObject;
import dev.dirql.kernel.structures.DriverObject;
import dev.dirql.kernel.structures.UnicodeString;
import dev.dirql.machine.Processor;

/** IoCreateDevice, IoDeleteDevice and symbolic links. */
final class DeviceServices {
    private final ServiceEngine engine;
    private final Devices devices;
    private final ObjectNames names;
    private final ShutdownServices shutdown;

    DeviceServices(
            ServiceEngine engine, Devices devices, ObjectNames names, ShutdownServices shutdown) {
        this.engine = engine;
        this.devices = devices;
        this.names = names;
        this.shutdown = shutdown;
    }

    @Ddi(value = "IoCreateDevice", maximum = Irql.APC_LEVEL)
    int createDevice(
            Processor processor,
            DriverObject driver,
            int extensionSize,
            UnicodeString name,
            int type,
            int characteristics,
            boolean exclusive,
            long result) {
        processor.memory().probe(result, 8, true);
        processor.memory().probe(driver.address(), DriverObject.BYTES, true);
        String text = name.address() == 0 ? null : name.text();
        Devices.Created created =
                devices.create(
                        processor,
                        driver,
                        extensionSize & 0xFFFF_FFFFL,
                        text,
                        type,
                        characteristics,
                        exclusive);
        processor.memory().store64(result, created.device());
        return created.status();
    }

    @Ddi(value = "IoDeleteDevice", maximum = Irql.APC_LEVEL)
    void deleteDevice(Processor processor, DeviceObject device) {
        processor.memory().probe(device.address(), DeviceObject.BYTES, true);
        shutdown.forget(device);
        devices.delete(processor, device, engine.caller(processor));
    }

    @Ddi(value = "IoCreateSymbolicLink", maximum = Irql.PASSIVE_LEVEL, rule = "IrqlIoPassive3")
    int createSymbolicLink(Processor processor, UnicodeString link, UnicodeString target) {
        return names.addLink(link.text(), target.text(), engine.caller(processor));
    }

    @Ddi(value = "IoDeleteSymbolicLink", maximum = Irql.PASSIVE_LEVEL, rule = "IrqlIoPassive4")
    int deleteSymbolicLink(Processor processor, UnicodeString link) {
        return names.removeLink(link.text());
    }
}
