package dev.dirql.kernel.threads;

import dev.dirql.events.Event;
import dev.dirql.kernel.Irql;
import dev.dirql.kernel.interrupts.InterruptVectors;
import dev.dirql.kernel.irql.Irqls;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.rules.Violation;
import dev.dirql.kernel.rules.Violation.Verifier;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.Pending;
import dev.dirql.kernel.services.PendingFrame;
import dev.dirql.kernel.services.Resumes;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.structures.ListEntry;
import dev.dirql.kernel.traps.BugChecks;
import dev.dirql.kernel.traps.InterruptEntry;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;

/**
 * Critical and guarded regions, and the delivery of APCs by the software interrupt of APC_LEVEL.
 * Source: WDK, "Types of APCs", "Waits and APCs" and the page of each routine. KeInitializeApc,
 * KeInsertQueueApc, KeAlertThread and KeTestAlertThread have no page: they are as drivers that
 * declare them for themselves expect them.
 */
public final class ApcServices {
    private static final int IRQL_UNEXPECTED_VALUE = 0xC8;
    private static final int KERNEL_MODE = 0;

    private final Machine machine;
    private final ServiceEngine engine;
    private final Irqls irqls;
    private final Scheduler scheduler;
    private final Apcs apcs;
    private final InterruptEntry entry;
    private final Rules rules;
    private final BugChecks bugChecks;

    public ApcServices(
            Machine machine,
            ServiceEngine engine,
            Irqls irqls,
            Scheduler scheduler,
            Apcs apcs,
            InterruptEntry entry,
            Rules rules,
            BugChecks bugChecks) {
        this.machine = machine;
        this.engine = engine;
        this.irqls = irqls;
        this.scheduler = scheduler;
        this.apcs = apcs;
        this.entry = entry;
        this.rules = rules;
        this.bugChecks = bugChecks;
    }

    /** The interrupt was taken. */
    record ApcInterrupt() implements Pending {}

    /** The next APC that may run. */
    record DeliverApc() implements Pending {}

    /** The KernelRoutine runs; it may change all but the first, by their addresses. */
    record KernelApcRoutine(
            long apc,
            long normalRoutine,
            long normalContext,
            long argument1,
            long argument2,
            long kernelRoutine)
            implements Pending {}

    /** The NormalRoutine runs. */
    record NormalApcRoutine(long apc, long normalRoutine) implements Pending {}

    // ---- regions ----

    @Ddi(
            value = "KeEnterCriticalRegion",
            maximum = Irql.APC_LEVEL,
            rule = "IrqlKeApcLte2",
            verifier = 0x11A)
    void enterCriticalRegion(Processor processor) {
        apcs.enterCriticalRegion(processor);
    }

    @Ddi(
            value = "KeLeaveCriticalRegion",
            maximum = Irql.APC_LEVEL,
            rule = "IrqlKeApcLte2",
            verifier = 0x11B)
    void leaveCriticalRegion(Processor processor) {
        if (new KThread(processor.memory(), processor.thread).kernelApcDisable() == 0) {
            rules.broken(
                    processor,
                    Violation.error(
                            "CriticalRegions",
                            "40003",
                            "KeLeaveCriticalRegion is called by a thread in no critical region",
                            Verifier.detected(0x3E, 0, 0, 0)),
                    engine.caller(processor));
        }
        if (machine.ended() == null) {
            apcs.leaveCriticalRegion(processor, 1);
        }
    }

    @Ddi(value = "KeEnterGuardedRegion", maximum = Irql.APC_LEVEL, rule = "IrqlKeApcLte2")
    void enterGuardedRegion(Processor processor) {
        apcs.enterGuardedRegion(processor);
    }

    @Ddi(value = "KeLeaveGuardedRegion", maximum = Irql.APC_LEVEL, rule = "IrqlKeApcLte2")
    void leaveGuardedRegion(Processor processor) {
        if (new KThread(processor.memory(), processor.thread).specialApcDisable() == 0) {
            rules.broken(
                    processor,
                    Violation.error(
                            "GuardedRegions",
                            "4000E",
                            "KeLeaveGuardedRegion is called by a thread in no guarded region",
                            Verifier.detected(0x4000E, 0, 0, 0)),
                    engine.caller(processor));
        }
        if (machine.ended() == null) {
            apcs.leaveGuardedRegion(processor);
        }
    }

    @Ddi(value = "KeAreApcsDisabled", maximum = Irql.DISPATCH_LEVEL, rule = "IrqlKeApcLte2")
    boolean areApcsDisabled(Processor processor) {
        return Apcs.areDisabled(processor);
    }

    @Ddi(value = "KeAreAllApcsDisabled", maximum = Irql.DISPATCH_LEVEL, rule = "IrqlKeApcLte2")
    boolean areAllApcsDisabled(Processor processor) {
        return Apcs.areAllDisabled(processor);
    }

    // ---- queues ----

    @Ddi("KeInitializeApc")
    void initialize(
            Processor processor,
            KApc apc,
            long thread,
            int environment,
            long kernelRoutine,
            long rundownRoutine,
            long normalRoutine,
            byte mode,
            long normalContext) {
        apc.initialize(
                thread,
                environment,
                kernelRoutine,
                rundownRoutine,
                normalRoutine,
                mode,
                normalContext);
    }

