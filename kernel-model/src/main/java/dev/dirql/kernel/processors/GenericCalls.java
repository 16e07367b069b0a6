package dev.dirql.kernel.processors;

import dev.dirql.events.Event;
import dev.dirql.kernel.Irql;
import dev.dirql.kernel.dpcs.DpcQueues;
import dev.dirql.kernel.dpcs.KDpc;
import dev.dirql.kernel.interrupts.InterruptVectors;
import dev.dirql.kernel.irql.Irqls;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.Pending;
import dev.dirql.kernel.services.Resumes;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.traps.InterruptEntry;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;
import dev.dirql.machine.ProcessorMemory;

/**
 * Calls of a routine on every processor at the same time: KeIpiGenericCall at IPI_LEVEL, and
 * KeGenericCallDpc in a DPC each. One such call of a kind is under way at a time. What they share
 * is in the control region of processor 0:
 *
 * <pre>
 * +0x00 IPI: taken  +0x08 processors that arrived  +0x10 that have not returned  +0x18 routine
 * +0x20 context
 * +0x40 DPC: taken  +0x48 Barrier (processors that are not done)
 * +0x50 ReverseBarrier: Barrier, TotalProcessors
 * </pre>
 */
public final class GenericCalls {
    private static final int IPI_ARRIVED = 0x08;
    private static final int IPI_LEFT = 0x10;
    private static final int IPI_ROUTINE = 0x18;
    private static final int IPI_CONTEXT = 0x20;
    private static final int DPC_TAKEN = 0x40;
    private static final int DPC_BARRIER = 0x48;
    private static final int DPC_REVERSE_BARRIER = 0x50;
    private static final int TOTAL_PROCESSORS = 4;

    /** Flips each time when all have arrived at a reverse barrier; the rest is who is missing. */
    private static final long SENSE = 0x8000_0000L;

    private final Machine machine;
    private final ServiceEngine engine;
    private final Irqls irqls;
    private final InterruptEntry entry;
    private final DpcQueues dpcs;

    public GenericCalls(
            Machine machine,
            ServiceEngine engine,
            Irqls irqls,
            InterruptEntry entry,
            DpcQueues dpcs) {
        this.machine = machine;
        this.engine = engine;
        this.irqls = irqls;
        this.entry = entry;
        this.dpcs = dpcs;
    }

    private static long shared(Processor processor) {
        return new KPcr(processor.memory(), KPcr.addressOf(0)).genericCall();
    }

    private static Outcome spin(Processor processor, long address, Pending retry) {
        return new Outcome.Spin(processor.memory().physical(address), retry);
    }

    /** Adds to a number in memory and gives the result. */
    private static long add(ProcessorMemory memory, long address, long value) {
        long sum = memory.load64(address) + value;
        memory.store64(address, sum);
        return sum;
    }

    // ---- KeIpiGenericCall ----

    /** Another call may be under way. */
    record TakeIpi(long routine, long context, int oldIrql) implements Pending {}

    /** A processor is at IPI_LEVEL. */
    record ArriveAtIpi(boolean source, int oldIrql) implements Pending {}

    /** Not all processors may be there. */
    record WaitForArrivals(boolean source, int oldIrql) implements Pending {}

    /** The IpiGenericCall routine runs. */
    record ReturnFromIpi(boolean source, int oldIrql) implements Pending {}

    /** The routine may still run on other processors. */
    record WaitForIpi(long result, int oldIrql) implements Pending {}

    @Ddi(value = "KeIpiGenericCall", maximum = Irql.CLOCK_LEVEL)
    Outcome callByIpi(Processor processor, long routine, long context) {
        int irql = processor.irql();
        // High enough that no thread is switched to, low enough for the call of another processor.
        irqls.set(processor, Math.max(irql, Irql.SYNCH_LEVEL), engine.caller(processor));
        return take(processor, new TakeIpi(routine, context, irql));
    }

