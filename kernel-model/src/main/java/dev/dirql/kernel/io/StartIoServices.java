package dev.dirql.kernel.io;

import dev.dirql.events.Event;
import dev.dirql.kernel.Irql;
import dev.dirql.kernel.irql.Irqls;
import dev.dirql.kernel.locks.SpinLocks;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.Pending;
import dev.dirql.kernel.services.Resumes;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.structures.DeviceObject;
import dev.dirql.kernel.structures.DevobjExtension;
import dev.dirql.kernel.structures.DriverObject;
import dev.dirql.kernel.structures.Irp;
import dev.dirql.machine.GuestMemory;
import dev.dirql.machine.Processor;

/**
 * IoStartPacket and IoStartNextPacket: a driver's StartIo gets one packet at a time, the others
 * wait in the device object's queue.
 */
final class StartIoServices {
    /** StartIoFlags of DEVOBJ_EXTENSION. */
    private static final int DEFERRED = 0x1;

    private static final int NON_CANCELABLE = 0x2;

    /** How a packet that was put off is to be taken. */
    private static final int PUT_OFF_CANCELABLE = 0x4;

    private static final int PUT_OFF_BY_KEY = 0x8;

    private final ServiceEngine engine;
    private final Irqls irqls;
    private final SpinLocks locks;
    private final RoutineCalls calls;
    private final CancelServices cancel;
    private final DeviceQueues queues;

    StartIoServices(
            ServiceEngine engine,
            Irqls irqls,
            SpinLocks locks,
            RoutineCalls calls,
            CancelServices cancel,
            DeviceQueues queues) {
        this.engine = engine;
        this.irqls = irqls;
        this.locks = locks;
        this.calls = calls;
        this.cancel = cancel;
        this.queues = queues;
    }

    /**
     * The IRQL is DISPATCH_LEVEL, and the cancel spin lock is held if there is a cancel routine:
     * the packet is to be queued or started.
     */
    record StartPacket(
            long device, long irp, boolean byKey, int key, long cancelRoutine, int oldIrql)
            implements Pending {}

    /** The packet is in the device's queue, or the device was idle and is the packet's now. */
    record PacketOffered(long device, long irp, boolean cancelable, int oldIrql)
            implements Pending {}

    /** The packet is the current one; now StartIo. */
    record StartCurrent(long device, long irp, int oldIrql) implements Pending {}

    /** StartIo returned to IoStartPacket. */
    record PacketStarted(long device, int oldIrql) implements Pending {}

    /** Nothing is left to do but to lower the IRQL. */
    record LowerAfterPacket(int oldIrql) implements Pending {}

    /**
     * The next packet is to be taken, under the cancel spin lock if packets are cancelable.
     *
     * @param deferred whether StartIo must have returned before it is called again
     * @param irql at which StartIo is called
     * @param oldIrql to which it goes at the end
     */
    record TakePacket(
            long device,
            boolean cancelable,
            boolean byKey,
            int key,
            boolean deferred,
            int irql,
            int oldIrql)
            implements Pending {}

    /** The device's queue gave a packet, or none. */
    record PacketRemoved(long device, boolean cancelable, boolean deferred, int irql, int oldIrql)
            implements Pending {}

    /** The next packet is the current one, 0 if there was none, and the lock is released. */
    record PacketTaken(long device, long irp, boolean deferred, int irql, int oldIrql)
            implements Pending {}

    /** A call of StartIo that was put off is due. */
    record NextDeferred(long device, int oldIrql, int irql) implements Pending {}

    @Ddi(value = "IoStartPacket", maximum = Irql.DISPATCH_LEVEL)
    Outcome startPacket(Processor processor, long device, long irp, long key, long cancelRoutine) {
        int value = key == 0 ? 0 : (int) processor.memory().load32(key);
        int oldIrql = irqls.set(processor, Irql.DISPATCH_LEVEL, engine.caller(processor));
        StartPacket next = new StartPacket(device, irp, key != 0, value, cancelRoutine, oldIrql);
        return cancelRoutine == 0
                ? startPacket(processor, next)
                : cancel.acquiring(Irql.DISPATCH_LEVEL, next);
    }

    @Resumes("IopStartPacket")
    Outcome startPacket(Processor processor, StartPacket pending) {
        GuestMemory memory = processor.memory();
        DeviceObject device = new DeviceObject(memory, pending.device);
        Irp irp = new Irp(memory, pending.irp);
        memory.probe(pending.device, DeviceObject.BYTES, true);
        memory.probe(pending.irp, Irp.BYTES, true);
        boolean cancelable = pending.cancelRoutine != 0;
        if (cancelable) {
            irp.setCancelRoutine(pending.cancelRoutine);
        }
        return queues.changing(
                pending.byKey
                        ? DeviceQueueChange.INSERT_PACKET_BY_KEY
                        : DeviceQueueChange.INSERT_PACKET,
                device.deviceQueue(),
                irp.deviceQueueEntry().address(),
                pending.key,
                new PacketOffered(pending.device, pending.irp, cancelable, pending.oldIrql));
    }

