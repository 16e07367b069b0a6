package dev.dirql.kernel.pnp;

import dev.dirql.kernel.Irql;
import dev.dirql.kernel.images.LoadedImage;
import dev.dirql.kernel.images.LoadedImages;
import dev.dirql.kernel.io.Devices;
import dev.dirql.kernel.io.DriverUnloading;
import dev.dirql.kernel.io.DriverUnloading.Leftover;
import dev.dirql.kernel.io.IoStatus;
import dev.dirql.kernel.io.ObjectReferences;
import dev.dirql.kernel.io.SystemPackets;
import dev.dirql.kernel.memory.Pool;
import dev.dirql.kernel.memory.PoolKind;
import dev.dirql.kernel.pnp.PnpListeners.Listener;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.EntryPoint;
import dev.dirql.kernel.services.FrameShape;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.Pending;
import dev.dirql.kernel.services.Resumes;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.services.Walk;
import dev.dirql.kernel.structures.DeviceObject;
import dev.dirql.kernel.structures.FileObject;
import dev.dirql.machine.GuestMemory;
import dev.dirql.machine.Processor;
import java.util.List;

/**
 * Drivers are told what happens to devices: that an interface comes or goes, that a device whose
 * file they have open is to be removed, and what its drivers report themselves. Source: WDK, "Using
 * PnP notification" and the page of each routine.
 */
final class PnpNotifications {
    private static final String NOTIFY = "PnpNotify";
    private static final String NOTIFY_LATER = "PnpNotifyAndFree";

    private static final int TAG = 'P' | 'n' << 8 | 'N' << 16 | 't' << 24;

    /** IO_NOTIFICATION_EVENT_CATEGORY. */
    static final int HARDWARE_PROFILE_CHANGE = 1;

    static final int DEVICE_INTERFACE_CHANGE = 2;
    static final int TARGET_DEVICE_CHANGE = 3;

    private static final int INCLUDE_EXISTING = 1;

    /** Bytes of TARGET_DEVICE_REMOVAL_NOTIFICATION and of the fixed part of a custom one. */
    private static final int REMOVAL_BYTES = 0x20;

    private static final int CUSTOM_BYTES = 0x28;
    private static final int INTERFACE_BYTES = 0x30;
    private static final int SIZE = 0x02;
    private static final int EVENT = 0x04;
    private static final int FILE = 0x18;
    private static final int INTERFACE_CLASS = 0x14;
    private static final int INTERFACE_NAME = 0x28;

    private static final long EVENTS_LOW = 0x11D0_46F0_CB3A_4000L;
    private static final long EVENTS_HIGH = 0x3F05_1397_6000_8FB0L;

    /** Of the GUIDs of the system's events, the last digit of the first part. */
    static final int ARRIVAL = 4;

    static final int REMOVAL = 5;
    static final int QUERY_REMOVE = 6;
    static final int REMOVE_CANCELLED = 7;
    static final int REMOVE_COMPLETE = 8;

    /** A copy of a structure, and what to call when all were told: address, context. */
    private static final int COPY_HEAD = 0x20;

    private final ServiceEngine engine;
    private final Pool pool;
    private final LoadedImages images;
    private final PnpDevices devices;
    private final DeviceInterfaces interfaces;
    private final PnpListeners listeners;
    private final SystemPackets packets;
    private final ObjectReferences references;
    private final DriverUnloading kernel;
    private final PnpRules rules;

    PnpNotifications(
            ServiceEngine engine,
            Pool pool,
            LoadedImages images,
            PnpDevices devices,
            DeviceInterfaces interfaces,
            PnpListeners listeners,
            SystemPackets packets,
            ObjectReferences references,
            DriverUnloading kernel,
            PnpRules rules) {
        this.engine = engine;
        this.pool = pool;
        this.images = images;
        this.devices = devices;
        this.interfaces = interfaces;
        this.listeners = listeners;
        this.packets = packets;
        this.references = references;
        this.kernel = kernel;
        this.rules = rules;
    }

    /** A callback runs. */
    record ListenerCalled(long structure, int category, long pdo, long entry, boolean asks)
            implements Pending {}

