package dev.dirql.kernel.pnp;

import dev.dirql.kernel.images.LoadedImages;
import dev.dirql.kernel.io.DeviceStacks;
import dev.dirql.kernel.io.Devices;
import dev.dirql.kernel.io.Drivers;
import dev.dirql.kernel.io.IoStatus;
import dev.dirql.kernel.io.RoutineCalls;
import dev.dirql.kernel.io.SystemPackets;
import dev.dirql.kernel.memory.Pool;
import dev.dirql.kernel.memory.PoolKind;
import dev.dirql.kernel.services.EntryPoint;
import dev.dirql.kernel.services.FrameShape;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.Pending;
import dev.dirql.kernel.services.Resumes;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.structures.DeviceObject;
import dev.dirql.kernel.structures.DriverExtension;
import dev.dirql.kernel.structures.DriverObject;
import dev.dirql.kernel.structures.IoStackLocation;
import dev.dirql.kernel.structures.Irp;
import dev.dirql.machine.Processor;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * The Plug and Play manager: calls AddDevice of the drivers of each device, the lowest first,
 * starts the stack, and removes it before one of its drivers is unloaded. It runs in a system
 * thread and waits for every request. Source: WDK, "Adding a PnP device to a running system",
 * "Starting a device" and "Removing a device".
 */
public final class PnpServices implements DeviceStacks {
    /** Symbols of its two routines. */
    private static final String START = "PnpStartDevices";

    private static final String REMOVE = "PnpRemoveDevices";

    private static final int TAG = 'P' | 'n' << 8 | 'p' << 16 | ' ' << 24;
    private static final int PNP = 0x1B;
    private static final int DO_DEVICE_INITIALIZING = 0x80;

    private static final int MN_START = 0x00;
    private static final int MN_QUERY_REMOVE = 0x01;
    private static final int MN_REMOVE = 0x02;
    private static final int MN_CANCEL_REMOVE = 0x03;
    private static final int MN_QUERY_CAPABILITIES = 0x09;
    private static final int MN_QUERY_STATE = 0x14;

    /** PNP_DEVICE_DISABLED, FAILED and REMOVED. */
    private static final int STATE_UNUSABLE = 0x01 | 0x04 | 0x08;

    /** The driver of a request that is not on behalf of an unload. */
    private static final int NO_DRIVER = -1;

    private final ServiceEngine engine;
    private final Pool pool;
    private final LoadedImages images;
    private final Drivers drivers;
    private final RoutineCalls calls;
    private final SystemPackets packets;
    private final PnpDevices devices;
    private final BusDriver bus;
    private final PnpRules rules;

    PnpServices(
            ServiceEngine engine,
            Pool pool,
            LoadedImages images,
            Drivers drivers,
            RoutineCalls calls,
            SystemPackets packets,
            PnpDevices devices,
            BusDriver bus,
            PnpRules rules) {
        this.engine = engine;
        this.pool = pool;
        this.images = images;
        this.drivers = drivers;
        this.calls = calls;
        this.packets = packets;
        this.devices = devices;
        this.bus = bus;
        this.rules = rules;
    }

    record StartNext(int device) implements Pending {}

    record AddNext(int device, int position) implements Pending {}

    record AddDeviceReturned(int device, int position, long routine, int irql) implements Pending {}

    record RemoveNext(int driver, int device) implements Pending {}

    /**
     * The dispatch routine at the top of a stack is running.
     *
     * @param parameters pool block that the request points to, 0 for none
     */
    record Dispatched(
            int device,
            int driver,
            int minor,
            long irp,
            long answer,
            long parameters,
            long routine,
            int irql)
            implements Pending {}

    /** The thread waits for the drivers of a stack. */
    record Awaited(int device, int driver, int minor, long answer, long parameters, long routine)
            implements Pending {}

    // ---- when ----

    @Override
    public OptionalLong startRoutine(Processor processor) {
        boolean needed =
                devices.all().stream().anyMatch(entry -> !addable(processor, entry).isEmpty());
        return needed ? OptionalLong.of(engine.table().address(START)) : OptionalLong.empty();
    }