    /** Answers FALSE if it is queued already, or its thread has ended. */
    @Ddi(value = "KeInsertQueueApc", maximum = Irql.DISPATCH_LEVEL)
    boolean insert(Processor processor, KApc apc, long argument1, long argument2, int increment) {
        processor.memory().probe(apc.address(), KApc.SIZE, true);
        KernelThread thread = scheduler.find(apc.thread());
        if (thread == null || apc.isInserted()) {
            return false;
        }
        apc.setArguments(argument1, argument2);
        return apcs.insert(processor, apc, thread);
    }

    // ---- alerts ----

    /** Answers whether the thread was alerted already, FALSE if it has ended. */
    @Ddi(value = "KeAlertThread", maximum = Irql.DISPATCH_LEVEL)
    boolean alert(Processor processor, long thread, byte mode) {
        KernelThread alerted = scheduler.find(thread);
        return alerted != null && apcs.alert(processor, alerted, mode & 1);
    }

    @Ddi(value = "KeTestAlertThread", maximum = Irql.DISPATCH_LEVEL)
    boolean testAlert(Processor processor, byte mode) {
        return apcs.testAlert(processor, mode & 1);
    }

    // ---- delivery ----

    /** Enters the handler of the APC vector. */
    public void enter(Processor processor) {
        entry.enter(processor, Irql.APC_LEVEL, InterruptVectors.APC, new ApcInterrupt());
    }

    @Resumes("KiApcInterrupt")
    Outcome interrupt(Processor processor, ApcInterrupt pending) {
        processor.interruptUnit().endOfInterrupt();
        machine.emit(processor, new Event.InterruptCompleted(InterruptVectors.APC));
        return new Outcome.Then(new DeliverApc());
    }

    @Resumes("KiDeliverApc")
    Outcome deliver(Processor processor, DeliverApc pending) {
        KThread thread = new KThread(processor.memory(), processor.thread);
        ListEntry queue = thread.apcs(KERNEL_MODE);
        thread.setKernelApcPending(false);
        if (thread.specialApcDisable() != 0 || queue.isEmpty()) {
            return Outcome.done();
        }
        KApc apc = KApc.ofListEntry(processor.memory(), queue.flink());
        boolean special = apc.normalRoutine() == 0;
        if (!special && (thread.isNormalApcInProgress() || thread.kernelApcDisable() != 0)) {
            return Outcome.done();
        }
        apc.listEntry().remove();
        apc.setInserted(false);
        KernelApcRoutine next =
                new KernelApcRoutine(
                        apc.address(),
                        apc.normalRoutine(),
                        apc.normalContext(),
                        apc.argument1(),
                        apc.argument2(),
                        apc.kernelRoutine());
        return new Outcome.Call(
                apc.kernelRoutine(),
                next,
                apc.address(),
                PendingFrame.fieldAddress(processor, 1),
                PendingFrame.fieldAddress(processor, 2),
                PendingFrame.fieldAddress(processor, 3),
                new long[] {PendingFrame.fieldAddress(processor, 4)});
    }

    @Resumes("KiKernelApcRoutine")
    Outcome kernelRoutineReturned(Processor processor, KernelApcRoutine pending) {
        if (isIrqlUnexpected(
                processor,
                Irql.APC_LEVEL,
                0,
                pending.kernelRoutine,
                pending.apc,
                pending.normalRoutine)) {
            return Outcome.stay();
        }
        if (pending.normalRoutine == 0) {
            return new Outcome.Then(new DeliverApc());
        }
        new KThread(processor.memory(), processor.thread).setNormalApcInProgress(true);
        irqls.set(processor, Irql.PASSIVE_LEVEL, processor.rip);
        return new Outcome.Call(
                pending.normalRoutine,
                new NormalApcRoutine(pending.apc, pending.normalRoutine),
                pending.normalContext,
                pending.argument1,
                pending.argument2);
    }

    @Resumes("KiNormalApcRoutine")
    Outcome normalRoutineReturned(Processor processor, NormalApcRoutine pending) {
        if (isIrqlUnexpected(
                processor, Irql.PASSIVE_LEVEL, 1, 0, pending.apc, pending.normalRoutine)) {
            return Outcome.stay();
        }
        new KThread(processor.memory(), processor.thread).setNormalApcInProgress(false);
        irqls.set(processor, Irql.APC_LEVEL, processor.rip);
        return new Outcome.Then(new DeliverApc());
    }

    /** WDK, "Bug Check 0xC8". */
    private boolean isIrqlUnexpected(
            Processor processor,
            int expected,
            int unique,
            long kernelRoutine,
            long apc,
            long normalRoutine) {
        int irql = processor.irql();
        if (irql != expected) {
            bugChecks.raise(
                    processor,
                    IRQL_UNEXPECTED_VALUE,
                    (long) irql << 16 | (long) expected << 8 | unique,
                    kernelRoutine,
                    apc,
                    normalRoutine,
                    normalRoutine != 0 ? normalRoutine : kernelRoutine);
        }
        return irql != expected;
    }
}
