package dev.dirql.kernel.interrupts;

import dev.dirql.events.Event;
import dev.dirql.events.LockKind;
import dev.dirql.kernel.Irql;
import dev.dirql.kernel.irql.Irqls;
import dev.dirql.kernel.locks.HeldLocks;
import dev.dirql.kernel.locks.SpinLocks;
import dev.dirql.kernel.processors.KPcr;
import dev.dirql.kernel.rules.RoutineWatch;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.rules.Violation;
import dev.dirql.kernel.rules.Violation.Verifier;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.Pending;
import dev.dirql.kernel.services.Resumes;
import dev.dirql.kernel.traps.BugChecks;
import dev.dirql.kernel.traps.InterruptEntry;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;
import org.jspecify.annotations.Nullable;

/**
 * A device interrupt, from the vector to the end of interrupt. For each interrupt object on the
 * vector: to its SynchronizeIrql, its lock, its ServiceRoutine, and back. A single object is called
 * once. A chain that is level-sensitive ends at the first that claims; a latched one is passed over
 * until a pass in which nobody claims. The routine runs on the stack of what it interrupted; one
 * for PASSIVE_LEVEL runs later, see {@link PassiveInterrupts}.
 */
public final class InterruptDispatch {
    private static final int IRQL_UNEXPECTED_VALUE = 0xC8;
    private static final int AFTER_INTERRUPT = 3;
    private static final int HARDWARE_INTERRUPT_STORM = 0xF2;

    private final Machine machine;
    private final Irqls irqls;
    private final SpinLocks locks;
    private final InterruptObjects objects;
    private final InterruptEntry entry;
    private final InterruptStorms storms;
    private final RoutineWatch watch;
    private final HeldLocks heldLocks;
    private final Rules rules;
    private final BugChecks bugChecks;
    private final int passesMaximum;
    private final SharedInterruptLocks shared;
    private @Nullable PassiveInterrupts passive;

    public InterruptDispatch(
            Machine machine,
            Irqls irqls,
            SpinLocks locks,
            InterruptObjects objects,
            InterruptEntry entry,
            InterruptStorms storms,
            RoutineWatch watch,
            HeldLocks heldLocks,
            Rules rules,
            BugChecks bugChecks,
            int passesMaximum) {
        this.machine = machine;
        this.irqls = irqls;
        this.locks = locks;
        this.objects = objects;
        this.entry = entry;
        this.storms = storms;
        this.watch = watch;
        this.heldLocks = heldLocks;
        this.rules = rules;
        this.bugChecks = bugChecks;
        this.passesMaximum = passesMaximum;
        shared = new SharedInterruptLocks(objects, locks, rules);
    }

    /** Says who runs ISRs at PASSIVE_LEVEL. */
    void setPassive(PassiveInterrupts interrupts) {
        passive = interrupts;
    }

    /** The next object of the chain is to be asked. */
    record BeginIsr(int vector, long interrupt, int passes, boolean passClaimed, boolean claimed)
            implements Pending {}

    /** The IRQL is raised; now the lock. */
    record LockForIsr(
            int vector,
            long interrupt,
            int passes,
            boolean passClaimed,
            boolean claimed,
            boolean contended,
            long firstTryNs)
            implements Pending {}

    /** The ServiceRoutine runs. */
    record ReturnFromIsr(
            int vector,
            long interrupt,
            int passes,
            boolean passClaimed,
            boolean claimed,
            long sinceNs)
            implements Pending {}

    /** The lock is released; now the IRQL, and who is next. */
    record AfterIsr(
            int vector,
            long interrupt,
            int passes,
            boolean passClaimed,
            boolean claimed,
            boolean lastClaimed)
            implements Pending {}

    /** The ISRs run at PASSIVE_LEVEL, later. */
    record SchedulePassiveIsr(int vector) implements Pending {}

    /** Everybody was asked. */
    record EndInterrupt(int vector, boolean claimed) implements Pending {}

    /** Enters the handler of a vector that the processor acknowledged. */
    public void enter(Processor processor, int vector) {
        boolean stormy = storms.taken(processor, vector);
        long first = objects.firstOn(vector);
        Pending pending =
                first == 0
                        ? new EndInterrupt(vector, false)
                        : new KInterrupt(processor.memory(), first).isPassive()
                                ? new SchedulePassiveIsr(vector)
                                : new BeginIsr(vector, first, 0, false, false);
        if (!entry.enter(processor, InterruptVectors.irqlOf(vector), vector, pending)) {
            return;
        }
        KPcr region = region(processor);
        region.setNestingLevel(region.nestingLevel() + 1);
        if (stormy) {
            storm(processor, vector);
        }
    }

    private static KPcr region(Processor processor) {
        return new KPcr(processor.memory(), processor.gsBase);
    }

