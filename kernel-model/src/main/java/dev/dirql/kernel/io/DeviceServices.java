package dev.dirql.kernel.io;

import dev.dirql.kernel.Irql;
import dev.dirql.kernel.memory.Pool;
import dev.dirql.kernel.memory.PoolBlock;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.rules.Violation;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.structures.DeviceObject;
import dev.dirql.kernel.structures.DriverObject;
import dev.dirql.kernel.structures.UnicodeString;
import dev.dirql.machine.Processor;

/** IoCreateDevice, IoDeleteDevice and symbolic links. */
final class DeviceServices {
    private static final int IO_VIOLATION = 0xC9;
    private static final int STILL_ATTACHED = 0x201;
    private static final int DELETED_TWICE = 0x240;

    private final ServiceEngine engine;
    private final Devices devices;
    private final ObjectNames names;
    private final ShutdownServices shutdown;
    private final Pool pool;
    private final Rules rules;

    DeviceServices(
            ServiceEngine engine,
            Pool pool,
            Devices devices,
            ObjectNames names,
            ShutdownServices shutdown,
            Rules rules) {
        this.engine = engine;
        this.pool = pool;
        this.rules = rules;
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
    Outcome deleteDevice(Processor processor, DeviceObject device) {
        processor.memory().probe(device.address(), DeviceObject.BYTES, true);
        long caller = engine.caller(processor);
        PoolBlock block = pool.find(device.address());
        boolean isFreed = block == null || block.isFree();
        if (isFreed || Devices.isDeleted(device)) {
            tell(
                    processor,
                    DELETED_TWICE,
                    "the device object 0x%x is deleted, which is deleted already"
                            .formatted(device.address()),
                    caller);
        } else if (Devices.below(device) != 0) {
            tell(
                    processor,
                    STILL_ATTACHED,
                    "the device object 0x%x is deleted while it is attached to 0x%x"
                            .formatted(device.address(), Devices.below(device)),
                    caller);
        }
        if (processor.machine().ended() != null) {
            return Outcome.stay();
        }
        if (!isFreed && Devices.isDeleted(device)) {
            return Outcome.done();
        }
        shutdown.forget(device);
        devices.delete(processor, device, caller);
        return processor.machine().ended() == null ? Outcome.done() : Outcome.stay();
    }

    private void tell(Processor processor, int code, String message, long caller) {
        rules.broken(
                processor,
                Violation.error(
                        "DeleteDevice",
                        Integer.toHexString(code),
                        message,
                        new Violation.Verifier(IO_VIOLATION, code, caller, 0, 0)),
                caller);
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
