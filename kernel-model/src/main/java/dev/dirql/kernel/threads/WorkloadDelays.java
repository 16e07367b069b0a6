package dev.dirql.kernel.threads;

import dev.dirql.kernel.Irql;
import dev.dirql.kernel.NtStatus;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.Pending;
import dev.dirql.kernel.services.Resumes;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;

/**
 * Delays of workload threads, which stand for the time of a program: they end exactly when they
 * should, and not at a clock tick.
 */
public final class WorkloadDelays {
    private final Machine machine;
    private final ServiceEngine engine;
    private final Scheduler scheduler;
    private final Waits waits;
    private final int handler;

    public WorkloadDelays(Machine machine, ServiceEngine engine, Scheduler scheduler, Waits waits) {
        this.machine = machine;
        this.engine = engine;
        this.scheduler = scheduler;
        this.waits = waits;
        handler = machine.queue().register(this::expire);
    }

    record DelayEnded() implements Pending {}

    @Ddi(
            value = "WorkloadDelay",
            header = "",
            library = Ddi.Library.WORKLOAD,
            maximum = Irql.PASSIVE_LEVEL)
    Outcome delay(Processor processor, long nanoseconds) {
        if (nanoseconds <= 0) {
            return Outcome.done();
        }
        waits.beginDelay(processor, KernelThread.NEVER, engine.caller(processor));
        machine.queue().set(handler, processor.clockNs + nanoseconds, processor.thread);
        return new Outcome.Block(new DelayEnded());
    }

    private void expire(long timeNs, long address) {
        KernelThread thread = scheduler.find(address);
        if (thread != null && thread.state() == KernelThread.State.WAITING) {
            scheduler.endWait(machine.processor(thread.processor()), thread, NtStatus.SUCCESS);
        }
    }

    @Resumes
    void ended(Processor processor, DelayEnded pending) {}
}
