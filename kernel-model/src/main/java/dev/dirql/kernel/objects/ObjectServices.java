package dev.dirql.kernel.objects;

import dev.dirql.kernel.Irql;
import dev.dirql.kernel.NtStatus;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.Pending;
import dev.dirql.kernel.services.Resumes;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.traps.BugChecks;
import dev.dirql.machine.GuestMemory;
import dev.dirql.machine.Processor;
import java.util.Optional;

/**
 * Handles and references. Every handle is one of the kernel, for every thread is one of the System
 * process; routines that drivers call by their Zw… names check no access rights. Source: WDK,
 * "Object Handles", "Using Nt and Zw versions of the native system services routines" and the page
 * of each routine.
 */
public final class ObjectServices {
    private static final int INVALID_KERNEL_HANDLE = 0x93;
    private static final int NOT_OPEN = 1;
    private static final int USER_REQUEST = 6;
    private static final int USER_MODE = 1;
    private static final long CURRENT_PROCESS = -1;
    private static final long CURRENT_THREAD = -2;
    private static final int PROCESS_ALL_ACCESS = 0x1F_FFFF;
    private static final int THREAD_ALL_ACCESS = 0x1F_FFFF;

    private final ServiceEngine engine;
    private final KernelObjects objects;
    private final BugChecks bugChecks;
    private final SystemProcess system;
    private final ObjectTypes types = new ObjectTypes();
    private OtherObjects others = OtherObjects.NONE;

    /** Where the System process is. */
    @FunctionalInterface
    public interface SystemProcess {
        long address();
    }

    public ObjectServices(
            ServiceEngine engine,
            KernelObjects objects,
            BugChecks bugChecks,
            SystemProcess system) {
        this.engine = engine;
        this.objects = objects;
        this.bugChecks = bugChecks;
        this.system = system;
    }

    /** Knows from now on of objects that are counted elsewhere. */
    public void add(OtherObjects objectsElsewhere) {
        others = objectsElsewhere;
    }

    /** Makes the types, before anybody can name one. */
    public void boot(GuestMemory guest) {
        types.boot(guest, engine.table());
    }

    /** The wait for an object of a handle is over. */
    record WaitedForHandle(long object) implements Pending {}

    // ---- references ----

    @Ddi(value = "ObReferenceObjectByHandle", maximum = Irql.PASSIVE_LEVEL, rule = "IrqlObPassive")
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
        processor.memory().store64(objectPointer, 0);
        long object = objectOf(processor, handle, mode);
        if (object == 0) {
            return NtStatus.INVALID_HANDLE;
        }
        if (type != 0 && !isOfType(processor, object, type)) {
            return NtStatus.OBJECT_TYPE_MISMATCH;
        }
        objects.reference(object);
        processor.memory().store64(objectPointer, object);
        if (informationPointer != 0) {
            processor.memory().store32(informationPointer, 0);
            processor.memory().store32(informationPointer + 4, accessOf(handle));
        }
        return NtStatus.SUCCESS;
    }

    /** A handle of the kernel is none to who says that it comes from user mode. */
    private long objectOf(Processor processor, long handle, byte mode) {
        if (handle == CURRENT_PROCESS) {
            return system.address();
        }
        if (handle == CURRENT_THREAD) {
            return processor.thread;
        }
        return mode == USER_MODE ? 0 : objects.objectOf(handle);
    }

    private int accessOf(long handle) {
        if (handle == CURRENT_PROCESS) {
            return PROCESS_ALL_ACCESS;
        }
        return handle == CURRENT_THREAD ? THREAD_ALL_ACCESS : objects.accessOf(handle);
    }

    private boolean isOfType(Processor processor, long object, long type) {
        Optional<ObjectType> known = objects.typeOf(object);
        return types.is(type, known.orElseGet(() -> others.typeOf(processor, object)));
    }

    /** The type is only looked at for who calls for user mode. */
    @Ddi(value = "ObReferenceObjectByPointer", maximum = Irql.DISPATCH_LEVEL)
    int referenceByPointer(Processor processor, long object, int access, long type, byte mode) {
        if (mode == USER_MODE && !isOfType(processor, object, type)) {
            return NtStatus.OBJECT_TYPE_MISMATCH;
        }
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
        long caller = engine.caller(processor);
        if (isPseudo(handle) || objects.close(processor, handle, caller)) {
            return Outcome.of(NtStatus.SUCCESS);
        }
        if (KernelObjects.isKernelHandle(handle)) {
            bugChecks.raise(processor, INVALID_KERNEL_HANDLE, handle, NOT_OPEN, 0, 0, caller);
            return Outcome.stay();
        }
        return Outcome.of(NtStatus.INVALID_HANDLE);
    }

    /** There is nothing to close. */
    private static boolean isPseudo(long handle) {
        return handle == CURRENT_PROCESS || handle == CURRENT_THREAD;
    }

    /** For a handle of user mode, of which there are none, or as ZwClose. */
    @Ddi(value = "ObCloseHandle", maximum = Irql.PASSIVE_LEVEL)
    Outcome closeHandle(Processor processor, long handle, byte previousMode) {
        return previousMode == USER_MODE && !isPseudo(handle)
                ? Outcome.of(NtStatus.INVALID_HANDLE)
                : close(processor, handle);
    }

    @Ddi(
            value = "ZwWaitForSingleObject",
            header = "ntifs.h",
            maximum = Irql.PASSIVE_LEVEL,
            state = Ddi.State.PARTIAL,
            missing = "alerts, which no documented routine sends")
    Outcome waitForSingleObject(
            Processor processor, long handle, boolean alertable, long timeoutPointer) {
        long object = objectOf(processor, handle, (byte) 0);
        if (object == 0) {
            return Outcome.of(NtStatus.INVALID_HANDLE);
        }
        if (objects.typeOf(object).filter(type -> type == ObjectType.OTHER).isPresent()) {
            return Outcome.of(NtStatus.OBJECT_TYPE_MISMATCH);
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
        objects.dereference(processor, pending.object, engine.caller(processor));
        return Outcome.of(status);
    }
}