    @Resumes("IopPacketOffered")
    Outcome packetOffered(Processor processor, PacketOffered pending, boolean queued) {
        GuestMemory memory = processor.memory();
        DeviceObject device = new DeviceObject(memory, pending.device);
        boolean cancelable = pending.cancelable;
        if (queued) {
            // The packet may be another's already, unless the cancel spin lock keeps it.
            if (!cancelable) {
                return lower(processor, pending.oldIrql);
            }
            // Cancelled before there was a routine to call: it is called now.
            Irp irp = new Irp(memory, pending.irp);
            return irp.cancel()
                    ? cancel.routine(processor, irp, Irql.DISPATCH_LEVEL, pending.oldIrql)
                    : cancel.releasing(Irql.DISPATCH_LEVEL, new LowerAfterPacket(pending.oldIrql));
        }
        device.setCurrentIrp(pending.irp);
        if (cancelable && has(device, NON_CANCELABLE)) {
            new Irp(memory, pending.irp).setCancelRoutine(0);
        }
        if (has(device, DEFERRED)) {
            count(device, 1);
        }
        StartCurrent next = new StartCurrent(pending.device, pending.irp, pending.oldIrql);
        return cancelable
                ? cancel.releasing(Irql.DISPATCH_LEVEL, next)
                : startCurrent(processor, next);
    }

    @Resumes("IopStartCurrentPacket")
    Outcome startCurrent(Processor processor, StartCurrent pending) {
        DeviceObject device = new DeviceObject(processor.memory(), pending.device);
        return new Outcome.Call(
                startIo(processor, device, pending.irp),
                new PacketStarted(pending.device, pending.oldIrql),
                pending.device,
                pending.irp);
    }

    @Resumes
    Outcome packetStarted(Processor processor, PacketStarted pending) {
        DeviceObject device = new DeviceObject(processor.memory(), pending.device);
        if (!calls.returned(processor, startIo(device), Irql.DISPATCH_LEVEL)) {
            return Outcome.stay();
        }
        return has(device, DEFERRED)
                ? afterDeferred(processor, device, pending.oldIrql)
                : lower(processor, pending.oldIrql);
    }

    @Resumes("IopLowerAfterPacket")
    Outcome lower(Processor processor, LowerAfterPacket pending) {
        return lower(processor, pending.oldIrql);
    }

    private Outcome lower(Processor processor, int irql) {
        irqls.set(processor, irql, engine.caller(processor));
        return Outcome.done();
    }

    @Ddi(
            value = "IoStartNextPacket",
            minimum = Irql.DISPATCH_LEVEL,
            maximum = Irql.DISPATCH_LEVEL,
            rule = "IrqlDispatch")
    Outcome startNextPacket(Processor processor, DeviceObject device, boolean cancelable) {
        return next(processor, device, cancelable, false, 0);
    }

    @Ddi(value = "IoStartNextPacketByKey", maximum = Irql.DISPATCH_LEVEL)
    Outcome startNextPacketByKey(
            Processor processor, DeviceObject device, boolean cancelable, int key) {
        return next(processor, device, cancelable, true, key);
    }

    /** StartIo takes the place of this service: it recurses, unless that was asked not to be. */
    private Outcome next(
            Processor processor, DeviceObject device, boolean cancelable, boolean byKey, int key) {
        processor.memory().probe(device.address(), DeviceObject.BYTES, true);
        locks.mustHoldNone(processor, "IoStartNextPacket", engine.caller(processor));
        if (!has(device, DEFERRED)) {
            return take(
                    processor,
                    new TakePacket(
                            device.address(),
                            cancelable,
                            byKey,
                            key,
                            false,
                            processor.irql(),
                            processor.irql()));
        }
        DevobjExtension more = extension(device);
        more.setStartIoKey(key);
        more.setStartIoFlags(
                (more.startIoFlags() & ~(PUT_OFF_CANCELABLE | PUT_OFF_BY_KEY))
                        | (cancelable ? PUT_OFF_CANCELABLE : 0)
                        | (byKey ? PUT_OFF_BY_KEY : 0));
        if (count(device, 1) > 1) {
            return Outcome.done();
        }
        return nextDeferred(processor, device, processor.irql());
    }

    private Outcome nextDeferred(Processor processor, DeviceObject device, int oldIrql) {
        DevobjExtension more = extension(device);
        int flags = more.startIoFlags();
        return take(
                processor,
                new TakePacket(
                        device.address(),
                        (flags & PUT_OFF_CANCELABLE) != 0,
                        (flags & PUT_OFF_BY_KEY) != 0,
                        more.startIoKey(),
                        true,
                        processor.irql(),
                        oldIrql));
    }

