package dev.dirql.kernel.executive;

import dev.dirql.kernel.Irql;
import dev.dirql.kernel.NtStatus;
import dev.dirql.kernel.executive.CallbackObject.Registration;
import dev.dirql.kernel.memory.Pool;
import dev.dirql.kernel.memory.PoolKind;
import dev.dirql.kernel.objects.KernelObjects;
import dev.dirql.kernel.objects.ObjectType;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.Pending;
import dev.dirql.kernel.services.Resumes;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.structures.UnicodeString;
import dev.dirql.machine.Processor;
import dev.dirql.machine.ProcessorMemory;
import java.util.List;

/**
 * Callback objects: drivers register routines, and others have them called. Those that Windows
 * itself makes can be opened; nothing that they tell of ever happens. An object that is not
 * permanent goes with the last reference to it. Source: WDK, "Callback Objects" and the page of
 * each routine.
 */
public final class CallbackServices {
    private static final List<String> SYSTEM_OBJECTS =
            List.of(
                    "\\callback\\setsystemtime",
                    "\\callback\\powerstate",
                    "\\callback\\processoradd");
    private static final int UNSUCCESSFUL = 0xC000_0001;
    private static final int OBJECT_NAME_NOT_FOUND = 0xC000_0034;
    private static final int OBJECT_NAME = 0x10;
    private static final int ATTRIBUTES = 0x18;
    private static final int PERMANENT = 0x10;
    private static final int CASE_INSENSITIVE = 0x40;

    private final ServiceEngine engine;
    private final Pool pool;
    private final CallbackNames names;
    private final KernelObjects objects;

    public CallbackServices(
            ServiceEngine engine, Pool pool, CallbackNames names, KernelObjects objects) {
        this.engine = engine;
        this.pool = pool;
        this.names = names;
        this.objects = objects;
        objects.onUnreferenced(this::unreferenced);
    }

    private void unreferenced(Processor processor, long object, long caller) {
        if (names.isNamed(object)) {
            names.remove(object);
            pool.free(processor, object, caller);
        }
    }

    /** The event of a registration is initialised; now it can be entered. */
    record RegisterCallback(long object, long registration) implements Pending {}

    /** A callback routine runs. */
    record CallbackRuns(long object, long registration, long argument1, long argument2)
            implements Pending {}

    /** The last of its calls has ended, and the thread that waits for that was told. */
    record CallbackEnded(long object, long next, long argument1, long argument2)
            implements Pending {}

    /** Its calls have ended, and it is in no list. */
    record FreeRegistration(long registration) implements Pending {}

    @Ddi(value = "ExCreateCallback", maximum = Irql.APC_LEVEL, rule = "IrqlExPassive")
    int create(Processor processor, long result, long attributes, boolean create, boolean several) {
        ProcessorMemory memory = processor.memory();
        memory.probe(result, 8, true);
        long nameAddress = memory.load64(attributes + OBJECT_NAME);
        String name = nameAddress == 0 ? "" : new UnicodeString(memory, nameAddress).text();
        if (name.isEmpty()) {
            return UNSUCCESSFUL;
        }
        long flags = memory.load32(attributes + ATTRIBUTES);
        boolean ignoreCase = (flags & CASE_INSENSITIVE) != 0;
        long object = names.find(name, ignoreCase);
        boolean isSystem =
                SYSTEM_OBJECTS.stream().anyMatch(system -> system.equalsIgnoreCase(name));
        if (object == 0 && !create && !isSystem) {
            return OBJECT_NAME_NOT_FOUND;
        }
        if (object != 0) {
            objects.reference(object);
        } else {
            object = pool.allocate(PoolKind.NONPAGED, CallbackObject.BYTES, CallbackObject.TAG);
            if (object == 0) {
                return NtStatus.INSUFFICIENT_RESOURCES;
            }
            new CallbackObject(memory, object).initialize(several || isSystem);
            names.add(name, object);
            objects.add(object, ObjectType.OTHER);
            if (isSystem || (flags & PERMANENT) != 0) {
                objects.reference(object);
            }
        }
        memory.store64(result, object);
        return NtStatus.SUCCESS;
    }

