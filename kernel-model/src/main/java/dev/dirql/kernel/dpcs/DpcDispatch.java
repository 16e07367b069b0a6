package dev.dirql.kernel.dpcs;

import dev.dirql.events.Event;
import dev.dirql.kernel.Irql;
import dev.dirql.kernel.KernelMemory;
import dev.dirql.kernel.interrupts.InterruptVectors;
import dev.dirql.kernel.locks.HeldLocks;
import dev.dirql.kernel.processors.KPcr;
import dev.dirql.kernel.rules.RoutineWatch;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.rules.Violation;
import dev.dirql.kernel.rules.Violation.Verifier;
import dev.dirql.kernel.services.EntryPoint;
import dev.dirql.kernel.services.FrameShape;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.Pending;
import dev.dirql.kernel.services.Resumes;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.threads.KThread;
import dev.dirql.kernel.traps.BugChecks;
import dev.dirql.kernel.traps.InterruptEntry;
import dev.dirql.kernel.traps.MachineFrame;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;

/**
 * The dispatch software interrupt: expires timers and drains the DPC queue on the processor's DPC
 * stack, then lets a better thread run if there is one.
 */
public final class DpcDispatch {
    private static final int IRQL_UNEXPECTED_VALUE = 0xC8;
    private static final int AFTER_CALLOUT = 2;
    private static final int TIMER_OR_DPC_INVALID = 0xC7;
    private static final int APC_DISABLE_CHANGED = 4;
    private static final int APC_DISABLE_CHANGED_BY_TIMER_DPC = 5;

    /** Symbol of the service that is called when a timer may be due. */
    public static final String EXPIRE_TIMERS = "KiTimerExpiration";

    private static final String LEAVE_STACK = "KiReturnFromDpcStack";

    private final Machine machine;
    private final ServiceEngine engine;
    private final DpcQueues queues;
    private final InterruptEntry entry;
    private final Preemption preemption;
    private final RoutineWatch watch;
    private final HeldLocks heldLocks;
    private final Rules rules;
    private final BugChecks bugChecks;

    /** What the dispatch interrupt asks about threads. */
    public interface Preemption {
        /** Whether the current thread of a processor has to give way. */
        boolean isDue(Processor processor);

        /** Makes the thread ready in which a processor runs its threaded DPCs. */
        void wakeDpcThread(Processor processor);
    }

    public DpcDispatch(
            Machine machine,
            ServiceEngine engine,
            DpcQueues queues,
            InterruptEntry entry,
            Preemption preemption,
            RoutineWatch watch,
            HeldLocks heldLocks,
            Rules rules,
            BugChecks bugChecks) {
        this.machine = machine;
        this.engine = engine;
        this.queues = queues;
        this.entry = entry;
        this.preemption = preemption;
        this.watch = watch;
        this.heldLocks = heldLocks;
        this.rules = rules;
        this.bugChecks = bugChecks;
    }

    /** DPCs first, on their own stack. */
    record DispatchInterrupt() implements Pending {}

    /** On the DPC stack: one DPC after the other. */
    record RetireDpcs() implements Pending {}

    /** The DeferredRoutine runs. */
    record ReturnFromDpc(
            long dpc, long routine, long context, long sinceNs, int apcDisable, boolean ofTimer)
            implements Pending {}

    /** Back on the interrupted stack: threads. */
    record DispatchThreads() implements Pending {}

    /** Another thread ran; this one goes on with what was interrupted. */
    record EndDispatch() implements Pending {}

    /** Enters the handler of the dispatch vector. */
    public void enter(Processor processor) {
        entry.enter(
                processor, Irql.DISPATCH_LEVEL, InterruptVectors.DISPATCH, new DispatchInterrupt());
    }

    private static KPcr region(Processor processor) {
        return new KPcr(processor.memory(), processor.gsBase);
    }

    @Resumes("KiDispatchInterrupt")
    Outcome dispatch(Processor processor, DispatchInterrupt pending) {
        // Ended at once: the IRQL alone holds back the next one, and a thread may be switched to.
        processor.interruptUnit().endOfInterrupt();
        machine.emit(processor, new Event.InterruptCompleted(InterruptVectors.DISPATCH));
        KPcr region = region(processor);
        if (DpcQueues.first(region.dpcs()) == 0 && !region.isTimerExpirationRequested()) {
            return new Outcome.Then(new DispatchThreads());
        }
        engine.replace(processor, new DispatchThreads());
        long top = processor.registers[Processor.RSP];
        long stack = region.dpcStack();
        // A DPC that lowered the IRQL is interrupted on this stack: what lies there stays.
        boolean nested = top <= stack && top > stack - KernelMemory.STACK_SIZE;
        long frame = (nested ? top : stack) - MachineFrame.SIZE - 8;
        MachineFrame.store(processor, frame);
        processor.memory().store64(frame - 8, engine.table().address(LEAVE_STACK));
        processor.registers[Processor.RSP] = frame - 8;
        engine.begin(processor, new RetireDpcs());
        return Outcome.stay();
    }