    private Outcome take(Processor processor, TakePacket next) {
        if (!next.cancelable) {
            return takePacket(processor, next);
        }
        irqls.set(processor, Irql.DISPATCH_LEVEL, engine.caller(processor));
        return cancel.acquiring(next.irql, next);
    }

    @Resumes("IopTakeNextPacket")
    Outcome takePacket(Processor processor, TakePacket pending) {
        DeviceObject device = new DeviceObject(processor.memory(), pending.device);
        processor.memory().probe(pending.device, DeviceObject.BYTES, true);
        device.setCurrentIrp(0);
        return queues.changing(
                pending.byKey ? DeviceQueueChange.TAKE_BY_KEY : DeviceQueueChange.TAKE,
                device.deviceQueue(),
                0,
                pending.key,
                new PacketRemoved(
                        pending.device,
                        pending.cancelable,
                        pending.deferred,
                        pending.irql,
                        pending.oldIrql));
    }

    @Resumes("IopPacketRemoved")
    Outcome packetRemoved(Processor processor, PacketRemoved pending, long entry) {
        long irp = 0;
        if (entry != 0) {
            GuestMemory memory = processor.memory();
            DeviceObject device = new DeviceObject(memory, pending.device);
            Irp packet = Irp.ofDeviceQueueEntry(memory, entry);
            irp = packet.address();
            device.setCurrentIrp(irp);
            if (pending.cancelable && has(device, NON_CANCELABLE)) {
                packet.setCancelRoutine(0);
            }
        }
        PacketTaken next =
                new PacketTaken(
                        pending.device, irp, pending.deferred, pending.irql, pending.oldIrql);
        return pending.cancelable
                ? cancel.releasing(pending.irql, next)
                : packetTaken(processor, next);
    }

    @Resumes("IopStartNextPacket")
    Outcome packetTaken(Processor processor, PacketTaken pending) {
        DeviceObject device = new DeviceObject(processor.memory(), pending.device);
        if (processor.irql() != pending.irql) {
            irqls.set(processor, pending.irql, engine.caller(processor));
            return new Outcome.Then(pending);
        }
        if (pending.irp == 0) {
            return pending.deferred
                    ? afterDeferred(processor, device, pending.oldIrql)
                    : Outcome.done();
        }
        long routine = startIo(processor, device, pending.irp);
        return pending.deferred
                ? new Outcome.Call(
                        routine,
                        new NextDeferred(pending.device, pending.oldIrql, processor.irql()),
                        pending.device,
                        pending.irp)
                : new Outcome.TailCall(routine, pending.device, pending.irp);
    }

    @Resumes
    Outcome nextDeferred(Processor processor, NextDeferred pending) {
        DeviceObject device = new DeviceObject(processor.memory(), pending.device);
        return calls.returned(processor, startIo(device), pending.irql)
                ? afterDeferred(processor, device, pending.oldIrql)
                : Outcome.stay();
    }

    /** A StartIo has returned: another call may have been put off while it ran. */
    private Outcome afterDeferred(Processor processor, DeviceObject device, int oldIrql) {
        if (count(device, -1) > 0) {
            return nextDeferred(processor, device, oldIrql);
        }
        return lower(processor, oldIrql);
    }

    private static int count(DeviceObject device, int change) {
        DevobjExtension more = extension(device);
        more.setStartIoCount(more.startIoCount() + change);
        return more.startIoCount();
    }

    private static long startIo(Processor processor, DeviceObject device, long irp) {
        long routine = startIo(device);
        emit(processor, new Event.IrpStarted(irp, device.address(), routine));
        return routine;
    }

    private static long startIo(DeviceObject device) {
        return new DriverObject(device.memory(), device.driverObject()).driverStartIo();
    }

    private static void emit(Processor processor, Event event) {
        processor.machine().emit(processor, event);
    }

    @Ddi("IoSetStartIoAttributes")
    void setStartIoAttributes(
            Processor processor, DeviceObject device, boolean deferred, boolean nonCancelable) {
        DevobjExtension more = extension(device);
        int flags = more.startIoFlags() & ~(DEFERRED | NON_CANCELABLE);
        more.setStartIoFlags(
                flags | (deferred ? DEFERRED : 0) | (nonCancelable ? NON_CANCELABLE : 0));
    }

    private static DevobjExtension extension(DeviceObject device) {
        return new DevobjExtension(device.memory(), device.deviceObjectExtension());
    }

    private static boolean has(DeviceObject device, int flag) {
        return (extension(device).startIoFlags() & flag) != 0;
    }
}