    /** Somebody who waits for the end of a callback was told. */
    record EndOfCallTold(
            long structure, int category, long pdo, long entry, boolean asks, int status)
            implements Pending {}

    /** Existing interfaces are told of to a new listener. */
    record ExistingTold(long entry, long result, long structure, int next) implements Pending {}

    /** Everybody was told. */
    record AllTold(long copy) implements Pending {}

    /** The callback of who reported a change runs. */
    record ReporterTold(long copy) implements Pending {}

    /** No call of a listener runs any more. */
    record CallsEnded(long entry, long event) implements Pending {}

    // ---- registering ----

    @Ddi(value = "IoRegisterPlugPlayNotification", maximum = Irql.PASSIVE_LEVEL)
    Outcome register(
            Processor processor,
            int category,
            int flags,
            long data,
            long driver,
            long routine,
            long context,
            long result) {
        GuestMemory memory = processor.memory();
        memory.probe(result, Long.BYTES, true);
        String guid = "";
        long pdo = 0;
        switch (category) {
            case DEVICE_INTERFACE_CHANGE -> {
                if (data == 0) {
                    return Outcome.of(IoStatus.INVALID_PARAMETER);
                }
                guid = DeviceInterfaces.guid(memory, data);
            }
            case TARGET_DEVICE_CHANGE -> {
                pdo = data == 0 ? 0 : pdoOf(memory, new FileObject(memory, data).deviceObject());
                if (pdo == 0) {
                    return Outcome.of(
                            data == 0 ? IoStatus.INVALID_PARAMETER : IoStatus.NO_SUCH_DEVICE);
                }
            }
            case HARDWARE_PROFILE_CHANGE -> {}
            default -> {
                return Outcome.of(IoStatus.INVALID_PARAMETER);
            }
        }
        long entry =
                pool.fails(processor, TAG, engine.caller(processor))
                        ? 0
                        : pool.allocate(PoolKind.PAGED, 0x10, TAG);
        if (entry == 0) {
            return Outcome.of(IoStatus.INSUFFICIENT_RESOURCES);
        }
        references.add(driver);
        listeners.add(
                new Listener(entry, category, guid, pdo, data, driver, routine, context, 0, 0, 0));
        memory.store64(result, entry);
        boolean existing = (flags & INCLUDE_EXISTING) != 0 && !guid.isEmpty();
        return existing
                ? tellExisting(processor, new ExistingTold(entry, result, 0, 0))
                : Outcome.of(IoStatus.SUCCESS);
    }

    /** The physical device object below a device object, or 0. */
    private long pdoOf(GuestMemory memory, long device) {
        for (PnpDevices.Entry entry : devices.all()) {
            Walk walk = new Walk(Devices.ATTACHED);
            for (long at = entry.pdo();
                    at != 0;
                    at = new DeviceObject(memory, at).attachedDevice()) {
                walk.at(at);
                if (at == device) {
                    return entry.pdo();
                }
            }
        }
        return 0;
    }

    private Outcome tellExisting(Processor processor, ExistingTold state) {
        Listener listener = listeners.find(state.entry);
        List<String> names = listener == null ? List.of() : interfaces.enabled(listener.guid());
        if (listener == null || state.next >= names.size()) {
            return Outcome.of(IoStatus.SUCCESS);
        }
        long structure =
                interfaceChange(processor, ARRIVAL, listener.guid(), names.get(state.next));
        if (structure == 0) {
            return Outcome.of(IoStatus.SUCCESS);
        }
        return new Outcome.Call(
                listener.routine(),
                new ExistingTold(state.entry, state.result, structure, state.next + 1),
                structure + COPY_HEAD,
                listener.context());
    }

    @Resumes("PnpExistingTold")
    Outcome existingTold(Processor processor, ExistingTold pending) {
        pool.free(processor, pending.structure, engine.caller(processor));
        return processor.machine().ended() == null
                ? tellExisting(processor, pending)
                : Outcome.stay();
    }