    @Resumes("KiAcquireIpiGenericCall")
    Outcome take(Processor processor, TakeIpi pending) {
        ProcessorMemory memory = processor.memory();
        long shared = shared(processor);
        if (memory.load64(shared) != 0) {
            return spin(processor, shared, pending);
        }
        memory.store64(shared, 1);
        memory.store64(shared + IPI_ARRIVED, 0);
        memory.store64(shared + IPI_LEFT, machine.processorCount());
        memory.store64(shared + IPI_ROUTINE, pending.routine);
        memory.store64(shared + IPI_CONTEXT, pending.context);
        irqls.set(processor, Irql.IPI_LEVEL, engine.caller(processor));
        for (int i = 0; i < machine.processorCount(); i++) {
            if (i != processor.number()) {
                machine.controller().sendToProcessor(i, InterruptVectors.IPI, "generic call");
            }
        }
        return new Outcome.Then(new ArriveAtIpi(true, pending.oldIrql));
    }

    /** Enters the handler of the vector by which processors call each other. */
    public void enter(Processor processor) {
        entry.enter(processor, Irql.IPI_LEVEL, InterruptVectors.IPI, new ArriveAtIpi(false, 0));
    }

    @Resumes("KiIpiGenericCallTarget")
    Outcome arrive(Processor processor, ArriveAtIpi pending) {
        add(processor.memory(), shared(processor) + IPI_ARRIVED, 1);
        return arrived(processor, new WaitForArrivals(pending.source, pending.oldIrql));
    }

    @Resumes("KiIpiGenericCallBarrier")
    Outcome arrived(Processor processor, WaitForArrivals pending) {
        ProcessorMemory memory = processor.memory();
        long shared = shared(processor);
        if (memory.load64(shared + IPI_ARRIVED) < machine.processorCount()) {
            return spin(processor, shared + IPI_ARRIVED, pending);
        }
        return new Outcome.Call(
                memory.load64(shared + IPI_ROUTINE),
                new ReturnFromIpi(pending.source, pending.oldIrql),
                memory.load64(shared + IPI_CONTEXT));
    }

    @Resumes("KiIpiGenericCall")
    Outcome returned(Processor processor, ReturnFromIpi pending, long result) {
        add(processor.memory(), shared(processor) + IPI_LEFT, -1);
        if (pending.source) {
            return finish(processor, new WaitForIpi(result, pending.oldIrql));
        }
        processor.interruptUnit().endOfInterrupt();
        machine.emit(processor, new Event.InterruptCompleted(InterruptVectors.IPI));
        return Outcome.done();
    }

    @Resumes("KiIpiGenericCallDone")
    Outcome finish(Processor processor, WaitForIpi pending) {
        long shared = shared(processor);
        if (processor.memory().load64(shared + IPI_LEFT) != 0) {
            return spin(processor, shared + IPI_LEFT, pending);
        }
        processor.memory().store64(shared, 0);
        irqls.set(processor, pending.oldIrql, engine.caller(processor));
        return Outcome.of(pending.result);
    }

    // ---- KeGenericCallDpc ----

    /** Another call may be under way. */
    record TakeDpcs(long routine, long context) implements Pending {}

    /** The routine ran on the calling processor. */
    record WaitForDpcs(int oldIrql) implements Pending {}

    /** Not all processors may have arrived. */
    record WaitAtReverseBarrier(long barrier, boolean sense) implements Pending {}

    /**
     * Not in the WDK's documentation: the routine runs at DISPATCH_LEVEL on every processor, here
     * by a call and elsewhere as a DPC of high importance, and the call returns when each has said
     * that it is done.
     */
    @Ddi(value = "KeGenericCallDpc", header = "ntddk.h", maximum = Irql.APC_LEVEL)
    Outcome callByDpc(Processor processor, long routine, long context) {
        return takeDpcs(processor, new TakeDpcs(routine, context));
    }

