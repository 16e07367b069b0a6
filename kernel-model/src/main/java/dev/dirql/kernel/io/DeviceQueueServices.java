package dev.dirql.kernel.io;

import dev.dirql.events.Event;
import dev.dirql.kernel.Crash;
import dev.dirql.kernel.Irql;
import dev.dirql.kernel.irql.Irqls;
import dev.dirql.kernel.locks.InternalLocks;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.rules.Violation;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.EntryPoint;
import dev.dirql.kernel.services.FrameShape;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.Pending;
import dev.dirql.kernel.services.Resumes;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.structures.DeviceObject;
import dev.dirql.kernel.structures.Irp;
import dev.dirql.kernel.structures.KDeviceQueue;
import dev.dirql.kernel.structures.KDeviceQueueEntry;
import dev.dirql.machine.GuestMemory;
import dev.dirql.machine.Processor;

/**
 * The Ke…DeviceQueue routines. Each raises the IRQL if it must, acquires the queue's lock, changes
 * the queue, releases the lock and lowers the IRQL.
 */
final class DeviceQueueServices {
    /** Reason of a fast fail. */
    private static final int CORRUPT_LIST_ENTRY = 3;

    private final ServiceEngine engine;
    private final Irqls irqls;
    private final InternalLocks locks;
    private final Rules rules;
    private final Crash crash;

    DeviceQueueServices(
            ServiceEngine engine, Irqls irqls, InternalLocks locks, Rules rules, Crash crash) {
        this.engine = engine;
        this.irqls = irqls;
        this.locks = locks;
        this.rules = rules;
        this.crash = crash;
    }

    /** The IRQL is raised and the lock held; now the queue. */
    record ChangeDeviceQueue(
            DeviceQueueChange change, long queue, long entry, int key, int irqlBefore)
            implements Pending {}

    /** The queue is changed and the lock released; now the IRQL. */
    record LowerAfterDeviceQueue(long result, int irqlBefore) implements Pending {}

    @Ddi(
            value = "KeInitializeDeviceQueue",
            maximum = Irql.DISPATCH_LEVEL,
            rule = "IrqlKeDispatchLte")
    void initialize(Processor processor, KDeviceQueue queue) {
        processor.memory().probe(queue.address(), KDeviceQueue.BYTES, true);
        queue.initialize();
    }

    @Ddi(
            value = "KeInsertDeviceQueue",
            minimum = Irql.DISPATCH_LEVEL,
            maximum = Irql.DISPATCH_LEVEL,
            rule = "IrqlDispatch")
    Outcome insert(Processor processor, KDeviceQueue queue, long entry) {
        return begin(processor, DeviceQueueChange.INSERT, queue, entry, 0);
    }

    @Ddi(
            value = "KeInsertByKeyDeviceQueue",
            minimum = Irql.DISPATCH_LEVEL,
            maximum = Irql.DISPATCH_LEVEL,
            rule = "IrqlDispatch")
    Outcome insertByKey(Processor processor, KDeviceQueue queue, long entry, int key) {
        return begin(processor, DeviceQueueChange.INSERT_BY_KEY, queue, entry, key);
    }

    @Ddi(
            value = "KeRemoveDeviceQueue",
            minimum = Irql.DISPATCH_LEVEL,
            maximum = Irql.DISPATCH_LEVEL,
            rule = "IrqlDispatch")
    Outcome remove(Processor processor, KDeviceQueue queue) {
        return begin(processor, DeviceQueueChange.REMOVE, queue, 0, 0);
    }

    @Ddi(
            value = "KeRemoveByKeyDeviceQueue",
            minimum = Irql.DISPATCH_LEVEL,
            maximum = Irql.DISPATCH_LEVEL,
            rule = "IrqlDispatch")
    Outcome removeByKey(Processor processor, KDeviceQueue queue, int key) {
        return begin(processor, DeviceQueueChange.REMOVE_BY_KEY, queue, 0, key);
    }

