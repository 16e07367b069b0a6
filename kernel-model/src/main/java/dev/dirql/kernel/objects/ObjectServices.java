package dev.dirql.kernel.objects;

import dev.dirql.kernel.Irql;
import dev.dirql.kernel.KernelMemory;
import dev.dirql.kernel.NtStatus;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.Pending;
import dev.dirql.kernel.services.Resumes;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.structures.UnicodeString;
import dev.dirql.kernel.threads.DispatcherHeader;
import dev.dirql.kernel.threads.Waits;
import dev.dirql.kernel.traps.BugChecks;
import dev.dirql.machine.Processor;

/** Handles, references and named events. Source: WDK, the page of each routine. */
public final class ObjectServices {
    private static final int INVALID_KERNEL_HANDLE = 0x93;
    private static final int NOT_OPEN = 1;
    private static final int USER_REQUEST = 6;
    private static final int EVENT_ACCESS = 0x1F_0003;
    private static final String SYSTEM_ONLY =
            "access rights, object types other than NULL, handles of user mode";

    private final ServiceEngine engine;
    private final KernelMemory memory;
    private final KernelObjects objects;
    private final Waits waits;
    private final BugChecks bugChecks;
    private OtherObjects others = OtherObjects.NONE;

    public ObjectServices(
            ServiceEngine engine,
            KernelMemory memory,
            KernelObjects objects,
            Waits waits,
            BugChecks bugChecks) {
        this.engine = engine;
        this.memory = memory;
        this.objects = objects;
        this.waits = waits;
        this.bugChecks = bugChecks;
    }

    /** Knows from now on of objects that are counted elsewhere. */
    public void add(OtherObjects objectsElsewhere) {
        others = objectsElsewhere;
    }

    /** The wait for an object of a handle is over. */
    record WaitedForHandle(long object) implements Pending {}

    // ---- references ----

    @Ddi(
            value = "ObReferenceObjectByHandle",
            maximum = Irql.PASSIVE_LEVEL,
            rule = "IrqlObPassive",
            state = Ddi.State.PARTIAL,
            missing = SYSTEM_ONLY)
    int referenceByHandle(
            Processor processor,
            long handle,
            int access,
            long type,
            byte mode,
            long objectPointer,
            long informationPointer) {
        processor.memory().probe(objectPointer, Long.BYTES, true);
        if (informationPointer != 0) {
            processor.memory().probe(informationPointer, Long.BYTES, true);
        }
        long object = objects.objectOf(handle);
        if (object == 0) {
            processor.memory().store64(objectPointer, 0);
            return NtStatus.INVALID_HANDLE;
        }
        objects.reference(object);
        processor.memory().store64(objectPointer, object);
        if (informationPointer != 0) {
            processor.memory().store32(informationPointer, 0);
            processor.memory().store32(informationPointer + 4, EVENT_ACCESS);
        }
        return NtStatus.SUCCESS;
    }

    @Ddi(
            value = "ObReferenceObjectByPointer",
            maximum = Irql.DISPATCH_LEVEL,
            state = Ddi.State.PARTIAL,
            missing = SYSTEM_ONLY)
    int referenceByPointer(Processor processor, long object, int access, long type, byte mode) {
        reference(processor, object);
        return NtStatus.SUCCESS;
    }

    /** What ObReferenceObject is on x64. */
    @Ddi(value = "ObfReferenceObject", maximum = Irql.DISPATCH_LEVEL)
    long reference(Processor processor, long object) {
        return objects.isCounted(object) ? objects.reference(object) : others.reference(object);
    }

    /** What ObDereferenceObject is on x64. */
    @Ddi(value = "ObfDereferenceObject", maximum = Irql.DISPATCH_LEVEL)
    Outcome dereference(Processor processor, long object) {
        long caller = engine.caller(processor);
        return objects.isCounted(object)
                ? Outcome.of(objects.dereference(processor, object, caller))
                : others.dereference(processor, object, caller);
    }

    // ---- handles ----

    @Ddi(value = "ZwClose", maximum = Irql.PASSIVE_LEVEL, rule = "IrqlZwPassive")
    Outcome close(Processor processor, long handle) {
        if (objects.close(handle)) {
            return Outcome.of(NtStatus.SUCCESS);
        }
        if (KernelObjects.isKernelHandle(handle)) {
            bugChecks.raise(
                    processor,
                    INVALID_KERNEL_HANDLE,
                    handle,
                    NOT_OPEN,
                    0,
                    0,
                    engine.caller(processor));
            return Outcome.stay();
        }
        return Outcome.of(NtStatus.INVALID_HANDLE);
    }

