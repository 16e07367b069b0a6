package dev.dirql.kernel.threads;

import dev.dirql.events.Event;
import dev.dirql.kernel.Irql;
import dev.dirql.kernel.dpcs.DpcQueues;
import dev.dirql.kernel.interrupts.InterruptVectors;
import dev.dirql.kernel.processors.KPcr;
import dev.dirql.kernel.services.Pending;
import dev.dirql.kernel.services.Resumes;
import dev.dirql.kernel.traps.InterruptEntry;
import dev.dirql.machine.InterruptUnit;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;

/**
 * The clock interrupt, which the timer of each processor's local APIC requests. Processor 0 keeps
 * the time, ends waits and looks for timers that are due; every processor counts the quantum of its
 * thread. The timer of an idle processor is stopped while nothing is due, as with NT's dynamic
 * tick; that of processor 0 ticks while anybody is busy. Drivers may make the clock faster, and a
 * high-resolution timer has it interrupt between two ticks; only ticks at the usual rate count.
 */
public final class Clock implements StatePart {
    /** The fastest clock: WDK, ExSetTimerResolution, "approximately 1 millisecond". */
    private static final long FINEST_NS = 1_000_000;

    private static final long NEVER = KernelThread.NEVER;

    /** The processor that keeps the time, and the one that notices when it does not. */
    private static final int KEEPER = 0;

    private static final int DEPUTY = 1;

    private final Machine machine;
    private final Scheduler scheduler;
    private final Waits waits;
    private final DueTimers timers;
    private final PeriodicWork work;
    private final ClockWatch watch;
    private final InterruptEntry entry;
    private final long tickNs;
    private final long finestNs;

    /** Processors that do not idle; a bit each. */
    private long busy;

    /** By processor: the last tick that it kept or did not need to; never while it may not tick. */
    private final long[] keptNs;

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
        /** A processor took the interrupt of a tick. */
        void ticked(Processor processor, int interruptedIrql);

        /** One processor finds at its tick how many another one did not take. May end the run. */
        void missed(Processor processor, int other, long ticks);