    @Resumes("KiInterruptDispatch")
    Outcome begin(Processor processor, BeginIsr pending) {
        KInterrupt interrupt = new KInterrupt(processor.memory(), pending.interrupt);
        if (!interrupt.isConnected()) {
            return fromFirst(pending.vector, pending.passes, pending.passClaimed, pending.claimed);
        }
        if (!interrupt.isActive()) {
            return new Outcome.Then(
                    new AfterIsr(
                            pending.vector,
                            pending.interrupt,
                            pending.passes,
                            pending.passClaimed,
                            pending.claimed,
                            false));
        }
        interrupt.enter();
        irqls.set(processor, interrupt.synchronizeIrql(), interrupt.serviceRoutine());
        return new Outcome.Then(
                new LockForIsr(
                        pending.vector,
                        pending.interrupt,
                        pending.passes,
                        pending.passClaimed,
                        pending.claimed,
                        false,
                        processor.clockNs));
    }

    /** The chain changed under the walk: what is left of it is asked from its start. */
    private Outcome fromFirst(int vector, int passes, boolean passClaimed, boolean claimed) {
        long first = objects.firstOn(vector);
        return new Outcome.Then(
                first == 0
                        ? new EndInterrupt(vector, claimed)
                        : new BeginIsr(vector, first, passes, passClaimed, claimed));
    }

    @Resumes("KiAcquireInterruptLock")
    Outcome lock(Processor processor, LockForIsr pending) {
        KInterrupt interrupt = new KInterrupt(processor.memory(), pending.interrupt);
        long routine = interrupt.serviceRoutine();
        if (!pending.contended) {
            shared.beforeIsr(processor, interrupt);
            if (machine.ended() != null) {
                return Outcome.stay();
            }
        }
        boolean acquired =
                locks.tryOnce(
                        processor,
                        interrupt.actualLock(),
                        LockKind.INTERRUPT_SPIN_LOCK,
                        InterruptVectors.irqlOf(pending.vector),
                        routine,
                        pending.firstTryNs,
                        pending.contended);
        if (machine.ended() != null) {
            return Outcome.stay();
        }
        if (!acquired) {
            return new Outcome.Spin(
                    processor.memory().physical(interrupt.actualLock()),
                    new LockForIsr(
                            pending.vector,
                            pending.interrupt,
                            pending.passes,
                            pending.passClaimed,
                            pending.claimed,
                            true,
                            pending.contended ? pending.firstTryNs : processor.clockNs));
        }
        if (!interrupt.isEnabled()) {
            return giveBack(processor, interrupt, pending);
        }
        interrupt.countService();
        machine.emit(processor, new Event.IsrStarted(pending.interrupt, routine, pending.vector));
        watch.isrStarts(processor);
        return new Outcome.Call(
                routine,
                new ReturnFromIsr(
                        pending.vector,
                        pending.interrupt,
                        pending.passes,
                        pending.passClaimed,
                        pending.claimed,
                        processor.clockNs),
                pending.interrupt,
                interrupt.serviceContext(),
                interrupt.messageIndex());
    }

    /**
     * IoDisconnectInterrupt or IoReportInterruptInactive was first: the routine must not be called
     * any more.
     */
    private Outcome giveBack(Processor processor, KInterrupt interrupt, LockForIsr pending) {
        locks.release(
                processor,
                interrupt.actualLock(),
                LockKind.INTERRUPT_SPIN_LOCK,
                InterruptVectors.irqlOf(pending.vector),
                interrupt.serviceRoutine());
        if (machine.ended() != null) {
            return Outcome.stay();
        }
        interrupt.leave();
        return new Outcome.Then(
                new AfterIsr(
                        pending.vector,
                        pending.interrupt,
                        pending.passes,
                        pending.passClaimed,
                        pending.claimed,
                        false));
    }

    @Resumes("KiCallInterruptServiceRoutine")
    Outcome returned(Processor processor, ReturnFromIsr pending, boolean claims) {
        KInterrupt interrupt = new KInterrupt(processor.memory(), pending.interrupt);
        long routine = interrupt.serviceRoutine();
        machine.emit(processor, new Event.IsrReturned(pending.interrupt, routine, claims));
        watch.isrReturned(processor, routine, pending.sinceNs);
        heldLocks.returned(processor, routine, pending.sinceNs);
        if (!returnedAtSameIrql(processor, interrupt)) {
            return Outcome.stay();
        }
        locks.release(
                processor,
                interrupt.actualLock(),
                LockKind.INTERRUPT_SPIN_LOCK,
                InterruptVectors.irqlOf(pending.vector),
                routine);
        if (machine.ended() != null) {
            return Outcome.stay();
        }
        interrupt.leave();
        return new Outcome.Then(
                new AfterIsr(
                        pending.vector,
                        pending.interrupt,
                        pending.passes,
                        pending.passClaimed || claims,
                        pending.claimed || claims,
                        claims));
    }