    /** A call that runs elsewhere goes on. */
    @Ddi(value = "IoUnregisterPlugPlayNotification", maximum = Irql.PASSIVE_LEVEL)
    Outcome unregister(Processor processor, long entry) {
        return listeners.find(entry) == null
                ? Outcome.of(IoStatus.INVALID_PARAMETER)
                : forget(processor, entry);
    }

    /** Waits for a call that runs in another thread. */
    @Ddi(value = "IoUnregisterPlugPlayNotificationEx", maximum = Irql.PASSIVE_LEVEL)
    Outcome unregisterAndWait(Processor processor, long entry) {
        Listener listener = listeners.find(entry);
        if (listener == null) {
            return Outcome.of(IoStatus.INVALID_PARAMETER);
        }
        if (listener.calls() == 0 || listener.thread() == processor.thread) {
            return forget(processor, entry);
        }
        SystemPackets.Answer answer = packets.answer(processor);
        if (answer.address() == 0) {
            return Outcome.of(IoStatus.INSUFFICIENT_RESOURCES);
        }
        listeners.replace(listener.with(listener.calls(), listener.thread(), answer.event()));
        return new Outcome.Call(
                engine.table().address("KeWaitForSingleObject"),
                new CallsEnded(entry, answer.address()),
                answer.event(),
                0,
                0,
                0,
                new long[] {0});
    }

    @Resumes("PnpCallsEnded")
    Outcome callsEnded(Processor processor, CallsEnded pending) {
        packets.release(processor, new SystemPackets.Answer(processor.memory(), pending.event));
        return forget(processor, pending.entry);
    }

    private Outcome forget(Processor processor, long entry) {
        Listener listener = listeners.find(entry);
        if (listener != null) {
            references.remove(listener.driver());
            listeners.remove(entry);
            pool.free(processor, entry, engine.caller(processor));
        }
        return processor.machine().ended() == null ? Outcome.of(IoStatus.SUCCESS) : Outcome.stay();
    }

    /** The registrations that an image leaves when it is unloaded, which go with it. */
    List<Leftover> leftovers(LoadedImage image) {
        List<Leftover> left =
                listeners.all().stream()
                        .filter(listener -> image.contains(listener.routine()))
                        .map(listener ->
                                new Leftover(
                                        "PlugPlayNotificationNotUnregistered",
                                        "the Plug and Play notification of "
                                                + images.name(listener.routine())))
                        .toList();
        listeners.all().stream()
                .filter(listener -> image.contains(listener.routine()))
                .forEach(listener -> listeners.remove(listener.entry()));
        return left;
    }

    // ---- telling ----

    /**
     * Calls everybody whom something concerns; the next step gets the first failure, if it asks.
     *
     * @param structure what happened
     * @param pdo the device, 0 for an interface
     */
    private Outcome telling(Pending next, long structure, int category, long pdo, boolean asks) {
        return new Outcome.Call(
                engine.table().address(NOTIFY), next, structure, category, pdo, asks ? 1 : 0);
    }

    @EntryPoint(value = NOTIFY, frame = FrameShape.RETURN_ADDRESS)
    Outcome tell(Processor processor, long structure, int category, long pdo, boolean asks) {
        return tellNext(processor, structure, category, pdo, 0, asks);
    }

    private Outcome tellNext(
            Processor processor, long structure, int category, long pdo, long after, boolean asks) {
        GuestMemory memory = processor.memory();
        String guid =
                category == DEVICE_INTERFACE_CHANGE
                        ? DeviceInterfaces.guid(memory, structure + INTERFACE_CLASS)
                        : "";
        Listener listener = listeners.next(category, guid, pdo, after);
        if (listener == null) {
            return Outcome.of(IoStatus.SUCCESS);
        }
        if (category == TARGET_DEVICE_CHANGE) {
            memory.store64(structure + FILE, listener.file());
        }
        listeners.replace(
                listener.with(listener.calls() + 1, processor.thread, listener.waiting()));
        return new Outcome.Call(
                listener.routine(),
                new ListenerCalled(structure, category, pdo, listener.entry(), asks),
                structure,
                listener.context());
    }