    @Override
    public OptionalLong removeRoutine(Processor processor, int driver) {
        boolean needed =
                devices.all().stream()
                        .anyMatch(entry ->
                                entry.state() == PnpDevices.State.STARTED
                                        && addable(processor, entry).contains(driver));
        return needed ? OptionalLong.of(engine.table().address(REMOVE)) : OptionalLong.empty();
    }

    /** The drivers of a device that are loaded and have an AddDevice routine. */
    private List<Integer> addable(Processor processor, PnpDevices.Entry entry) {
        List<Integer> found = new ArrayList<>();
        for (int number : entry.drivers()) {
            Drivers.Driver driver = drivers.get(number);
            if (driver.entered() && driver.status() >= 0 && addDevice(processor, driver) != 0) {
                found.add(number);
            }
        }
        return found;
    }

    private static long addDevice(Processor processor, Drivers.Driver driver) {
        DriverObject object = new DriverObject(processor.memory(), driver.object());
        return new DriverExtension(processor.memory(), object.driverExtension()).addDevice();
    }

    // ---- adding and starting ----

    @EntryPoint(value = START, frame = FrameShape.RETURN_ADDRESS)
    Outcome startDevices(Processor processor) {
        return new Outcome.Then(new StartNext(0));
    }

    @Resumes("PnpStartNextDevice")
    Outcome startNext(Processor processor, StartNext pending) {
        if (pending.device == devices.count()) {
            return Outcome.done();
        }
        PnpDevices.Entry entry = devices.get(pending.device);
        if (addable(processor, entry).isEmpty()) {
            return new Outcome.Then(new StartNext(pending.device + 1));
        }
        entry.setState(PnpDevices.State.STARTING);
        if (!bus.create(processor, entry)) {
            return failed(
                    processor,
                    pending.device,
                    "making the physical device object",
                    IoStatus.INSUFFICIENT_RESOURCES,
                    0);
        }
        return new Outcome.Then(new AddNext(pending.device, 0));
    }

    @Resumes("PnpAddDevice")
    Outcome addNext(Processor processor, AddNext pending) {
        PnpDevices.Entry entry = devices.get(pending.device);
        List<Integer> numbers = addable(processor, entry);
        if (pending.position == numbers.size()) {
            return start(processor, pending.device);
        }
        Drivers.Driver driver = drivers.get(numbers.get(pending.position));
        long routine = addDevice(processor, driver);
        return new Outcome.Call(
                routine,
                new AddDeviceReturned(pending.device, pending.position, routine, processor.irql()),
                driver.object(),
                entry.pdo());
    }

    @Resumes("PnpAddDeviceReturned")
    Outcome addDeviceReturned(Processor processor, AddDeviceReturned pending, int status) {
        if (!calls.returned(processor, pending.routine, pending.irql)) {
            return Outcome.stay();
        }
        if (status < 0) {
            return failed(
                    processor,
                    pending.device,
                    images.name(pending.routine),
                    status,
                    pending.routine);
        }
        DeviceObject top = top(processor, pending.device);
        if ((top.flags() & DO_DEVICE_INITIALIZING) != 0) {
            rules.stillInitializing(processor, top.address(), pending.routine);
            if (processor.machine().ended() != null) {
                return Outcome.stay();
            }
        }
        return new Outcome.Then(new AddNext(pending.device, pending.position + 1));
    }

    private Outcome start(Processor processor, int number) {
        PnpDevice device = devices.get(number).device();
        int rawBytes = ResourceList.bytes(device);
        long lists = 0;
        if (rawBytes != 0) {
            int all = 2 * rawBytes;
            lists = pool.allocate(PoolKind.PAGED, all, TAG);
            if (lists == 0) {
                return failed(
                        processor,
                        number,
                        "making its resource list",
                        IoStatus.INSUFFICIENT_RESOURCES,
                        0);
            }
            ResourceList.write(processor.memory(), lists, device, false);
            ResourceList.write(processor.memory(), lists + rawBytes, device, true);
        }
        long translated = lists == 0 ? 0 : lists + rawBytes;
        return send(processor, number, NO_DRIVER, MN_START, lists, lists, translated);
    }

