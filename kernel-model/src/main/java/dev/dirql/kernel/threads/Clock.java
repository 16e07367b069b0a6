package dev.dirql.kernel.threads;

import dev.dirql.events.Event;
import dev.dirql.kernel.Irql;
import dev.dirql.kernel.dpcs.DpcQueues;
import dev.dirql.kernel.interrupts.InterruptVectors;
import dev.dirql.kernel.processors.KPcr;
import dev.dirql.kernel.services.Pending;
import dev.dirql.kernel.services.Resumes;
import dev.dirql.kernel.traps.InterruptEntry;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;

/**
 * The clock interrupt. Processor 0 keeps the time, ends waits and looks for timers that are due;
 * every processor counts the quantum of its thread. An idle processor is not interrupted when
 * nothing is due, as with NT's dynamic tick. Drivers may make the clock faster, and a
 * high-resolution timer has it interrupt between two ticks; only ticks at the usual rate count.
 */
public final class Clock implements StatePart {
    /** The fastest clock: WDK, ExSetTimerResolution, "approximately 1 millisecond". */
    private static final long FINEST_NS = 1_000_000;

    private final Machine machine;
    private final Scheduler scheduler;
    private final Waits waits;
    private final DueTimers timers;
    private final PeriodicWork work;
    private final ClockWatch watch;
    private final InterruptEntry entry;
    private final long tickNs;
    private final long finestNs;
    private final int handler;

    /** Processors whose next interrupt is a tick, and not one in between; a bit each. */
    private long ticking;

    private long periodNs;
    private int fasterRequests;
    private long lastNs;

    /** When the clock has to interrupt for timers. */
    public interface DueTimers {
        long nextDueNs();

        long nextWakeNs();

        long nextPreciseNs();
    }

    /** Work of the system that is done now and then, if the clock ticks anyway. */
    public interface PeriodicWork {
        /** Whether it is to be done at this time. */
        boolean isDue(long nowNs);

        /** Does it, at DISPATCH_LEVEL. May end the run. */
        void run(Processor processor, long nowNs);
    }

    /** Looks after processors at each tick. */
    public interface ClockWatch {
        /** A tick begins: whether the interrupt of the last one still waits to be taken. */
        void requested(int processor, boolean waits);

        /** A processor took the interrupt of a tick. */
        void ticked(Processor processor, int interruptedIrql);
    }

    public Clock(
            Machine machine,
            Scheduler scheduler,
            Waits waits,
            DueTimers timers,
            PeriodicWork work,
            ClockWatch watch,
            InterruptEntry entry,
            long tickNs) {
        this.machine = machine;
        this.scheduler = scheduler;
        this.waits = waits;
        this.timers = timers;
        this.work = work;
        this.watch = watch;
        this.entry = entry;
        this.tickNs = tickNs;
        finestNs = Math.min(tickNs, FINEST_NS);
        periodNs = tickNs;
        handler = machine.queue().register(this::tick);
    }

    /** The time is kept; then the interrupt ends. */
    record ClockInterrupt(int interruptedIrql) implements Pending {}

    /** Starts ticking. */
    public void start() {
        schedule();
    }

    /** The time of the last interrupt, which is the system's time until the next one. */
    public long lastNs() {
        return lastNs;
    }

    /** Time between two interrupts now. */
    public long periodNs() {
        return periodNs;
    }

    /** Time between two interrupts of the fastest clock there is. */
    public long finestNs() {
        return finestNs;
    }

    /** Makes the clock as fast as asked, if it is not and can be. */
    public void makeFaster(long wantedNs) {
        fasterRequests++;
        periodNs = Math.min(periodNs, Math.max(wantedNs, finestNs));
        schedule();
    }

    /** Takes a request for a faster clock back: without any it has its usual rate. */
    public void makeUsual() {
        fasterRequests = Math.max(0, fasterRequests - 1);
        if (fasterRequests == 0) {
            periodNs = tickNs;
        }
        schedule();
    }

