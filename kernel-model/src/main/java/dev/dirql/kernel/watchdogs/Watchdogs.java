package dev.dirql.kernel.watchdogs;

import dev.dirql.kernel.Irql;
import dev.dirql.kernel.KernelMemory;
import dev.dirql.kernel.KernelSettings;
import dev.dirql.kernel.dpcs.KDpc;
import dev.dirql.kernel.processors.KPcr;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.threads.Clock;
import dev.dirql.kernel.traps.BugChecks;
import dev.dirql.kernel.traps.KTrapFrame;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;

/**
 * The watchdogs that clock ticks drive: a DPC or ISR that runs too long, a processor that stays at
 * DISPATCH_LEVEL or above (bug check 0x133, first parameter 0 and 1), and one that takes no clock
 * interrupts (0x101), which another processor notices. Source: WDK, the pages of the bug checks.
 */
public final class Watchdogs implements Clock.ClockWatch, StatePart {
    private static final int CLOCK_WATCHDOG_TIMEOUT = 0x101;
    private static final int DPC_WATCHDOG_VIOLATION = 0x133;
    private static final int SINGLE = 0;
    private static final int CUMULATIVE = 1;
    private static final int TRIAGE_BLOCK_SIZE = 0x10;

    private final Machine machine;
    private final ServiceEngine engine;
    private final KernelMemory memory;
    private final BugChecks bugChecks;
    private final int singleMaximum;
    private final int cumulativeMaximum;
    private final int missedMaximum;

    /** By processor: ticks in the present DPC or ISR, and at DISPATCH_LEVEL or above. */
    private final int[] single;

    private final int[] cumulative;

    public Watchdogs(
            Machine machine,
            ServiceEngine engine,
            KernelMemory memory,
            BugChecks bugChecks,
            KernelSettings settings) {
        this.machine = machine;
        this.engine = engine;
        this.memory = memory;
        this.bugChecks = bugChecks;
        singleMaximum = settings.dpcTicksMaximum();
        cumulativeMaximum = settings.dispatchTicksMaximum();
        missedMaximum = settings.clockTicksMaximum();
        single = new int[machine.processorCount()];
        cumulative = new int[machine.processorCount()];
    }

    private static KPcr region(Processor processor) {
        return new KPcr(processor.memory(), processor.gsBase);
    }

    void dpcStarts(Processor processor) {
        single[processor.number()] = 0;
    }

    /** One that interrupts a DPC counts as a part of it. */
    void isrStarts(Processor processor) {
        if (!region(processor).isDpcRoutineActive()) {
            single[processor.number()] = 0;
        }
    }

    @Override
    public void ticked(Processor processor, int interruptedIrql) {
        int number = processor.number();
        KPcr region = region(processor);
        boolean busy = region.isDpcRoutineActive() || region.nestingLevel() > 0;
        single[number] = busy ? single[number] + 1 : 0;
        cumulative[number] = interruptedIrql >= Irql.DISPATCH_LEVEL ? cumulative[number] + 1 : 0;
        if (singleMaximum != 0 && single[number] > singleMaximum) {
            violation(processor, SINGLE, single[number], singleMaximum, triageBlock());
        } else if (cumulativeMaximum != 0 && cumulative[number] > cumulativeMaximum) {
            violation(processor, CUMULATIVE, cumulativeMaximum, triageBlock(), 0);
        }
    }

    private void violation(Processor processor, int kind, long p2, long p3, long p4) {
        bugChecks.raise(processor, DPC_WATCHDOG_VIOLATION, kind, p2, p3, p4, offender(processor));
    }

    /** The routine of the DPC, unless an ISR interrupts it; else what the clock interrupted. */
    private long offender(Processor processor) {
        KPcr region = region(processor);
        long dpc = region.dpcs().activeDpc();
        if (dpc != 0 && region.nestingLevel() == 0 && processor.memory().physical(dpc) >= 0) {
            return new KDpc(processor.memory(), dpc).deferredRoutine();
        }
        return new KTrapFrame(processor.memory(), engine.returnSlot(processor) + 8).rip();
    }

    /** NT's block for debuggers; only that there is one can be told. */
    private long triageBlock() {
        return memory.allocateObject(TRIAGE_BLOCK_SIZE);
    }

    @Override
    public void missed(Processor processor, int other, long ticks) {
        if (missedMaximum != 0 && ticks > missedMaximum) {
            bugChecks.raise(
                    processor,
                    CLOCK_WATCHDOG_TIMEOUT,
                    missedMaximum,
                    0,
                    new KPcr(processor.memory(), KPcr.addressOf(other)).prcb(),
                    other,
                    machine.processor(other).rip);
        }
    }

    @Override
    public int missedMaximum() {
        return missedMaximum;
    }

    // ---- what KeQueryDpcWatchdogInformation tells ----

    int singleMaximum() {
        return singleMaximum;
    }

    /** Ticks left to the present DPC. */
    int singleLeft(Processor processor) {
        return Math.max(0, singleMaximum - single[processor.number()]);
    }

    int cumulativeMaximum() {
        return cumulativeMaximum;
    }

    /** Ticks left to the processor at DISPATCH_LEVEL or above. */
    int cumulativeLeft(Processor processor) {
        return Math.max(0, cumulativeMaximum - cumulative[processor.number()]);
    }

    @Override
    public void save(StateWriter out) {
        for (int i = 0; i < single.length; i++) {
            out.value(single[i]);
            out.value(cumulative[i]);
        }
    }

    @Override
    public void restore(StateReader in) {
        for (int i = 0; i < single.length; i++) {
            single[i] = in.intValue();
            cumulative[i] = in.intValue();
        }
    }
}
