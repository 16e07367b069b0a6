package dev.dirql.kernel.threads;

import dev.dirql.kernel.Irql;
import dev.dirql.kernel.NtStatus;
import dev.dirql.kernel.irql.Irqls;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.Pending;
import dev.dirql.kernel.services.Resumes;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.machine.Processor;

/** Delays of threads. Source: WDK, KeDelayExecutionThread. */
public final class DelayServices {
    private final ServiceEngine engine;
    private final Irqls irqls;
    private final Scheduler scheduler;
    private final Waits waits;

    public DelayServices(ServiceEngine engine, Irqls irqls, Scheduler scheduler, Waits waits) {
        this.engine = engine;
        this.irqls = irqls;
        this.scheduler = scheduler;
        this.waits = waits;
    }

    /** A delay, begun or begun again after an APC. */
    record Delay(int irql, byte mode, boolean alertable, long deadlineNs) implements Pending {}

    @Ddi(value = "KeDelayExecutionThread", maximum = Irql.APC_LEVEL, rule = "IrqlKeApcLte1")
    Outcome delay(Processor processor, byte mode, boolean alertable, long intervalPointer) {
        long caller = engine.caller(processor);
        long interval = processor.memory().load64(intervalPointer);
        if (processor.irql() > Irql.APC_LEVEL) {
            return waits.switchAtRaisedIrql(processor, caller);
        }
        long deadlineNs = SystemTime.deadlineNs(interval, processor.clockNs);
        return delay(processor, new Delay(processor.irql(), mode, alertable, deadlineNs), caller);
    }

    private Outcome delay(Processor processor, Delay delay, long caller) {
        Waits.Manner manner = new Waits.Manner(delay.mode, 0, delay.alertable, delay.deadlineNs);
        int interruption = waits.interruption(processor, manner);
        if (interruption != NtStatus.SUCCESS) {
            return Outcome.of(interruption);
        }
        waits.beginDelay(processor, manner, caller);
        return new Outcome.Block(delay);
    }

    @Resumes("KiCommitThreadDelay")
    Outcome ended(Processor processor, Delay pending) {
        int status = scheduler.waitStatus(processor);
        long caller = engine.caller(processor);
        if (status == NtStatus.KERNEL_APC && processor.clockNs < pending.deadlineNs) {
            return delay(processor, pending, caller);
        }
        irqls.set(processor, pending.irql, caller);
        return Outcome.of(status == NtStatus.KERNEL_APC ? NtStatus.SUCCESS : status);
    }
}
