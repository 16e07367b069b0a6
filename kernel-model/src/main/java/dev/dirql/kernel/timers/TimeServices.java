package dev.dirql.kernel.timers;

import dev.dirql.events.Severity;
import dev.dirql.kernel.Irql;
import dev.dirql.kernel.dpcs.DpcDispatch;
import dev.dirql.kernel.rules.Budget;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.rules.Violation;
import dev.dirql.kernel.rules.Violation.Verifier;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.Pending;
import dev.dirql.kernel.services.Resumes;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.threads.Clock;
import dev.dirql.kernel.threads.SystemTime;
import dev.dirql.machine.Processor;
import java.util.List;

/** Routines that tell the time or pass it. Source: WDK, the page of each routine. */
public final class TimeServices {
    private static final int INTERRUPT_TIME = 0x08;

    private final ServiceEngine engine;
    private final Clock clock;
    private final Rules rules;
    private final long tickNs;
    private final Budget stall;
    private final Budget dpc;

    /**
     * @param stall a stall is to be shorter: WDK, KeStallExecutionProcessor
     * @param dpc in a DPC it must be: WDK, "Guidelines for Writing DPC Routines"
     */
    public TimeServices(
            ServiceEngine engine, Clock clock, Rules rules, long tickNs, Budget stall, Budget dpc) {
        this.engine = engine;
        this.clock = clock;
        this.rules = rules;
        this.tickNs = tickNs;
        this.stall = stall;
        this.dpc = dpc;
    }

    /** That of the usual tick, however fast the clock is now. */
    @Ddi("KeQueryTimeIncrement")
    int timeIncrement(Processor processor) {
        return (int) (tickNs / 100);
    }

    @Ddi("KeQueryPerformanceCounter")
    long performanceCounter(Processor processor, long frequencyPointer) {
        if (frequencyPointer != 0) {
            processor.memory().store64(frequencyPointer, SystemTime.performanceFrequency());
        }
        return SystemTime.performanceCounter(processor.clockNs);
    }

    @Ddi("KeQuerySystemTimePrecise")
    void systemTimePrecise(Processor processor, long timePointer) {
        long units = SystemTime.interruptTime(processor.clockNs);
        processor.memory().store64(timePointer, SystemTime.START + units);
    }

    @Ddi("KeQueryInterruptTimePrecise")
    long interruptTimePrecise(Processor processor, long counterPointer) {
        processor
                .memory()
                .store64(counterPointer, SystemTime.performanceCounter(processor.clockNs));
        return SystemTime.interruptTime(processor.clockNs);
    }

    /** The machine never sleeps: it is the interrupt time. */
    @Ddi("KeQueryUnbiasedInterruptTime")
    long unbiasedInterruptTime(Processor processor) {
        return processor.memory().load64(SystemTime.SHARED_DATA + INTERRUPT_TIME);
    }

    @Ddi(value = "ExSetTimerResolution", maximum = Irql.APC_LEVEL, rule = "IrqlExApcLte2")
    int setResolution(Processor processor, int desiredTime, boolean set) {
        if (set) {
            clock.makeFaster((desiredTime & 0xFFFF_FFFFL) * 100);
        } else {
            clock.makeUsual();
        }
        return units(clock.periodNs());
    }

    @Ddi("ExQueryTimerResolution")
    void queryResolution(
            Processor processor, long maximumPointer, long minimumPointer, long currentPointer) {
        processor.memory().store32(maximumPointer, units(tickNs));
        processor.memory().store32(minimumPointer, units(clock.finestNs()));
        processor.memory().store32(currentPointer, units(clock.periodNs()));
    }

    private static int units(long ns) {
        return (int) (ns / 100);
    }

    /** The stall goes on after an interrupt. */
    record StallUntil(long untilNs) implements Pending {}

    /** Busy for so many microseconds; interrupts are taken meanwhile. */
    @Ddi("KeStallExecutionProcessor")
    Outcome stall(Processor processor, int microseconds) {
        long durationNs = (microseconds & 0xFFFF_FFFFL) * 1000;
        boolean beyondDpc = durationNs > dpc.ns() && DpcDispatch.isExecuting(processor);
        if (beyondDpc || durationNs > stall.ns()) {
            stallsLong(processor, durationNs, beyondDpc);
        }
        long untilNs = processor.clockNs + durationNs;
        return new Outcome.Stall(untilNs, new StallUntil(untilNs));
    }

    private void stallsLong(Processor processor, long durationNs, boolean inDpc) {
        rules.broken(
                processor,
                new Violation(
                        "StallTooLong",
                        "",
                        inDpc ? Severity.ERROR : Severity.WARNING,
                        "KeStallExecutionProcessor is asked for %d us%s, more than %s"
                                .formatted(
                                        durationNs / 1000,
                                        inDpc ? " in a DPC" : "",
                                        inDpc ? dpc : stall),
                        Verifier.NONE,
                        List.of()),
                engine.caller(processor));
    }

    @Resumes("KiStallExecutionProcessor")
    Outcome stalled(Processor processor, StallUntil pending) {
        return processor.clockNs < pending.untilNs
                ? new Outcome.Stall(pending.untilNs, pending)
                : Outcome.done();
    }
}