    /** Sets the next interrupt anew, after what it depends on has changed. */
    public void schedule() {
        long sinceNs = Math.max(lastNs, machine.nowNs());
        long nextNs = following(sinceNs, periodNs);
        long preciseNs = timers.nextPreciseNs();
        if (preciseNs < nextNs) {
            nextNs = Math.min(nextNs, following(Math.max(preciseNs - 1, sinceNs), finestNs));
        }
        machine.queue().cancel(handler, 0);
        machine.queue().setPeriodic(handler, nextNs, 0);
    }

    /** The first multiple of a duration after a time. */
    private static long following(long ns, long durationNs) {
        return (ns / durationNs + 1) * durationNs;
    }

    private void tick(long timeNs, long argument) {
        boolean counts = timeNs / tickNs > lastNs / tickNs;
        lastNs = timeNs;
        boolean busy = Math.min(scheduler.nextDeadlineNs(), timers.nextWakeNs()) <= timeNs;
        // Somebody has to notice that the processor which keeps the time does not.
        boolean late = machine.processor(0).interruptUnit().isRequested(InterruptVectors.CLOCK);
        for (int i = 1; i < machine.processorCount(); i++) {
            if (late || !isIdle(i)) {
                request(i, counts);
                busy = true;
            }
        }
        if (busy || !isIdle(0)) {
            request(0, counts);
        } else {
            // Who goes on after an idle time finds the time kept.
            SystemTime.update(machine.processor(0).memory(), timeNs, tickNs);
        }
        schedule();
    }

    /** Whether a processor waits for interrupts: an ISR or a DPC may run above its idle thread. */
    private boolean isIdle(int number) {
        return scheduler.isIdle(number)
                && machine.processor(number).waiting() == Processor.Wait.INTERRUPT;
    }

    private void request(int number, boolean counts) {
        Processor processor = machine.processor(number);
        if (counts) {
            ticking |= 1L << number;
            watch.requested(number, processor.interruptUnit().isRequested(InterruptVectors.CLOCK));
        }
        processor.interruptUnit().requestSelf(InterruptVectors.CLOCK, "clock");
    }

    /** Enters the handler of the clock vector. */
    public void enter(Processor processor) {
        ClockInterrupt first = new ClockInterrupt(processor.irql());
        entry.enter(processor, Irql.CLOCK_LEVEL, InterruptVectors.CLOCK, first);
    }

    @Resumes("KiClockInterrupt")
    void handle(Processor processor, ClockInterrupt pending) {
        if (processor.number() == 0) {
            SystemTime.update(processor.memory(), lastNs, tickNs);
            waits.expire(processor, processor.clockNs);
            if (timers.nextDueNs() <= lastNs || work.isDue(lastNs)) {
                new KPcr(processor.memory(), processor.gsBase).setTimerExpirationRequested(true);
                processor.interruptUnit().requestSelf(InterruptVectors.DISPATCH, "timer");
            }
        }
        long bit = 1L << processor.number();
        if ((ticking & bit) != 0) {
            ticking &= ~bit;
            scheduler.tick(processor);
            new KPcr(processor.memory(), processor.gsBase).adjustDpcRate();
            watch.ticked(processor, pending.interruptedIrql);
            if (machine.ended() != null) {
                return;
            }
        }
        DpcQueues.requestWaiting(processor);
        processor.interruptUnit().endOfInterrupt();
        machine.emit(processor, new Event.InterruptCompleted(InterruptVectors.CLOCK));
    }

    @Override
    public void save(StateWriter out) {
        out.value(ticking);
        out.value(periodNs);
        out.value(fasterRequests);
        out.time(lastNs);
    }

    @Override
    public void restore(StateReader in) {
        ticking = in.value();
        periodNs = in.value();
        fasterRequests = in.intValue();
        lastNs = in.time();
    }
}
