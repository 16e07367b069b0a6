package dev.dirql.kernel.threads;

import dev.dirql.kernel.dpcs.DpcQueues;
import dev.dirql.kernel.services.EntryPoint;
import dev.dirql.kernel.services.FrameShape;
import dev.dirql.machine.Processor;

/** What a processor does that has nothing to do: the code of its idle thread. */
public final class IdleLoop {
    private final Scheduler scheduler;
    private final Clock clock;

    public IdleLoop(Scheduler scheduler, Clock clock) {
        this.scheduler = scheduler;
        this.clock = clock;
    }

    @EntryPoint(value = "KiIdleLoop", frame = FrameShape.BOTTOM)
    void step(Processor processor) {
        if (scheduler.isSwitchDue(processor)) {
            scheduler.switchAway(processor);
        } else if (!DpcQueues.requestWaiting(processor)) {
            clock.idles(processor);
            processor.waitForInterrupt();
        }
    }
}
