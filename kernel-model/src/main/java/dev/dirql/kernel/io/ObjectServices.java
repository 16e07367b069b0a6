package dev.dirql.kernel.io;

import dev.dirql.kernel.Crash;
import dev.dirql.kernel.Irql;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.structures.DeviceObject;
import dev.dirql.machine.Processor;

/** References to objects. Source: WDK, "ObReferenceObject" and "Bug check 0x18". */
final class ObjectServices {
    private static final int REFERENCE_BY_POINTER = 0x18;

    private final ServiceEngine engine;
    private final ObjectReferences references;
    private final Devices devices;
    private final Crash crash;

    ObjectServices(
            ServiceEngine engine, ObjectReferences references, Devices devices, Crash crash) {
        this.engine = engine;
        this.references = references;
        this.devices = devices;
        this.crash = crash;
    }

    @Ddi(value = "ObfReferenceObject", maximum = Irql.DISPATCH_LEVEL)
    long reference(Processor processor, long object) {
        return references.add(object);
    }

    @Ddi(value = "ObfDereferenceObject", maximum = Irql.DISPATCH_LEVEL)
    Outcome dereference(Processor processor, long object) {
        long left = references.remove(object);
        if (left < 0) {
            crash.bugCheck(processor, REFERENCE_BY_POINTER, 0, object, 0, left);
            return Outcome.stay();
        }
        DeviceObject device = new DeviceObject(processor.memory(), object);
        if (left == 0 && device.type() == DeviceObject.IO_TYPE_DEVICE) {
            devices.freeIfUnused(processor, device, engine.caller(processor));
        }
        return processor.machine().ended() == null ? Outcome.of(left) : Outcome.stay();
    }
}