    /** A device cannot be used: what is already in its stack is removed. */
    private Outcome failed(Processor processor, int number, String what, int status, long routine) {
        PnpDevices.Entry entry = devices.get(number);
        rules.notStarted(processor, entry.device(), what, status, routine);
        if (processor.machine().ended() != null) {
            return Outcome.stay();
        }
        entry.setState(PnpDevices.State.FAILED);
        boolean isBare =
                entry.pdo() == 0
                        || new DeviceObject(processor.memory(), entry.pdo()).attachedDevice() == 0;
        return isBare
                ? new Outcome.Then(new StartNext(number + 1))
                : send(processor, number, NO_DRIVER, MN_REMOVE, 0, 0, 0);
    }

    // ---- removing ----

    @EntryPoint(value = REMOVE, frame = FrameShape.RETURN_ADDRESS)
    Outcome removeDevices(Processor processor, long driver) {
        return new Outcome.Then(new RemoveNext((int) driver, 0));
    }

    @Resumes("PnpRemoveNextDevice")
    Outcome removeNext(Processor processor, RemoveNext pending) {
        if (pending.device == devices.count()) {
            return Outcome.of(IoStatus.SUCCESS);
        }
        PnpDevices.Entry entry = devices.get(pending.device);
        if (entry.state() != PnpDevices.State.STARTED
                || !entry.drivers().contains(pending.driver)) {
            return new Outcome.Then(new RemoveNext(pending.driver, pending.device + 1));
        }
        entry.setState(PnpDevices.State.REMOVING);
        return send(processor, pending.device, pending.driver, MN_QUERY_REMOVE, 0, 0, 0);
    }

    // ---- requests ----

    private DeviceObject top(Processor processor, int device) {
        return Devices.top(processor.memory(), devices.get(device).pdo());
    }

    /**
     * Sends a request to the top of a stack; NT sets every status to STATUS_NOT_SUPPORTED first.
     */
    private Outcome send(
            Processor processor,
            int device,
            int driver,
            int minor,
            long parameters,
            long argument1,
            long argument2) {
        DeviceObject top = top(processor, device);
        SystemPackets.Answer answer = packets.answer(processor);
        long packet =
                answer.address() == 0
                        ? 0
                        : packets.make(processor, top.stackSize(), PNP, minor, answer);
        if (packet == 0) {
            if (answer.address() != 0) {
                packets.release(processor, answer);
            }
            return answered(
                    processor,
                    new Awaited(device, driver, minor, 0, parameters, 0),
                    IoStatus.INSUFFICIENT_RESOURCES,
                    0);
        }
        Irp irp = new Irp(processor.memory(), packet);
        irp.setStatus(IoStatus.NOT_SUPPORTED);
        IoStackLocation first = irp.stackLocation(irp.stackCount());
        first.setArgument1(argument1);
        first.setArgument2(argument2);
        packets.tell(processor, packet, PNP, top.address(), 0);
        long routine = new DriverObject(processor.memory(), top.driverObject()).majorFunction(PNP);
        return new Outcome.Call(
                engine.table().address("IofCallDriver"),
                new Dispatched(
                        device,
                        driver,
                        minor,
                        packet,
                        answer.address(),
                        parameters,
                        routine,
                        processor.irql()),
                top.address(),
                packet);
    }

