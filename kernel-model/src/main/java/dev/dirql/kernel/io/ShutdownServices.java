package dev.dirql.kernel.io;

import dev.dirql.kernel.Irql;
import dev.dirql.kernel.OutstandingWork;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.EntryPoint;
import dev.dirql.kernel.services.FrameShape;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.Pending;
import dev.dirql.kernel.services.Resumes;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.structures.DeviceObject;
import dev.dirql.kernel.structures.DriverObject;
import dev.dirql.kernel.structures.Irp;
import dev.dirql.machine.Processor;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * The devices whose drivers get IRP_MJ_SHUTDOWN, and the sending of it: first to those of
 * IoRegisterShutdownNotification, then to those of IoRegisterLastChanceShutdownNotification, in
 * each group the last registered first, one after the other. Source: WDK, the page of each routine.
 */
final class ShutdownServices implements StatePart, OutstandingWork {
    /** Symbol of the start routine of the thread that sends it. */
    private static final String SHUT_DOWN = "IoShutdownSystem";

    private static final int SHUTDOWN = 0x10;
    private static final int DO_SHUTDOWN_REGISTERED = 0x800;

    private final ServiceEngine engine;
    private final SystemPackets packets;
    private final ObjectReferences references;
    private final Devices devices;
    private final RoutineCalls calls;
    private final DriverUnloading kernel;
    private final List<Long> registered = new ArrayList<>();
    private final List<Long> lastChance = new ArrayList<>();
    private boolean running;

    ShutdownServices(
            ServiceEngine engine,
            SystemPackets packets,
            ObjectReferences references,
            Devices devices,
            RoutineCalls calls,
            DriverUnloading kernel) {
        this.engine = engine;
        this.packets = packets;
        this.references = references;
        this.devices = devices;
        this.calls = calls;
        this.kernel = kernel;
    }

    record ShutdownNext() implements Pending {}

    /** The dispatch routine at the top of a stack is running. */
    record ShutdownDispatched(long answer, long device, long routine, int irql)
            implements Pending {}

    record ShutdownAwaited(long answer, long device) implements Pending {}

    // ---- registering ----

    @Ddi(
            value = "IoRegisterShutdownNotification",
            maximum = Irql.PASSIVE_LEVEL,
            rule = "IrqlIoPassive5")
    int register(Processor processor, DeviceObject device) {
        return add(registered, device);
    }

    @Ddi(value = "IoRegisterLastChanceShutdownNotification", maximum = Irql.PASSIVE_LEVEL)
    int registerLastChance(Processor processor, DeviceObject device) {
        return add(lastChance, device);
    }

    private int add(List<Long> list, DeviceObject device) {
        device.memory().probe(device.address(), DeviceObject.BYTES, true);
        device.setFlags(device.flags() | DO_SHUTDOWN_REGISTERED);
        references.add(device.address());
        list.add(device.address());
        return IoStatus.SUCCESS;
    }

    @Ddi(
            value = "IoUnregisterShutdownNotification",
            maximum = Irql.PASSIVE_LEVEL,
            rule = "IrqlIoPassive5")
    void unregister(Processor processor, DeviceObject device) {
        processor.memory().probe(device.address(), DeviceObject.BYTES, true);
        forget(device);
        devices.freeIfUnused(processor, device, engine.caller(processor));
    }

    /** Takes a device out of both lists. */
    void forget(DeviceObject device) {
        if ((device.flags() & DO_SHUTDOWN_REGISTERED) == 0) {
            return;
        }
        device.setFlags(device.flags() & ~DO_SHUTDOWN_REGISTERED);
        while (registered.remove(device.address()) || lastChance.remove(device.address())) {
            references.remove(device.address());
        }
    }

    // ---- shutting down ----

    /** Lets a system thread tell the drivers. */
    void begin(Processor processor) {
        if (!running) {
            running = true;
            kernel.startThread(processor, "shutdown", engine.table().address(SHUT_DOWN), 0);
        }
    }

    @EntryPoint(value = SHUT_DOWN, frame = FrameShape.RETURN_ADDRESS)
    Outcome shutDown(Processor processor) {
        return new Outcome.Then(new ShutdownNext());
    }

    @Resumes("IopShutdownNext")
    Outcome next(Processor processor, ShutdownNext pending) {
        List<Long> list = registered.isEmpty() ? lastChance : registered;
        if (list.isEmpty()) {
            running = false;
            return Outcome.done();
        }
        long device = list.removeLast();
        DeviceObject top = Devices.top(processor.memory(), device);
        SystemPackets.Answer answer = packets.answer(processor);
        long packet =
                answer.address() == 0
                        ? 0
                        : packets.make(processor, top.stackSize(), SHUTDOWN, 0, answer);
        if (packet == 0) {
            if (answer.address() != 0) {
                packets.release(processor, answer);
            }
            return told(processor, device);
        }
        new Irp(processor.memory(), packet).setStatus(IoStatus.NOT_SUPPORTED);
        packets.tell(processor, packet, SHUTDOWN, top.address(), 0);
        long routine =
                new DriverObject(processor.memory(), top.driverObject()).majorFunction(SHUTDOWN);
        return new Outcome.Call(
                engine.table().address("IofCallDriver"),
                new ShutdownDispatched(answer.address(), device, routine, processor.irql()),
                top.address(),
                packet);
    }

    @Resumes("IopShutdownDispatched")
    Outcome dispatched(Processor processor, ShutdownDispatched pending, int status) {
        if (!calls.dispatchReturned(processor, 0, pending.routine, pending.irql)) {
            return Outcome.stay();
        }
        SystemPackets.Answer answer = new SystemPackets.Answer(processor.memory(), pending.answer);
        ShutdownAwaited next = new ShutdownAwaited(pending.answer, pending.device);
        return answer.isThere()
                ? awaited(processor, next)
                : new Outcome.Call(
                        engine.table().address("KeWaitForSingleObject"),
                        next,
                        pending.answer,
                        0,
                        0,
                        0,
                        new long[] {0});
    }

    @Resumes("IopShutdownAwaited")
    Outcome awaited(Processor processor, ShutdownAwaited pending) {
        packets.release(processor, new SystemPackets.Answer(processor.memory(), pending.answer));
        return told(processor, pending.device);
    }

    private Outcome told(Processor processor, long device) {
        DeviceObject object = new DeviceObject(processor.memory(), device);
        references.remove(device);
        if (!registered.contains(device) && !lastChance.contains(device)) {
            object.setFlags(object.flags() & ~DO_SHUTDOWN_REGISTERED);
        }
        devices.freeIfUnused(processor, object, engine.caller(processor));
        return processor.machine().ended() == null
                ? new Outcome.Then(new ShutdownNext())
                : Outcome.stay();
    }

    @Override
    public List<String> outstanding() {
        return running ? List.of("the drivers are told of the shutdown") : List.of();
    }

    @Override
    public void save(StateWriter out) {
        out.value(running);
        save(out, registered);
        save(out, lastChance);
    }

    private static void save(StateWriter out, List<Long> list) {
        out.value(list.size());
        list.forEach(out::value);
    }

    @Override
    public void restore(StateReader in) {
        running = in.booleanValue();
        restore(in, registered);
        restore(in, lastChance);
    }

    private static void restore(StateReader in, List<Long> list) {
        list.clear();
        for (int i = in.intValue(); i > 0; i--) {
            list.add(in.value());
        }
    }
}
