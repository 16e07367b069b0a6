package dev.dirql.kernel.io;

import dev.dirql.kernel.Irql;
import dev.dirql.kernel.memory.Pool;
import dev.dirql.kernel.memory.PoolKind;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.Pending;
import dev.dirql.kernel.services.Resumes;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.structures.DeviceObject;
import dev.dirql.kernel.structures.KDeviceQueue;
import dev.dirql.machine.GuestMemory;
import dev.dirql.machine.Processor;

/**
 * Controller objects: what several device objects share, one at a time. Source: WDK, ntddk.h and
 * the page of each routine.
 *
 * <pre>
 * +0x000  Type = 2
 * +0x002  Size
 * +0x008  ControllerExtension
 * +0x010  DeviceWaitQueue
 * +0x038  Spare1
 * +0x040  Spare2
 * </pre>
 */
final class ControllerServices {
    static final int BYTES = 0x48;

    private static final int IO_TYPE_CONTROLLER = 2;
    private static final int EXTENSION = 0x08;
    static final int WAIT_QUEUE = 0x10;

    /** WAIT_CONTEXT_BLOCK of a device object. */
    private static final int WCB_ROUTINE = 0x18;

    private static final int WCB_CONTEXT = 0x20;

    /** IO_ALLOCATION_ACTION. */
    private static final int DEALLOCATE_OBJECT = 2;

    private final ServiceEngine engine;
    private final Pool pool;
    private final RoutineCalls calls;
    private final DeviceQueues queues;

    ControllerServices(ServiceEngine engine, Pool pool, RoutineCalls calls, DeviceQueues queues) {
        this.engine = engine;
        this.pool = pool;
        this.calls = calls;
        this.queues = queues;
    }

    /** The device object waits for the controller, or has it. */
    record ControllerAsked(long controller, long device) implements Pending {}

    /** The queue gave the device object that is next, or none. */
    record ControllerFreed(long controller) implements Pending {}

    /** The routine that was given for a device object is running. */
    record ControlReturned(long controller, long routine, int irql) implements Pending {}

    @Ddi(
            value = "IoCreateController",
            header = "ntddk.h",
            maximum = Irql.PASSIVE_LEVEL,
            rule = "IrqlIoPassive2")
    long create(Processor processor, int size) {
        long extension = size & 0xFFFF_FFFFL;
        long address =
                pool.fails(processor, ControllerExtensions.TAG, engine.caller(processor))
                        ? 0
                        : pool.allocate(
                                PoolKind.NONPAGED, BYTES + 8 + extension, ControllerExtensions.TAG);
        if (address != 0) {
            GuestMemory memory = processor.memory();
            memory.store16(address, IO_TYPE_CONTROLLER);
            memory.store16(address + 2, BYTES);
            memory.store64(address + EXTENSION, ControllerExtensions.of(address));
            queue(memory, address).initialize();
        }
        return address;
    }

    @Ddi(
            value = "IoDeleteController",
            header = "ntddk.h",
            maximum = Irql.PASSIVE_LEVEL,
            rule = "IrqlIoPassive4")
    Outcome delete(Processor processor, long controller) {
        pool.free(processor, controller, engine.caller(processor));
        return processor.machine().ended() == null ? Outcome.done() : Outcome.stay();
    }

    @Ddi(
            value = "IoAllocateController",
            header = "ntddk.h",
            minimum = Irql.DISPATCH_LEVEL,
            maximum = Irql.DISPATCH_LEVEL,
            rule = "IrqlDispatch")
    Outcome allocate(
            Processor processor, long controller, DeviceObject device, long routine, long context) {
        GuestMemory memory = processor.memory();
        memory.probe(device.address(), DeviceObject.BYTES, true);
        memory.probe(controller, BYTES, true);
        long block = device.queue();
        memory.store64(block + WCB_ROUTINE, routine);
        memory.store64(block + WCB_CONTEXT, context);
        return queues.inserting(
                queue(memory, controller),
                block,
                new ControllerAsked(controller, device.address()));
    }

    @Resumes("IopControllerAsked")
    Outcome asked(Processor processor, ControllerAsked pending, boolean queued) {
        return queued
                ? Outcome.done()
                : call(
                        processor,
                        pending.controller,
                        new DeviceObject(processor.memory(), pending.device));
    }

    private static Outcome call(Processor processor, long controller, DeviceObject device) {
        GuestMemory memory = processor.memory();
        long block = device.queue();
        long routine = memory.load64(block + WCB_ROUTINE);
        return new Outcome.Call(
                routine,
                new ControlReturned(controller, routine, processor.irql()),
                device.address(),
                device.currentIrp(),
                0,
                memory.load64(block + WCB_CONTEXT));
    }

    @Resumes("IopControllerControlReturned")
    Outcome returned(Processor processor, ControlReturned pending, int action) {
        if (!calls.returned(processor, pending.routine, pending.irql)) {
            return Outcome.stay();
        }
        return action == DEALLOCATE_OBJECT ? next(processor, pending.controller) : Outcome.done();
    }

    @Ddi(
            value = "IoFreeController",
            header = "ntddk.h",
            minimum = Irql.DISPATCH_LEVEL,
            maximum = Irql.DISPATCH_LEVEL,
            rule = "IrqlDispatch")
    Outcome free(Processor processor, long controller) {
        return next(processor, controller);
    }

    /** Gives the controller to the device object that waits longest. */
    private Outcome next(Processor processor, long controller) {
        GuestMemory memory = processor.memory();
        memory.probe(controller, BYTES, true);
        return queues.taking(queue(memory, controller), new ControllerFreed(controller));
    }

    @Resumes("IopControllerFreed")
    Outcome freed(Processor processor, ControllerFreed pending, long entry) {
        return entry == 0
                ? Outcome.done()
                : call(
                        processor,
                        pending.controller,
                        DeviceObject.ofQueue(processor.memory(), entry));
    }

    private static KDeviceQueue queue(GuestMemory memory, long controller) {
        return new KDeviceQueue(memory, controller + WAIT_QUEUE);
    }
}