    @Resumes("PnpDispatched")
    Outcome dispatched(Processor processor, Dispatched pending, int status) {
        if (!calls.dispatchReturned(processor, 0, pending.routine, pending.irql)) {
            return Outcome.stay();
        }
        Awaited next =
                new Awaited(
                        pending.device,
                        pending.driver,
                        pending.minor,
                        pending.answer,
                        pending.parameters,
                        pending.routine);
        if (status == IoStatus.PENDING) {
            return new Outcome.Call(
                    engine.table().address("KeWaitForSingleObject"),
                    next,
                    pending.answer,
                    0,
                    0,
                    0,
                    new long[] {0});
        }
        SystemPackets.Answer answer = new SystemPackets.Answer(processor.memory(), pending.answer);
        if (answer.isThere()) {
            return awaited(processor, next);
        }
        rules.notCompleted(processor, pending.irp, status, pending.routine);
        // The event stays for whoever completes the packet later.
        return processor.machine().ended() == null
                ? answered(processor, next, status, 0)
                : Outcome.stay();
    }

    @Resumes("PnpAwaited")
    Outcome awaited(Processor processor, Awaited pending) {
        SystemPackets.Answer answer = new SystemPackets.Answer(processor.memory(), pending.answer);
        int status = answer.status();
        long information = answer.information();
        packets.release(processor, answer);
        return answered(processor, pending, status, information);
    }

    private Outcome answered(Processor processor, Awaited request, int status, long information) {
        if (request.parameters != 0) {
            pool.free(processor, request.parameters, 0);
        }
        PnpDevices.Entry entry = devices.get(request.device);
        return switch (request.minor) {
            case MN_START ->
                    status < 0
                            ? failed(
                                    processor,
                                    request.device,
                                    "IRP_MN_START_DEVICE",
                                    status,
                                    request.routine)
                            : queryCapabilities(processor, request.device);
            case MN_QUERY_CAPABILITIES ->
                    send(processor, request.device, NO_DRIVER, MN_QUERY_STATE, 0, 0, 0);
            case MN_QUERY_STATE -> {
                if (status >= 0 && (information & STATE_UNUSABLE) != 0) {
                    yield failed(
                            processor,
                            request.device,
                            "IRP_MN_QUERY_PNP_DEVICE_STATE",
                            status,
                            request.routine);
                }
                entry.setState(PnpDevices.State.STARTED);
                yield new Outcome.Then(new StartNext(request.device + 1));
            }
            case MN_QUERY_REMOVE -> {
                if (status >= 0) {
                    yield send(processor, request.device, request.driver, MN_REMOVE, 0, 0, 0);
                }
                rules.removalRefused(processor, entry.device(), status, request.routine);
                yield processor.machine().ended() == null
                        ? send(processor, request.device, request.driver, MN_CANCEL_REMOVE, 0, 0, 0)
                        : Outcome.stay();
            }
            case MN_CANCEL_REMOVE -> {
                entry.setState(PnpDevices.State.STARTED);
                yield Outcome.of(IoStatus.UNSUCCESSFUL);
            }
            case MN_REMOVE -> removed(processor, request, entry);
            default -> throw new IllegalStateException("nobody sent PnP request " + request.minor);
        };
    }

    private Outcome queryCapabilities(Processor processor, int device) {
        long block = pool.allocate(PoolKind.NONPAGED, DeviceCapabilities.BYTES, TAG);
        if (block == 0) {
            return send(processor, device, NO_DRIVER, MN_QUERY_STATE, 0, 0, 0);
        }
        new DeviceCapabilities(processor.memory(), block).initialize();
        return send(processor, device, NO_DRIVER, MN_QUERY_CAPABILITIES, block, block, 0);
    }

    private Outcome removed(Processor processor, Awaited request, PnpDevices.Entry entry) {
        DeviceObject pdo = new DeviceObject(processor.memory(), entry.pdo());
        if (pdo.attachedDevice() != 0) {
            rules.notDeleted(processor, entry.device(), pdo.attachedDevice(), request.routine);
            if (processor.machine().ended() != null) {
                return Outcome.stay();
            }
        }
        if (request.driver == NO_DRIVER) {
            return new Outcome.Then(new StartNext(request.device + 1));
        }
        entry.setState(PnpDevices.State.REMOVED);
        return new Outcome.Then(new RemoveNext(request.driver, request.device + 1));
    }
}