    @Resumes("PnpListenerCalled")
    Outcome called(Processor processor, ListenerCalled pending, int status) {
        Listener listener = listeners.find(pending.entry);
        if (listener != null) {
            Listener after = listener.with(listener.calls() - 1, 0, listener.waiting());
            listeners.replace(after);
            if (after.calls() == 0 && after.waiting() != 0) {
                return new Outcome.Call(
                        engine.table().address("KeSetEvent"),
                        new EndOfCallTold(
                                pending.structure,
                                pending.category,
                                pending.pdo,
                                pending.entry,
                                pending.asks,
                                status),
                        after.waiting());
            }
        }
        return goOn(
                processor,
                pending.structure,
                pending.category,
                pending.pdo,
                pending.entry,
                pending.asks,
                status);
    }

    @Resumes("PnpEndOfCallTold")
    Outcome endTold(Processor processor, EndOfCallTold pending) {
        return goOn(
                processor,
                pending.structure,
                pending.category,
                pending.pdo,
                pending.entry,
                pending.asks,
                pending.status);
    }

    private Outcome goOn(
            Processor processor,
            long structure,
            int category,
            long pdo,
            long entry,
            boolean asks,
            int status) {
        if (!asks || status >= 0) {
            return tellNext(processor, structure, category, pdo, entry, asks);
        }
        Listener listener = listeners.find(entry);
        PnpDevices.Entry device = devices.ofPdo(pdo);
        if (device != null) {
            rules.removalVetoed(
                    processor,
                    device.device(),
                    status,
                    listener == null ? device.routine() : listener.routine());
        }
        return processor.machine().ended() == null ? Outcome.of(status) : Outcome.stay();
    }

    private static void event(GuestMemory memory, long structure, int which, int bytes) {
        memory.store16(structure, 1);
        memory.store16(structure + SIZE, bytes);
        memory.store64(structure + EVENT, EVENTS_LOW | which);
        memory.store64(structure + EVENT + 8, EVENTS_HIGH);
    }

    /** Whether anybody is to be told of a device. */
    boolean concern(long pdo) {
        return listeners.next(TARGET_DEVICE_CHANGE, "", pdo, 0) != null;
    }

    /** Tells of a device that is to be removed, is not after all, or is. */
    Outcome removal(Processor processor, Pending next, int which, long pdo) {
        long structure = pool.allocate(PoolKind.NONPAGED, COPY_HEAD + REMOVAL_BYTES, TAG);
        if (structure == 0) {
            // Nobody is registered for no category: the answer is a success.
            return telling(next, 0, 0, 0, false);
        }
        GuestMemory memory = processor.memory();
        memory.storeBytes(structure, new byte[COPY_HEAD + REMOVAL_BYTES]);
        event(memory, structure + COPY_HEAD, which, REMOVAL_BYTES);
        return new Outcome.Call(
                engine.table().address(NOTIFY_LATER),
                next,
                structure,
                pdo,
                which == QUERY_REMOVE ? 1 : 0);
    }

    /** Tells of an interface, later and in a system thread. */
    void interfaceChanged(Processor processor, int which, String guid, String name) {
        if (listeners.next(DEVICE_INTERFACE_CHANGE, guid, 0, 0) == null) {
            return;
        }
        long structure = interfaceChange(processor, which, guid, name);
        if (structure != 0) {
            kernel.startThread(
                    processor,
                    "Plug and Play notification",
                    engine.table().address(NOTIFY_LATER),
                    structure);
        }
    }

    /** DEVICE_INTERFACE_CHANGE_NOTIFICATION behind the head of a copy, or 0. */
    private long interfaceChange(Processor processor, int which, String guid, String name) {
        GuestMemory memory = processor.memory();
        long text = COPY_HEAD + INTERFACE_BYTES + 0x10;
        long structure = pool.allocate(PoolKind.NONPAGED, text + 2L * name.length() + 2, TAG);
        if (structure == 0) {
            return 0;
        }
        memory.storeBytes(structure, new byte[COPY_HEAD + INTERFACE_BYTES + 0x10]);
        long at = structure + COPY_HEAD;
        event(memory, at, which, INTERFACE_BYTES);
        DeviceInterfaces.storeGuid(memory, at + INTERFACE_CLASS, guid);
        long string = at + INTERFACE_BYTES;
        memory.store64(at + INTERFACE_NAME, string);
        memory.store16(string, 2L * name.length());
        memory.store16(string + 2, 2L * name.length() + 2);
        memory.store64(string + 8, structure + text);
        Wide.store(memory, structure + text, name);
        return structure;
    }

