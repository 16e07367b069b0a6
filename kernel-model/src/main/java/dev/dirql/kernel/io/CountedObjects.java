package dev.dirql.kernel.io;

import dev.dirql.kernel.Crash;
import dev.dirql.kernel.Irql;
import dev.dirql.kernel.objects.ObjectType;
import dev.dirql.kernel.objects.OtherObjects;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.structures.DeviceObject;
import dev.dirql.kernel.structures.FileObject;
import dev.dirql.machine.Processor;

/**
 * References to devices, drivers and what else belongs to the I/O manager. Source: WDK,
 * "ObReferenceObject" and "Bug check 0x18".
 */
final class CountedObjects implements OtherObjects {
    private static final int REFERENCE_BY_POINTER = 0x18;

    private final ServiceEngine engine;
    private final DriverUnloading kernel;
    private final FileObjects files;
    private final ObjectReferences references;
    private final Devices devices;
    private final Crash crash;

    CountedObjects(
            ServiceEngine engine,
            DriverUnloading kernel,
            FileObjects files,
            ObjectReferences references,
            Devices devices,
            Crash crash) {
        this.engine = engine;
        this.kernel = kernel;
        this.files = files;
        this.references = references;
        this.devices = devices;
        this.crash = crash;
    }

    @Override
    public long reference(long object) {
        return references.add(object);
    }

    @Override
    public ObjectType typeOf(Processor processor, long object) {
        return new FileObject(processor.memory(), object).type() == FileObject.IO_TYPE_FILE
                ? ObjectType.FILE
                : ObjectType.OTHER;
    }

    @Override
    public Outcome dereference(Processor processor, long object, long caller) {
        long left = references.remove(object);
        if (left < 0) {
            crash.bugCheck(processor, REFERENCE_BY_POINTER, 0, object, 0, left);
            return Outcome.stay();
        }
        if (files.isOfDriver(object)) {
            return left == 0 ? deleteFile(processor, object) : Outcome.of(left);
        }
        DeviceObject device = new DeviceObject(processor.memory(), object);
        if (left == 0 && device.type() == DeviceObject.IO_TYPE_DEVICE) {
            devices.freeIfUnused(processor, device, caller);
        }
        return processor.machine().ended() == null ? Outcome.of(left) : Outcome.stay();
    }

    /** Its driver is told at PASSIVE_LEVEL, if need be later. */
    private Outcome deleteFile(Processor processor, long file) {
        long routine = engine.table().address(DevicePointerServices.DELETE_FILE);
        if (processor.irql() == Irql.PASSIVE_LEVEL) {
            return new Outcome.TailCall(routine, file, 0);
        }
        kernel.startThread(processor, "file closer", routine, file);
        return Outcome.of(0);
    }
}
