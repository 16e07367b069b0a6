package dev.dirql.kernel.io;

import dev.dirql.kernel.Irql;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.rules.Violation;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.structures.KDeviceQueue;
import dev.dirql.kernel.structures.KDeviceQueueEntry;
import dev.dirql.machine.Processor;
import org.jspecify.annotations.Nullable;

/** The Ke…DeviceQueue routines. */
final class DeviceQueueServices {
    private final ServiceEngine engine;
    private final Rules rules;

    DeviceQueueServices(ServiceEngine engine, Rules rules) {
        this.engine = engine;
        this.rules = rules;
    }

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
    boolean insert(Processor processor, KDeviceQueue queue, KDeviceQueueEntry entry) {
        probe(processor, queue, entry);
        return DeviceQueues.insert(queue, entry);
    }

    @Ddi(
            value = "KeInsertByKeyDeviceQueue",
            minimum = Irql.DISPATCH_LEVEL,
            maximum = Irql.DISPATCH_LEVEL,
            rule = "IrqlDispatch")
    boolean insertByKey(Processor processor, KDeviceQueue queue, KDeviceQueueEntry entry, int key) {
        probe(processor, queue, entry);
        return DeviceQueues.insertByKey(queue, entry, key & 0xFFFF_FFFFL);
    }

    @Ddi(
            value = "KeRemoveDeviceQueue",
            minimum = Irql.DISPATCH_LEVEL,
            maximum = Irql.DISPATCH_LEVEL,
            rule = "IrqlDispatch")
    long remove(Processor processor, KDeviceQueue queue) {
        processor.memory().probe(queue.address(), KDeviceQueue.BYTES, true);
        checkBusy(processor, queue);
        return address(DeviceQueues.remove(queue));
    }

    @Ddi(
            value = "KeRemoveByKeyDeviceQueue",
            minimum = Irql.DISPATCH_LEVEL,
            maximum = Irql.DISPATCH_LEVEL,
            rule = "IrqlDispatch")
    long removeByKey(Processor processor, KDeviceQueue queue, int key) {
        processor.memory().probe(queue.address(), KDeviceQueue.BYTES, true);
        checkBusy(processor, queue);
        return address(DeviceQueues.removeByKey(queue, key & 0xFFFF_FFFFL));
    }

    @Ddi(
            value = "KeRemoveEntryDeviceQueue",
            maximum = Irql.DISPATCH_LEVEL,
            rule = "IrqlKeDispatchLte")
    boolean removeEntry(Processor processor, KDeviceQueue queue, KDeviceQueueEntry entry) {
        probe(processor, queue, entry);
        return DeviceQueues.removeEntry(entry);
    }

    /** Who takes the next packet has one: its device is busy. WDK, KeRemoveDeviceQueue. */
    private void checkBusy(Processor processor, KDeviceQueue queue) {
        if (!queue.busy()) {
            rules.broken(
                    processor,
                    Violation.error(
                            "DeviceQueueNotBusy",
                            "",
                            "an entry is to be removed from the device queue 0x%x, which is not busy"
                                    .formatted(queue.address()),
                            Violation.Verifier.NONE),
                    engine.caller(processor));
        }
    }

    private static void probe(Processor processor, KDeviceQueue queue, KDeviceQueueEntry entry) {
        processor.memory().probe(queue.address(), KDeviceQueue.BYTES, true);
        processor.memory().probe(entry.address(), KDeviceQueueEntry.BYTES, true);
    }

    private static long address(@Nullable KDeviceQueueEntry entry) {
        return entry == null ? 0 : entry.address();
    }
}
