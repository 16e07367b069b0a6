package dev.dirql.kernel.io;

import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.Pending;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.structures.KDeviceQueue;

/**
 * How other services use device queues: as drivers do, by calling a routine that takes the queue's
 * lock and gives it back in steps of its own.
 */
public final class DeviceQueues {
    /** Changes a queue, whoever calls it and at whichever IRQL. */
    static final String CHANGE = "KiChangeDeviceQueue";

    private final ServiceEngine engine;

    public DeviceQueues(ServiceEngine engine) {
        this.engine = engine;
    }

    /** Inserts an entry; the step of {@code next} gets whether it has to wait in the queue. */
    public Outcome.Call inserting(KDeviceQueue queue, long entry, Pending next) {
        return changing(DeviceQueueChange.INSERT, queue, entry, 0, next);
    }

    /** Takes the first entry; the step of {@code next} gets its address, 0 if there is none. */
    public Outcome.Call taking(KDeviceQueue queue, Pending next) {
        return changing(DeviceQueueChange.TAKE, queue, 0, 0, next);
    }

    /** Does it; the step of {@code next} gets the result. */
    Outcome.Call changing(
            DeviceQueueChange change, KDeviceQueue queue, long entry, int key, Pending next) {
        return new Outcome.Call(
                engine.table().address(CHANGE),
                next,
                change.ordinal(),
                queue.address(),
                entry,
                key);
    }
}