    @Ddi(value = "ExRegisterCallback", maximum = Irql.APC_LEVEL, rule = "IrqlExApcLte2")
    Outcome register(Processor processor, long object, long routine, long context) {
        ProcessorMemory memory = processor.memory();
        CallbackObject callback = new CallbackObject(memory, object);
        if (routine == 0 || isFull(callback)) {
            return Outcome.done();
        }
        long address = pool.allocate(PoolKind.NONPAGED, Registration.BYTES, Registration.TAG);
        if (address == 0) {
            return Outcome.done();
        }
        Registration registration = new Registration(memory, address);
        registration.initialize(routine, context);
        return new Outcome.Call(
                engine.table().address("KeInitializeEvent"),
                new RegisterCallback(object, address),
                registration.event());
    }

    private static boolean isFull(CallbackObject callback) {
        return !callback.allowsSeveral() && callback.next(0) != 0;
    }

    @Resumes("ExpRegisterCallback")
    Outcome register(Processor processor, RegisterCallback pending) {
        ProcessorMemory memory = processor.memory();
        CallbackObject callback = new CallbackObject(memory, pending.object);
        if (isFull(callback)) {
            pool.free(processor, pending.registration, engine.caller(processor));
            return Outcome.done();
        }
        Registration registration = new Registration(memory, pending.registration);
        callback.registrations().insertBefore(registration.link());
        return Outcome.of(pending.registration);
    }

    @Ddi(value = "ExNotifyCallback", maximum = Irql.DISPATCH_LEVEL)
    Outcome call(Processor processor, long object, long argument1, long argument2) {
        long first = new CallbackObject(processor.memory(), object).next(0);
        return call(processor, object, first, argument1, argument2);
    }

    private static Outcome call(
            Processor processor, long object, long address, long argument1, long argument2) {
        if (address == 0) {
            return Outcome.done();
        }
        Registration registration = new Registration(processor.memory(), address);
        registration.setCalls(registration.calls() + 1);
        return new Outcome.Call(
                registration.routine(),
                new CallbackRuns(object, address, argument1, argument2),
                registration.context(),
                argument1,
                argument2);
    }

    @Resumes("ExpCallbackReturned")
    Outcome returned(Processor processor, CallbackRuns pending) {
        ProcessorMemory memory = processor.memory();
        Registration registration = new Registration(memory, pending.registration);
        long next = new CallbackObject(memory, pending.object).next(pending.registration);
        registration.setCalls(registration.calls() - 1);
        if (registration.isAwaited() && registration.calls() == 0) {
            return new Outcome.Call(
                    engine.table().address("KeSetEvent"),
                    new CallbackEnded(pending.object, next, pending.argument1, pending.argument2),
                    registration.event());
        }
        return call(processor, pending.object, next, pending.argument1, pending.argument2);
    }

    @Resumes("ExpCallbackEnded")
    Outcome ended(Processor processor, CallbackEnded pending) {
        return call(processor, pending.object, pending.next, pending.argument1, pending.argument2);
    }

    /** Waits until the routine is not running any more. */
    @Ddi(value = "ExUnregisterCallback", maximum = Irql.APC_LEVEL, rule = "IrqlExApcLte2")
    Outcome unregister(Processor processor, long address) {
        Registration registration = new Registration(processor.memory(), address);
        if (registration.calls() != 0) {
            registration.setAwaited();
            return new Outcome.Call(
                    engine.table().address("KeWaitForSingleObject"),
                    new FreeRegistration(address),
                    registration.event(),
                    0,
                    0,
                    0,
                    new long[] {0});
        }
        return free(processor, new FreeRegistration(address));
    }

    @Resumes("ExpFreeRegistration")
    Outcome free(Processor processor, FreeRegistration pending) {
        new Registration(processor.memory(), pending.registration).link().remove();
        pool.free(processor, pending.registration, engine.caller(processor));
        return Outcome.done();
    }
}
