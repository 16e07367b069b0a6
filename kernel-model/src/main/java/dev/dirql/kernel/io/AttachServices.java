package dev.dirql.kernel.io;

import dev.dirql.kernel.Irql;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.rules.Violation;
import dev.dirql.kernel.rules.Violation.Verifier;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.structures.DeviceObject;
import dev.dirql.kernel.structures.UnicodeString;
import dev.dirql.machine.Processor;

/** Stacks of device objects. Source: WDK, the page of each routine and "Bug check 0xC9", 0x202. */
final class AttachServices {
    private static final int IO_VIOLATION = 0xC9;
    private static final int NOT_ATTACHED = 0x202;

    private final ServiceEngine engine;
    private final Devices devices;
    private final ObjectNames names;
    private final ObjectReferences references;
    private final Rules rules;

    AttachServices(
            ServiceEngine engine,
            Devices devices,
            ObjectNames names,
            ObjectReferences references,
            Rules rules) {
        this.engine = engine;
        this.devices = devices;
        this.names = names;
        this.references = references;
        this.rules = rules;
    }

    @Ddi(value = "IoAttachDeviceToDeviceStack", maximum = Irql.DISPATCH_LEVEL)
    long attachToStack(Processor processor, DeviceObject source, DeviceObject target) {
        probe(processor, source, target);
        return Devices.attach(source, target.address());
    }

    @Ddi(
            value = "IoAttachDeviceToDeviceStackSafe",
            header = "ntddk.h",
            maximum = Irql.DISPATCH_LEVEL)
    int attachToStackSafe(
            Processor processor, DeviceObject source, DeviceObject target, long result) {
        probe(processor, source, target);
        processor.memory().probe(result, Long.BYTES, true);
        long below = Devices.attach(source, target.address());
        processor.memory().store64(result, below);
        return below == 0 ? IoStatus.NO_SUCH_DEVICE : IoStatus.SUCCESS;
    }

    @Ddi(
            value = "IoAttachDevice",
            maximum = Irql.PASSIVE_LEVEL,
            rule = "IrqlIoPassive1",
            state = Ddi.State.PARTIAL,
            missing = "the file object that it opens: its CLEANUP and CLOSE requests")
    int attachByName(Processor processor, DeviceObject source, UnicodeString name, long result) {
        processor.memory().probe(source.address(), DeviceObject.BYTES, true);
        processor.memory().probe(result, Long.BYTES, true);
        ObjectNames.Entry found = names.device(name.text());
        if (found == null) {
            return IoStatus.OBJECT_NAME_NOT_FOUND;
        }
        long below = Devices.attach(source, found.device());
        processor.memory().store64(result, below);
        return below == 0 ? IoStatus.NO_SUCH_DEVICE : IoStatus.SUCCESS;
    }

    @Ddi(value = "IoDetachDevice", maximum = Irql.PASSIVE_LEVEL, rule = "IrqlIoPassive3")
    Outcome detach(Processor processor, DeviceObject target) {
        processor.memory().probe(target.address(), DeviceObject.BYTES, true);
        long caller = engine.caller(processor);
        if (target.attachedDevice() != 0) {
            devices.detach(processor, target, caller);
            return processor.machine().ended() == null ? Outcome.done() : Outcome.stay();
        }
        rules.broken(
                processor,
                Violation.error(
                        "DetachDevice",
                        Integer.toHexString(NOT_ATTACHED),
                        "nothing is attached to the device object 0x%x".formatted(target.address()),
                        new Verifier(IO_VIOLATION, NOT_ATTACHED, caller, target.address(), 0)),
                caller);
        return processor.machine().ended() == null ? Outcome.done() : Outcome.stay();
    }

    @Ddi(value = "IoGetAttachedDevice", header = "ntifs.h", maximum = Irql.DISPATCH_LEVEL)
    long attached(Processor processor, DeviceObject device) {
        return Devices.top(processor.memory(), device.address()).address();
    }

    @Ddi(value = "IoGetAttachedDeviceReference", maximum = Irql.DISPATCH_LEVEL)
    long attachedReference(Processor processor, DeviceObject device) {
        long top = Devices.top(processor.memory(), device.address()).address();
        references.add(top);
        return top;
    }

    @Ddi(value = "IoGetLowerDeviceObject", header = "ntifs.h", maximum = Irql.DISPATCH_LEVEL)
    long lower(Processor processor, DeviceObject device) {
        long below = Devices.below(device);
        if (below == 0 || Devices.isGoing(new DeviceObject(processor.memory(), below))) {
            return 0;
        }
        references.add(below);
        return below;
    }

    private static void probe(Processor processor, DeviceObject source, DeviceObject target) {
        processor.memory().probe(source.address(), DeviceObject.BYTES, true);
        processor.memory().probe(target.address(), DeviceObject.BYTES, true);
    }
}