    /** Tells of a copy of a structure, calls who reported it, and frees it. */
    @EntryPoint(value = NOTIFY_LATER, frame = FrameShape.RETURN_ADDRESS)
    Outcome tellAndFree(Processor processor, long copy, long pdo, boolean asks) {
        long device = pdo == 0 ? processor.memory().load64(copy + 0x10) : pdo;
        return telling(
                new AllTold(copy),
                copy + COPY_HEAD,
                device == 0 ? DEVICE_INTERFACE_CHANGE : TARGET_DEVICE_CHANGE,
                device,
                asks);
    }

    @Resumes("PnpAllTold")
    Outcome allTold(Processor processor, AllTold pending, int status) {
        GuestMemory memory = processor.memory();
        long callback = memory.load64(pending.copy);
        if (callback != 0) {
            return new Outcome.Call(
                    callback, new ReporterTold(pending.copy), memory.load64(pending.copy + 8));
        }
        pool.free(processor, pending.copy, engine.caller(processor));
        return processor.machine().ended() == null ? Outcome.of(status) : Outcome.stay();
    }

    @Resumes("PnpReporterTold")
    Outcome reporterTold(Processor processor, ReporterTold pending) {
        pool.free(processor, pending.copy, engine.caller(processor));
        return processor.machine().ended() == null ? Outcome.of(IoStatus.SUCCESS) : Outcome.stay();
    }

    // ---- events of drivers ----

    @Ddi(value = "IoReportTargetDeviceChange", maximum = Irql.PASSIVE_LEVEL)
    Outcome report(Processor processor, long pdo, long structure) {
        long copy = customCopy(processor, pdo, structure, 0, 0);
        if (copy < 0 && copy >= Integer.MIN_VALUE) {
            return Outcome.of((int) copy);
        }
        return new Outcome.TailCall(engine.table().address(NOTIFY_LATER), copy, 0);
    }

    @Ddi(value = "IoReportTargetDeviceChangeAsynchronous", maximum = Irql.DISPATCH_LEVEL)
    int reportLater(Processor processor, long pdo, long structure, long callback, long context) {
        long copy = customCopy(processor, pdo, structure, callback, context);
        if (copy < 0 && copy >= Integer.MIN_VALUE) {
            return (int) copy;
        }
        kernel.startThread(
                processor,
                "Plug and Play notification",
                engine.table().address(NOTIFY_LATER),
                copy);
        return IoStatus.SUCCESS;
    }

    /** A copy of a structure with its head, or a status. */
    private long customCopy(
            Processor processor, long pdo, long structure, long callback, long context) {
        GuestMemory memory = processor.memory();
        memory.probe(structure, CUSTOM_BYTES, false);
        long low = memory.load64(structure + EVENT);
        boolean system =
                (low & -16) == EVENTS_LOW && memory.load64(structure + EVENT + 8) == EVENTS_HIGH;
        if (system || devices.ofPdo(pdo) == null) {
            return IoStatus.INVALID_DEVICE_REQUEST;
        }
        int size = (int) memory.load16(structure + SIZE);
        if (size < CUSTOM_BYTES - Integer.BYTES || memory.load64(structure + FILE) != 0) {
            return IoStatus.INVALID_PARAMETER;
        }
        int bytes = Math.max(size, CUSTOM_BYTES);
        long copy =
                pool.fails(processor, TAG, engine.caller(processor))
                        ? 0
                        : pool.allocate(PoolKind.NONPAGED, COPY_HEAD + bytes, TAG);
        if (copy == 0) {
            return IoStatus.INSUFFICIENT_RESOURCES;
        }
        memory.store64(copy, callback);
        memory.store64(copy + 0x08, context);
        memory.store64(copy + 0x10, pdo);
        memory.storeBytes(copy + COPY_HEAD, memory.loadBytes(structure, bytes));
        return copy;
    }
}