    @Ddi(
            value = "ZwWaitForSingleObject",
            header = "ntifs.h",
            maximum = Irql.PASSIVE_LEVEL,
            state = Ddi.State.PARTIAL,
            missing = "access rights, alerts")
    Outcome waitForSingleObject(
            Processor processor, long handle, boolean alertable, long timeoutPointer) {
        long object = objects.objectOf(handle);
        if (object == 0) {
            return Outcome.of(NtStatus.INVALID_HANDLE);
        }
        objects.reference(object);
        return new Outcome.Call(
                engine.table().address("KeWaitForSingleObject"),
                new WaitedForHandle(object),
                object,
                USER_REQUEST,
                0,
                alertable ? 1 : 0,
                new long[] {timeoutPointer});
    }

    @Resumes("NtWaitForSingleObject")
    Outcome waited(Processor processor, WaitedForHandle pending, int status) {
        objects.dereference(pending.object);
        return Outcome.of(status);
    }

    // ---- events ----

    @Ddi(value = "IoCreateNotificationEvent", maximum = Irql.PASSIVE_LEVEL, rule = "IrqlIoPassive4")
    long createNotificationEvent(Processor processor, UnicodeString name, long handlePointer) {
        return createNamed(processor, name, handlePointer, DispatcherHeader.NOTIFICATION_EVENT);
    }

    @Ddi(
            value = "IoCreateSynchronizationEvent",
            maximum = Irql.PASSIVE_LEVEL,
            rule = "IrqlIoPassive4")
    long createSynchronizationEvent(Processor processor, UnicodeString name, long handlePointer) {
        return createNamed(processor, name, handlePointer, DispatcherHeader.SYNCHRONIZATION_EVENT);
    }

    private long createNamed(
            Processor processor, UnicodeString name, long handlePointer, int type) {
        processor.memory().probe(handlePointer, Long.BYTES, true);
        String text = name.text();
        Long known = objects.named(text);
        if (known != null) {
            processor.memory().store64(handlePointer, objects.open(known));
            return known;
        }
        long event = makeEvent(processor, handlePointer, type, true);
        if (event != 0) {
            objects.name(text, event);
        }
        return event;
    }

    /** A new event whose only reference is its handle; 0 without memory. */
    private long makeEvent(Processor processor, long handlePointer, int type, boolean signaled) {
        long event = memory.allocateObject(DispatcherHeader.SIZE);
        if (event == 0) {
            return 0;
        }
        new DispatcherHeader(processor.memory(), event)
                .initialize(type, DispatcherHeader.SIZE, signaled);
        objects.add(event);
        processor.memory().store64(handlePointer, objects.open(event));
        objects.dereference(event);
        return event;
    }

    @Ddi(
            value = "ZwCreateEvent",
            header = "ntifs.h",
            maximum = Irql.PASSIVE_LEVEL,
            state = Ddi.State.PARTIAL,
            missing = "access rights, ObjectAttributes")
    int createEvent(
            Processor processor,
            long handlePointer,
            int access,
            long attributes,
            int type,
            boolean signaled) {
        processor.memory().probe(handlePointer, Long.BYTES, true);
        int kind =
                type == 1
                        ? DispatcherHeader.SYNCHRONIZATION_EVENT
                        : DispatcherHeader.NOTIFICATION_EVENT;
        return makeEvent(processor, handlePointer, kind, signaled) == 0
                ? NtStatus.INSUFFICIENT_RESOURCES
                : NtStatus.SUCCESS;
    }

    @Ddi(
            value = "ZwSetEvent",
            header = "ntifs.h",
            maximum = Irql.PASSIVE_LEVEL,
            state = Ddi.State.PARTIAL,
            missing = "access rights")
    int setEvent(Processor processor, long handle, long statePointer) {
        long event = objects.objectOf(handle);
        if (event == 0) {
            return NtStatus.INVALID_HANDLE;
        }
        DispatcherHeader object = new DispatcherHeader(processor.memory(), event);
        if (object.type() > DispatcherHeader.SYNCHRONIZATION_EVENT) {
            return NtStatus.OBJECT_TYPE_MISMATCH;
        }
        if (statePointer != 0) {
            processor.memory().probe(statePointer, Integer.BYTES, true);
        }
        int before = waits.signal(processor, object, engine.caller(processor));
        if (statePointer != 0) {
            processor.memory().store32(statePointer, before);
        }
        return NtStatus.SUCCESS;
    }
}