    @Resumes("KiRetireDpcList")
    Outcome retire(Processor processor, RetireDpcs pending) {
        KPcr region = region(processor);
        if (region.isTimerExpirationRequested()) {
            region.setTimerExpirationRequested(false);
            region.setDpcRoutineActive(true);
            return new Outcome.Call(engine.table().address(EXPIRE_TIMERS), new RetireDpcs());
        }
        long first = DpcQueues.first(region.dpcs());
        if (first == 0) {
            region.setDpcRoutineActive(false);
            return Outcome.done();
        }
        KDpc dpc = new KDpc(processor.memory(), first);
        processor.memory().probe(first, KDpc.SIZE, true);
        long routine = dpc.deferredRoutine();
        long context = dpc.deferredContext();
        long argument1 = dpc.systemArgument1();
        long argument2 = dpc.systemArgument2();
        DpcQueues.removeFirst(processor, region.dpcs(), dpc);
        boolean ofTimer = queues.leavesAsOfTimer(dpc);
        region.setDpcRoutineActive(true);
        region.dpcs().setActiveDpc(first);
        machine.emit(processor, new Event.DpcStarted(first, routine));
        watch.dpcStarts(processor);
        return new Outcome.Call(
                routine,
                new ReturnFromDpc(
                        first, routine, context, processor.clockNs, apcDisable(processor), ofTimer),
                first,
                context,
                argument1,
                argument2);
    }

    @Resumes("KiExecuteDpc")
    Outcome returned(Processor processor, ReturnFromDpc pending) {
        region(processor).dpcs().setActiveDpc(0);
        machine.emit(processor, new Event.DpcFinished(pending.dpc, pending.routine));
        watch.dpcReturned(processor, pending.routine, pending.sinceNs);
        heldLocks.returned(processor, pending.routine, pending.sinceNs);
        if (!returnedAt(processor, Irql.DISPATCH_LEVEL, pending.routine, pending.context)) {
            return Outcome.stay();
        }
        int apcDisable = apcDisable(processor);
        if (apcDisable != pending.apcDisable) {
            bugChecks.raise(
                    processor,
                    TIMER_OR_DPC_INVALID,
                    pending.ofTimer ? APC_DISABLE_CHANGED_BY_TIMER_DPC : APC_DISABLE_CHANGED,
                    pending.routine,
                    pending.apcDisable,
                    apcDisable,
                    pending.routine);
            return Outcome.stay();
        }
        return new Outcome.Then(new RetireDpcs());
    }

    /** That of the interrupted thread, which a DPC routine must leave as it is. */
    private static int apcDisable(Processor processor) {
        return new KThread(processor.memory(), processor.thread).combinedApcDisable();
    }

    /** Whether a DPC routine returned at the IRQL at which it was called; else the run is over. */
    public boolean returnedAt(Processor processor, int expected, long routine, long context) {
        int irql = processor.irql();
        if (irql == expected) {
            return true;
        }
        rules.broken(
                processor,
                Violation.error(
                        "IrqlDpcReturn",
                        "",
                        "the DPC routine returned at %s".formatted(Irql.name(irql)),
                        Verifier.NONE),
                routine);
        bugChecks.raise(
                processor,
                IRQL_UNEXPECTED_VALUE,
                (long) irql << 16 | (long) expected << 8 | AFTER_CALLOUT,
                routine,
                context,
                0,
                routine);
        return false;
    }

    /** RSP points to the way back to the interrupted stack. */
    @EntryPoint(value = LEAVE_STACK, frame = FrameShape.MACHINE_FRAME)
    void leaveStack(Processor processor) {
        MachineFrame.resume(processor, processor.registers[Processor.RSP]);
    }

    @Resumes("KiDispatchThreads")
    Outcome threads(Processor processor, DispatchThreads pending) {
        KPcr region = region(processor);
        if (region.isThreadRequested()) {
            region.setThreadRequested(false);
            preemption.wakeDpcThread(processor);
        }
        if (DpcQueues.first(region.dpcs()) != 0 || region.isTimerExpirationRequested()) {
            // Asked for by an interrupt since: a new dispatch interrupt may be lost behind this.
            processor.interruptUnit().requestSelf(InterruptVectors.DISPATCH, "DPC");
        }
        return preemption.isDue(processor) ? new Outcome.Block(new EndDispatch()) : Outcome.done();
    }

    @Resumes("KiEndDispatch")
    void end(Processor processor, EndDispatch pending) {}

    /** Whether a processor runs a DPC now. */
    public static boolean isExecuting(Processor processor) {
        return region(processor).isDpcRoutineActive();
    }
}