    /** It has no page: the IRQL is that of the routines beside it. */
    @Ddi(
            value = "KeRemoveByKeyDeviceQueueIfBusy",
            minimum = Irql.DISPATCH_LEVEL,
            maximum = Irql.DISPATCH_LEVEL)
    Outcome removeByKeyIfBusy(Processor processor, KDeviceQueue queue, int key) {
        return begin(processor, DeviceQueueChange.REMOVE_BY_KEY_IF_BUSY, queue, 0, key);
    }

    @Ddi(
            value = "KeRemoveEntryDeviceQueue",
            maximum = Irql.DISPATCH_LEVEL,
            rule = "IrqlKeDispatchLte")
    Outcome removeEntry(Processor processor, KDeviceQueue queue, long entry) {
        return begin(processor, DeviceQueueChange.REMOVE_ENTRY, queue, entry, 0);
    }

    @EntryPoint(value = DeviceQueues.CHANGE, frame = FrameShape.RETURN_ADDRESS)
    Outcome change(Processor processor, int change, KDeviceQueue queue, long entry, int key) {
        return begin(processor, DeviceQueueChange.of(change), queue, entry, key);
    }

    private Outcome begin(
            Processor processor,
            DeviceQueueChange change,
            KDeviceQueue queue,
            long entry,
            int key) {
        int before = processor.irql();
        // KeRemoveEntryDeviceQueue is for any IRQL and sets it with mov cr8, which lowers one that
        // is above; the others expect DISPATCH_LEVEL and only raise to it.
        if (before < Irql.DISPATCH_LEVEL || change == DeviceQueueChange.REMOVE_ENTRY) {
            irqls.set(processor, Irql.DISPATCH_LEVEL, engine.outermostCaller(processor));
        }
        return locks.acquiring(
                queue.lock(),
                before,
                new ChangeDeviceQueue(change, queue.address(), entry, key, before));
    }

    @Resumes("KiChangeDeviceQueueLocked")
    Outcome change(Processor processor, ChangeDeviceQueue pending) {
        DeviceQueueChange change = pending.change;
        GuestMemory memory = processor.memory();
        KDeviceQueue queue = new KDeviceQueue(memory, pending.queue);
        KDeviceQueueEntry entry = new KDeviceQueueEntry(memory, pending.entry);
        memory.probe(pending.queue, KDeviceQueue.BYTES, true);
        if (change.hasEntry()) {
            memory.probe(pending.entry, KDeviceQueueEntry.BYTES, true);
        }
        if (change.isOfBusyDevice() && !queue.busy()) {
            notBusy(processor, queue);
            if (processor.machine().hasEnded()) {
                return Outcome.stay();
            }
        }
        long key = pending.key & 0xFFFF_FFFFL;
        if (!change.isSound(queue, entry, key)) {
            crash.fastFail(processor, CORRUPT_LIST_ENTRY, engine.outermostCaller(processor));
            return Outcome.stay();
        }
        long result = change.perform(queue, entry, key);
        if (change.insertsPacket() && result != 0) {
            // Here, for whoever gets the lock next may take it out and start it.
            processor
                    .machine()
                    .emit(
                            processor,
                            new Event.IrpQueued(
                                    Irp.ofDeviceQueueEntry(memory, pending.entry).address(),
                                    DeviceObject.ofDeviceQueue(memory, pending.queue).address(),
                                    engine.outermostCaller(processor)));
        }
        return locks.releasing(
                queue.lock(),
                pending.irqlBefore,
                new LowerAfterDeviceQueue(result, pending.irqlBefore));
    }

    private void notBusy(Processor processor, KDeviceQueue queue) {
        rules.broken(
                processor,
                Violation.error(
                        "DeviceQueueNotBusy",
                        "",
                        "an entry is to be removed from the device queue 0x%x, which is not busy"
                                .formatted(queue.address()),
                        Violation.Verifier.NONE),
                engine.outermostCaller(processor));
    }

    @Resumes("KiLowerAfterDeviceQueue")
    Outcome lower(Processor processor, LowerAfterDeviceQueue pending) {
        irqls.set(processor, pending.irqlBefore, engine.outermostCaller(processor));
        return Outcome.of(pending.result);
    }
}