        /** More ticks than this may not be missed; 0 if nobody looks. */
        int missedMaximum();
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
        keptNs = new long[machine.processorCount()];
    }

    /** The time is kept; then the interrupt ends. */
    record ClockInterrupt(int interruptedIrql) implements Pending {}

    /** Starts ticking, on all processors: each has its idle thread to begin with. */
    public void start() {
        busy = machine.processorCount() == 64 ? -1 : (1L << machine.processorCount()) - 1;
        programAll();
    }

    /** A processor has nothing to do and is about to wait for interrupts. */
    void idles(Processor processor) {
        busy &= ~(1L << processor.number());
        programFor(processor.number());
    }

    /** A processor takes an interrupt, and may have waited for it. */
    public void interrupted(Processor processor) {
        long bit = 1L << processor.number();
        if ((busy & bit) != 0) {
            return;
        }
        if (busy == 0) {
            // Nobody kept the time while all were idle.
            keepTime(processor);
        }
        busy |= bit;
        programFor(processor.number());
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
        programAll();
    }

    /** Takes a request for a faster clock back: without any it has its usual rate. */
    public void makeUsual() {
        fasterRequests = Math.max(0, fasterRequests - 1);
        if (fasterRequests == 0) {
            periodNs = tickNs;
        }
        programAll();
    }

    /** Sets the next interrupt anew, after the timers it depends on have changed. */
    public void schedule() {
        program(KEEPER);
    }

    private void programAll() {
        for (int i = 0; i < keptNs.length; i++) {
            program(i);
        }
    }

    /** Sets the timers that depend on whether a processor is busy. */
    private void programFor(int number) {
        program(number);
        if (number != KEEPER) {
            program(KEEPER);
        }
        if (number != DEPUTY && DEPUTY < keptNs.length) {
            program(DEPUTY);
        }
    }

    private void program(int number) {
        long nowNs = machine.nowNs();
        if (!ticks(number)) {
            keptNs[number] = NEVER;
        } else if (keptNs[number] == NEVER) {
            keptNs[number] = previous(nowNs, tickNs);
        }
        InterruptUnit unit = machine.processor(number).interruptUnit();
        long nextNs = nextNs(number, nowNs);
        long countNs = nextNs == NEVER ? 0 : nextNs - nowNs;
        if (unit.timerCountNs() != countNs) {
            unit.setTimer(InterruptVectors.CLOCK, countNs, false);
        }
    }

    private boolean isBusy(int number) {
        return (busy >>> number & 1) != 0;
    }

    private boolean ticks(int number) {
        return number == KEEPER ? busy != 0 : isBusy(number);
    }

    /** When the timer of a processor is to interrupt next, after now; or never. */
    private long nextNs(int number, long nowNs) {
        long nextNs = ticks(number) ? following(nowNs, periodNs) : NEVER;
        if (number == KEEPER) {
            if (nextNs == NEVER) {
                nextNs =
                        noticing(
                                Math.min(scheduler.nextDeadlineNs(), timers.nextWakeNs()),
                                nowNs,
                                periodNs);
            }
            return Math.min(nextNs, noticing(timers.nextPreciseNs(), nowNs, finestNs));
        }
        if (number == DEPUTY && nextNs == NEVER && isBusy(KEEPER) && watch.missedMaximum() != 0) {
            long noticedNs = keptNs[KEEPER] + (watch.missedMaximum() + 2) * tickNs;
            return Math.max(noticedNs, following(nowNs, tickNs));
        }
        return nextNs;
    }

    /** The first tick after now at which something due at a time is noticed, or never. */
    private static long noticing(long dueNs, long nowNs, long periodNs) {
        return dueNs == NEVER ? NEVER : following(Math.max(dueNs - 1, nowNs), periodNs);
    }

    /** The first multiple of a duration after a time. */
    private static long following(long ns, long durationNs) {
        return (ns / durationNs + 1) * durationNs;
    }

    /** The last multiple of a duration before a time, or 0. */
    private static long previous(long ns, long durationNs) {
        return Math.max(0, ns - 1) / durationNs * durationNs;
    }

    private void keepTime(Processor processor) {
        long nowNs = machine.nowNs();
        lastNs = Math.max(lastNs, nowNs / periodNs * periodNs);
        if (timers.nextPreciseNs() <= nowNs) {
            lastNs = Math.max(lastNs, nowNs / finestNs * finestNs);
        }
        SystemTime.update(processor.memory(), lastNs, tickNs);
    }

    /** Enters the handler of the clock vector. */
    public void enter(Processor processor) {
        ClockInterrupt first = new ClockInterrupt(processor.irql());
        entry.enter(processor, Irql.CLOCK_LEVEL, InterruptVectors.CLOCK, first);
    }

    @Resumes("KiClockInterrupt")
    void handle(Processor processor, ClockInterrupt pending) {
        int number = processor.number();
        if (number == KEEPER) {
            keepTime(processor);
            waits.expire(processor, processor.clockNs);
            if (timers.nextDueNs() <= lastNs || work.isDue(lastNs)) {
                new KPcr(processor.memory(), processor.gsBase).setTimerExpirationRequested(true);
                processor.interruptUnit().requestSelf(InterruptVectors.DISPATCH, "timer");
            }
        }
        long tickedNs = machine.nowNs() / tickNs * tickNs;
        if (tickedNs > keptNs[number]) {
            keptNs[number] = tickedNs;
            scheduler.tick(processor);
            new KPcr(processor.memory(), processor.gsBase).adjustDpcRate();
            watch.ticked(processor, pending.interruptedIrql);
        }
        lookAfterOthers(processor, tickedNs);
        if (machine.ended() != null) {
            return;
        }
        programFor(number);
        DpcQueues.requestWaiting(processor);
        processor.interruptUnit().endOfInterrupt();
        machine.emit(processor, new Event.InterruptCompleted(InterruptVectors.CLOCK));
    }

    private void lookAfterOthers(Processor processor, long tickedNs) {
        for (int i = 0; i < keptNs.length && machine.ended() == null; i++) {
            long missed = (tickedNs - keptNs[i]) / tickNs - 1;
            if (i != processor.number() && missed > 0) {
                watch.missed(processor, i, missed);
            }
        }
    }

    @Override
    public void save(StateWriter out) {
        out.value(busy);
        for (long ns : keptNs) {
            out.time(ns);
        }
        out.value(periodNs);
        out.value(fasterRequests);
        out.time(lastNs);
    }

    @Override
    public void restore(StateReader in) {
        busy = in.value();
        for (int i = 0; i < keptNs.length; i++) {
            keptNs[i] = in.time();
        }
        periodNs = in.value();
        fasterRequests = in.intValue();
        lastNs = in.time();
    }
}
