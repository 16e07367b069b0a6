package dev.dirql.kernel.pnp;

import dev.dirql.kernel.images.LoadedImages;
import dev.dirql.kernel.io.DeviceStacks;
import dev.dirql.kernel.io.Drivers;
import dev.dirql.kernel.io.IoStatus;
import dev.dirql.kernel.io.RoutineCalls;
import dev.dirql.kernel.services.EntryPoint;
import dev.dirql.kernel.services.FrameShape;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.Pending;
import dev.dirql.kernel.services.Resumes;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.structures.DeviceObject;
import dev.dirql.kernel.structures.DriverExtension;
import dev.dirql.kernel.structures.DriverObject;
import dev.dirql.machine.Processor;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * The Plug and Play manager: calls AddDevice of the drivers of each device, the lowest first,
 * starts the stack, and removes it before one of its drivers is unloaded. It runs in a system
 * thread. Source: WDK, "Adding a PnP device to a running system", "Starting a device" and "Removing
 * a device".
 */
public final class PnpServices implements DeviceStacks {
    /** Symbols of its two routines. */
    private static final String START = "PnpStartDevices";

    private static final String REMOVE = "PnpRemoveDevices";

    private static final int DO_DEVICE_INITIALIZING = 0x80;

    private final ServiceEngine engine;
    private final LoadedImages images;
    private final Drivers drivers;
    private final RoutineCalls calls;
    private final PnpDevices devices;
    private final BusDriver bus;
    private final PnpActions actions;
    private final PnpRules rules;

    PnpServices(
            ServiceEngine engine,
            LoadedImages images,
            Drivers drivers,
            RoutineCalls calls,
            PnpDevices devices,
            BusDriver bus,
            PnpActions actions,
            PnpRules rules) {
        this.engine = engine;
        this.images = images;
        this.drivers = drivers;
        this.calls = calls;
        this.devices = devices;
        this.bus = bus;
        this.actions = actions;
        this.rules = rules;
    }

    record StartNext(int device) implements Pending {}

    record AddNext(int device, int position) implements Pending {}

    record AddDeviceReturned(int device, int position, long routine, int irql) implements Pending {}

    record RemoveNext(int driver, int device) implements Pending {}

    record StackStarted(int device) implements Pending {}

    record FailedRemoved(int device) implements Pending {}

    record StackRemoved(int driver, int device) implements Pending {}

    record AllRemoved(int status) implements Pending {}

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
                                isInUse(entry.state())
                                        && addable(processor, entry).contains(driver));
        return needed ? OptionalLong.of(engine.table().address(REMOVE)) : OptionalLong.empty();
    }

    /** What is going on at the moment is waited for. */
    private static boolean isInUse(PnpDevices.State state) {
        return switch (state) {
            case PRESENT, FAILED, REMOVED -> false;
            case STARTING, STARTED, STOPPING, SURPRISE_REMOVED, REMOVING -> true;
        };
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
            return start(pending.device);
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
        DeviceObject top = PnpTransitions.top(processor, devices.get(pending.device));
        if ((top.flags() & DO_DEVICE_INITIALIZING) != 0) {
            rules.stillInitializing(processor, top.address(), pending.routine);
            if (processor.machine().ended() != null) {
                return Outcome.stay();
            }
        }
        return new Outcome.Then(new AddNext(pending.device, pending.position + 1));
    }

    private Outcome start(int device) {
        return new Outcome.Call(
                engine.table().address(PnpTransitions.START), new StackStarted(device), device);
    }

    /** What is already in the stack of a device that does not start is removed. */
    @Resumes("PnpStackStarted")
    Outcome stackStarted(Processor processor, StackStarted pending, int status) {
        return status >= 0
                ? new Outcome.Then(new StartNext(pending.device + 1))
                : failed(processor, pending.device);
    }

    private Outcome failed(Processor processor, int number, String what, int status, long routine) {
        rules.notStarted(processor, devices.get(number).device(), what, status, routine);
        return processor.machine().ended() == null ? failed(processor, number) : Outcome.stay();
    }

    private Outcome failed(Processor processor, int number) {
        PnpDevices.Entry entry = devices.get(number);
        entry.setState(PnpDevices.State.FAILED);
        boolean isBare =
                entry.pdo() == 0
                        || new DeviceObject(processor.memory(), entry.pdo()).attachedDevice() == 0;
        return isBare
                ? new Outcome.Then(new StartNext(number + 1))
                : new Outcome.Call(
                        engine.table().address(PnpTransitions.REMOVE),
                        new FailedRemoved(number),
                        number);
    }

    @Resumes("PnpFailedRemoved")
    Outcome failedRemoved(Processor processor, FailedRemoved pending) {
        return new Outcome.Then(new StartNext(pending.device + 1));
    }

    // ---- removing ----

    @EntryPoint(value = REMOVE, frame = FrameShape.RETURN_ADDRESS)
    Outcome removeDevices(Processor processor, long driver) {
        return actions.locked(processor, new RemoveNext((int) driver, 0));
    }

    @Resumes("PnpRemoveNextDevice")
    Outcome removeNext(Processor processor, RemoveNext pending) {
        if (pending.device == devices.count()) {
            return actions.unlocked(processor, new AllRemoved(IoStatus.SUCCESS));
        }
        PnpDevices.Entry entry = devices.get(pending.device);
        if (!entry.drivers().contains(pending.driver) || !isRemovable(entry)) {
            return new Outcome.Then(new RemoveNext(pending.driver, pending.device + 1));
        }
        String routine =
                entry.state() == PnpDevices.State.STARTED
                        ? PnpTransitions.QUERY_AND_REMOVE
                        : PnpTransitions.REMOVE;
        return new Outcome.Call(
                engine.table().address(routine),
                new StackRemoved(pending.driver, pending.device),
                pending.device);
    }

    private static boolean isRemovable(PnpDevices.Entry entry) {
        return entry.state() == PnpDevices.State.STARTED
                || entry.state() == PnpDevices.State.SURPRISE_REMOVED;
    }

    @Resumes("PnpStackRemoved")
    Outcome stackRemoved(Processor processor, StackRemoved pending, int status) {
        return status >= 0
                ? new Outcome.Then(new RemoveNext(pending.driver, pending.device + 1))
                : actions.unlocked(processor, new AllRemoved(status));
    }

    @Resumes("PnpAllRemoved")
    int allRemoved(Processor processor, AllRemoved pending) {
        return pending.status;
    }

    // ---- while they run ----

    @Override
    public void filesClosed(Processor processor) {
        actions.settle(processor);
    }

    @Override
    public Outcome change(
            Processor processor, int action, int device, long nanoseconds, Pending next) {
        return actions.call(processor, PnpActions.Kind.values()[action], device, nanoseconds, next);
    }
}