    /** Waits below DISPATCH_LEVEL, where the DPC of the call that is under way can run. */
    @Resumes("KiAcquireGenericCallDpc")
    Outcome takeDpcs(Processor processor, TakeDpcs pending) {
        ProcessorMemory memory = processor.memory();
        long shared = shared(processor);
        if (memory.load64(shared + DPC_TAKEN) != 0) {
            return spin(processor, shared + DPC_TAKEN, pending);
        }
        long caller = engine.caller(processor);
        int count = machine.processorCount();
        int oldIrql = irqls.set(processor, Irql.DISPATCH_LEVEL, caller);
        memory.store64(shared + DPC_TAKEN, 1);
        memory.store64(shared + DPC_BARRIER, count);
        memory.store32(shared + DPC_REVERSE_BARRIER, count);
        memory.store32(shared + DPC_REVERSE_BARRIER + TOTAL_PROCESSORS, count);
        long barrier = shared + DPC_BARRIER;
        long reverseBarrier = shared + DPC_REVERSE_BARRIER;
        for (int i = 0; i < count; i++) {
            KDpc dpc = new KDpc(memory, new KPcr(memory, KPcr.addressOf(i)).genericDpc());
            dpc.initialize(pending.routine, pending.context);
            if (i != processor.number()) {
                dpc.setTarget(i);
                dpc.setImportance(KDpc.HIGH);
                dpcs.insert(processor, dpc, barrier, reverseBarrier, caller);
            }
        }
        return new Outcome.Call(
                pending.routine,
                new WaitForDpcs(oldIrql),
                new KPcr(memory, processor.gsBase).genericDpc(),
                pending.context,
                barrier,
                reverseBarrier);
    }

    @Resumes("KiGenericCallDpcBarrier")
    Outcome dpcsDone(Processor processor, WaitForDpcs pending) {
        long shared = shared(processor);
        if ((int) processor.memory().load32(shared + DPC_BARRIER) != 0) {
            return spin(processor, shared + DPC_BARRIER, pending);
        }
        processor.memory().store64(shared + DPC_TAKEN, 0);
        irqls.set(processor, pending.oldIrql, engine.caller(processor));
        return Outcome.done();
    }

    /** The routine of KeGenericCallDpc is done; its third argument is the barrier. */
    @Ddi(
            value = "KeSignalCallDpcDone",
            header = "ntddk.h",
            minimum = Irql.DISPATCH_LEVEL,
            maximum = Irql.DISPATCH_LEVEL)
    void signalDone(Processor processor, long barrier) {
        long left = processor.memory().load32(barrier);
        processor.memory().store32(barrier, left - 1);
    }

    /**
     * Waits for the routines of all other processors; the fourth argument of the routine is the
     * reverse barrier. One of the calls, the last, gives TRUE.
     */
    @Ddi(
            value = "KeSignalCallDpcSynchronize",
            header = "ntddk.h",
            minimum = Irql.DISPATCH_LEVEL,
            maximum = Irql.DISPATCH_LEVEL)
    Outcome signalSynchronize(Processor processor, long barrier) {
        ProcessorMemory memory = processor.memory();
        long value = memory.load32(barrier) - 1;
        if ((value & ~SENSE) != 0) {
            memory.store32(barrier, value);
            return synchronize(processor, new WaitAtReverseBarrier(barrier, (value & SENSE) != 0));
        }
        long total = memory.load32(barrier + TOTAL_PROCESSORS);
        memory.store32(barrier, total | (~value & SENSE));
        return Outcome.of(true);
    }

    @Resumes("KiSignalCallDpcSynchronize")
    Outcome synchronize(Processor processor, WaitAtReverseBarrier pending) {
        long value = processor.memory().load32(pending.barrier);
        return (value & SENSE) != 0 == pending.sense
                ? spin(processor, pending.barrier, pending)
                : Outcome.of(false);
    }
}