    /** Whether an ISR that is called at PASSIVE_LEVEL returned there; if not, the run is over. */
    boolean passiveReturned(Processor processor, KInterrupt interrupt) {
        heldLocks.returned(processor, interrupt.serviceRoutine(), HeldLocks.ANY_TIME);
        return returnedAtSameIrql(processor, interrupt);
    }

    /** Whether an ISR returned at the IRQL at which it was called; if not, the run is over. */
    private boolean returnedAtSameIrql(Processor processor, KInterrupt interrupt) {
        int expected = interrupt.synchronizeIrql();
        if (processor.irql() != expected) {
            returnedAtOtherIrql(processor, interrupt, expected);
            return false;
        }
        return true;
    }

    private void returnedAtOtherIrql(Processor processor, KInterrupt interrupt, int expected) {
        int irql = processor.irql();
        long routine = interrupt.serviceRoutine();
        rules.broken(
                processor,
                Violation.error(
                        "IrqlIsrReturn",
                        "111",
                        "the ISR was called at %s and returned at %s"
                                .formatted(Irql.name(expected), Irql.name(irql)),
                        Verifier.detected(0x111, routine, expected, irql)),
                routine);
        bugChecks.raise(
                processor,
                IRQL_UNEXPECTED_VALUE,
                (long) irql << 16 | (long) expected << 8 | AFTER_INTERRUPT,
                routine,
                interrupt.address(),
                0,
                routine);
    }

    @Resumes("KiScanInterruptObjectList")
    Outcome after(Processor processor, AfterIsr pending) {
        KInterrupt interrupt = new KInterrupt(processor.memory(), pending.interrupt);
        irqls.set(processor, InterruptVectors.irqlOf(pending.vector), interrupt.serviceRoutine());
        if (pending.lastClaimed && interrupt.mode() == KInterrupt.LEVEL_SENSITIVE) {
            return new Outcome.Then(new EndInterrupt(pending.vector, pending.claimed));
        }
        if (!interrupt.isConnected()) {
            return fromFirst(pending.vector, pending.passes, pending.passClaimed, pending.claimed);
        }
        long first = objects.firstOn(pending.vector);
        long next = KInterrupt.ofListEntry(interrupt.listEntry().flink());
        if (next != first) {
            return new Outcome.Then(
                    new BeginIsr(
                            pending.vector,
                            next,
                            pending.passes,
                            pending.passClaimed,
                            pending.claimed));
        }
        if (passesAgain(interrupt, pending.passes, pending.passClaimed)) {
            return new Outcome.Then(
                    new BeginIsr(
                            pending.vector, first, pending.passes + 1, false, pending.claimed));
        }
        return new Outcome.Then(new EndInterrupt(pending.vector, pending.claimed));
    }

    /** Whether a chain is passed over once more, after its last object. */
    boolean passesAgain(KInterrupt interrupt, int passes, boolean passClaimed) {
        return interrupt.mode() == KInterrupt.LATCHED
                && !interrupt.listEntry().isEmpty()
                && passClaimed
                && passes + 1 < passesMaximum;
    }

    @Resumes("KiEndInterrupt")
    Outcome end(Processor processor, EndInterrupt pending) {
        return isStorm(processor, pending.vector, pending.claimed)
                ? Outcome.stay()
                : end(processor, pending.vector);
    }

    @Resumes("KiSchedulePassiveIsr")
    Outcome schedule(Processor processor, SchedulePassiveIsr pending) {
        if (passive != null) {
            passive.schedule(processor, pending.vector);
        }
        return end(processor, pending.vector);
    }

    private Outcome end(Processor processor, int vector) {
        KPcr region = region(processor);
        region.setNestingLevel(Math.max(0, region.nestingLevel() - 1));
        processor.interruptUnit().endOfInterrupt();
        machine.emit(processor, new Event.InterruptCompleted(vector));
        return Outcome.done();
    }

    /** All ISRs were asked: counts it, and ends the run if it was one too many. */
    boolean isStorm(Processor processor, int vector, boolean claimed) {
        if (!claimed) {
            machine.emit(processor, new Event.InterruptUnclaimed(vector));
        }
        if (!storms.ended(processor, vector, claimed)) {
            return false;
        }
        storm(processor, vector);
        return true;
    }

    private void storm(Processor processor, int vector) {
        long first = objects.firstOn(vector);
        if (first == 0) {
            bugChecks.raise(processor, HARDWARE_INTERRUPT_STORM, 0, 0, 0, 1, processor.rip);
            return;
        }
        KInterrupt interrupt = new KInterrupt(processor.memory(), first);
        bugChecks.raise(
                processor,
                HARDWARE_INTERRUPT_STORM,
                interrupt.serviceRoutine(),
                interrupt.serviceContext(),
                first,
                interrupt.listEntry().isEmpty() ? 1 : 2,
                interrupt.serviceRoutine());
    }
}
