package dev.dirql.kernel.threads;

import dev.dirql.events.Event;
import dev.dirql.kernel.Irql;
import dev.dirql.kernel.dpcs.DpcQueues;
import dev.dirql.kernel.interrupts.InterruptVectors;
import dev.dirql.kernel.services.Pending;
import dev.dirql.kernel.services.Resumes;
import dev.dirql.kernel.traps.InterruptEntry;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;

/**
 * The clock interrupt. Processor 0 keeps the time and ends waits; every processor counts the
 * quantum of its thread. An idle processor is not interrupted when nothing is due, as with NT's
 * dynamic tick.
 */
public final class Clock {
    private final Machine machine;
    private final Scheduler scheduler;
    private final Waits waits;
    private final InterruptEntry entry;
    private final long tickNs;
    private final int handler;

    public Clock(
            Machine machine, Scheduler scheduler, Waits waits, InterruptEntry entry, long tickNs) {
        this.machine = machine;
        this.scheduler = scheduler;
        this.waits = waits;
        this.entry = entry;
        this.tickNs = tickNs;
        handler = machine.queue().register(this::tick);
    }

    /** The time is kept; then the interrupt ends. */
    record ClockInterrupt() implements Pending {}

    /** Starts ticking. */
    public void start() {
        machine.queue().setPeriodic(handler, tickNs, 0);
    }

    private void tick(long timeNs, long argument) {
        boolean busy = scheduler.nextDeadlineNs() <= timeNs;
        for (int i = 1; i < machine.processorCount(); i++) {
            if (!scheduler.isIdle(i)) {
                request(i);
                busy = true;
            }
        }
        if (busy || !scheduler.isIdle(0)) {
            request(0);
        }
        machine.queue().setPeriodic(handler, timeNs + tickNs, 0);
    }

    private void request(int processor) {
        machine.processor(processor).interruptUnit().requestSelf(InterruptVectors.CLOCK, "clock");
    }

    /** Enters the handler of the clock vector. */
    public void enter(Processor processor) {
        entry.enter(processor, Irql.CLOCK_LEVEL, InterruptVectors.CLOCK, new ClockInterrupt());
    }

    @Resumes("KiClockInterrupt")
    void handle(Processor processor, ClockInterrupt pending) {
        if (processor.number() == 0) {
            SystemTime.update(processor.memory(), processor.clockNs, tickNs);
            waits.expire(processor, processor.clockNs);
        }
        scheduler.tick(processor);
        DpcQueues.requestWaiting(processor);
        processor.interruptUnit().endOfInterrupt();
        machine.emit(processor, new Event.InterruptCompleted(InterruptVectors.CLOCK));
    }
}
