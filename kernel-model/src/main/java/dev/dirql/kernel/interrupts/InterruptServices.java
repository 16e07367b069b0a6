package dev.dirql.kernel.interrupts;

import dev.dirql.events.Event;
import dev.dirql.events.LockKind;
import dev.dirql.kernel.Irql;
import dev.dirql.kernel.NtStatus;
import dev.dirql.kernel.irql.Irqls;
import dev.dirql.kernel.locks.SpinLocks;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.rules.Violation;
import dev.dirql.kernel.rules.Violation.Verifier;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.Pending;
import dev.dirql.kernel.services.Resumes;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.traps.BugChecks;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;

/** Routines on interrupt objects. Source: WDK, the page of each routine. */
public final class InterruptServices {
    private static final int IRQL_UNEXPECTED_VALUE = 0xC8;
    private static final int AFTER_CALLOUT = 2;
    private static final int PASSIVE_INTERRUPT_ERROR = 0x13B;
    private static final int LOCK_OF_PASSIVE_INTERRUPT = 1;
    private static final int NO_MESSAGE = -1;

    private final Machine machine;
    private final ServiceEngine engine;
    private final Irqls irqls;
    private final SpinLocks locks;
    private final InterruptObjects objects;
    private final Rules rules;
    private final BugChecks bugChecks;
    private final PassiveInterrupts passive;
    private final SharedInterruptLocks shared;

    public InterruptServices(
            Machine machine,
            ServiceEngine engine,
            Irqls irqls,
            SpinLocks locks,
            InterruptObjects objects,
            PassiveInterrupts passive,
            Rules rules,
            BugChecks bugChecks) {
        this.machine = machine;
        this.engine = engine;
        this.irqls = irqls;
        this.locks = locks;
        this.objects = objects;
        this.rules = rules;
        this.bugChecks = bugChecks;
        this.passive = passive;
        shared = new SharedInterruptLocks(objects, locks, rules);
    }

    /** What an interrupt lock is taken for. */
    enum Purpose {
        SYNCHRONIZE,
        HOLD,
        DISCONNECT
    }

    /** The IRQL is raised; now the lock. */
    record LockInterrupt(
            Purpose purpose,
            long interrupt,
            long routine,
            long context,
            int irqlBefore,
            boolean contended,
            long firstTryNs)
            implements Pending {}

    /** The SynchCritSection routine runs. */
    record ReturnFromSynchronize(long interrupt, long routine, long context, int irqlBefore)
            implements Pending {}

    /** Disconnected and released; now the IRQL, and the processors that came before. */
    record LowerAfterDisconnect(long interrupt, int irql) implements Pending {}

    /** Processors that wait for the lock for the ISR have to see that it is disconnected. */
    record WaitForIsrs(long interrupt) implements Pending {}

    /** The event of a passive-level interrupt is acquired. */
    record ExcludedPassiveIsr(Purpose purpose, long interrupt, long routine, long context)
            implements Pending {}

    /** The SynchCritSection routine runs at PASSIVE_LEVEL. */
    record ReturnFromPassiveSynchronize(long interrupt, long routine, long context, int irql)
            implements Pending {}

    /** The event is signaled again: the result of the SynchCritSection routine is left. */
    record ReturnResult(long result) implements Pending {}

    /** The lock is released; now the IRQL. */
    record LowerAfterInterrupt(int irql, long result) implements Pending {}

    @Ddi(value = "IoConnectInterrupt", maximum = Irql.PASSIVE_LEVEL, rule = "IrqlIoPassive2")
    int connect(
            Processor processor,
            long pointer,
            long routine,
            long context,
            long spinLock,
            int vector,
            byte irql,
            byte synchronizeIrql,
            int mode,
            boolean shareVector,
            long processorEnableMask,
            boolean floatingSave) {
        if (irql == Irql.PASSIVE_LEVEL) {
            // Only IoConnectInterruptEx connects ISRs that run there.
            return NtStatus.INVALID_PARAMETER;
        }
        int status =
                objects.connect(
                        processor,
                        pointer,
                        new InterruptObjects.Request(
                                routine,
                                context,
                                spinLock,
                                vector & 0xFF,
                                irql & 0xFF,
                                synchronizeIrql & 0xFF,
                                mode,
                                shareVector,
                                processorEnableMask,
                                floatingSave,
                                NO_MESSAGE));
        if (status == NtStatus.SUCCESS) {
            long interrupt = processor.memory().load64(pointer);
            shared.connected(
                    processor,
                    new KInterrupt(processor.memory(), interrupt),
                    engine.caller(processor));
        }
        return status;
    }

    /** Returns when the ISR does not run any more and will not be called again. */
    @Ddi(value = "IoDisconnectInterrupt", maximum = Irql.PASSIVE_LEVEL, rule = "IrqlIoPassive4")
    Outcome disconnect(Processor processor, KInterrupt interrupt) {
        return interrupt.isPassive()
                ? exclude(processor, interrupt, Purpose.DISCONNECT, 0, 0)
                : raise(processor, interrupt, Purpose.DISCONNECT, 0, 0);
    }

    @Ddi(value = "KeSynchronizeExecution")
    Outcome synchronize(Processor processor, KInterrupt interrupt, long routine, long context) {
        return interrupt.isPassive()
                ? exclude(processor, interrupt, Purpose.SYNCHRONIZE, routine, context)
                : raise(processor, interrupt, Purpose.SYNCHRONIZE, routine, context);
    }

    @Ddi(value = "KeAcquireInterruptSpinLock")
    Outcome acquire(Processor processor, KInterrupt interrupt) {
        return interrupt.isPassive()
                ? hasNoLock(processor, interrupt)
                : raise(processor, interrupt, Purpose.HOLD, 0, 0);
    }

    /** The one bug check that is documented for a passive-level interrupt and its lock. */
    private Outcome hasNoLock(Processor processor, KInterrupt interrupt) {
        bugChecks.raise(
                processor,
                PASSIVE_INTERRUPT_ERROR,
                LOCK_OF_PASSIVE_INTERRUPT,
                interrupt.address(),
                0,
                0,
                engine.caller(processor));
        return Outcome.stay();
    }

    /** Waits until the passive-level ISR does not run, and keeps it from running. */
    private Outcome exclude(
            Processor processor,
            KInterrupt interrupt,
            Purpose purpose,
            long routine,
            long context) {
        if (processor.irql() > interrupt.synchronizeIrql()) {
            tooHigh(processor, interrupt, engine.caller(processor));
            if (machine.ended() != null) {
                return Outcome.stay();
            }
        }
        return passive.await(
                interrupt.passiveEvent(),
                new ExcludedPassiveIsr(purpose, interrupt.address(), routine, context));
    }

    @Resumes("KiExcludedPassiveIsr")
    Outcome excluded(Processor processor, ExcludedPassiveIsr pending) {
        KInterrupt interrupt = new KInterrupt(processor.memory(), pending.interrupt);
        return switch (pending.purpose) {
            case HOLD -> throw new IllegalStateException("a passive-level interrupt has no lock");
            case DISCONNECT -> {
                objects.disconnect(processor, interrupt);
                yield passive.signal(interrupt.passiveEvent(), new WaitForIsrs(pending.interrupt));
            }
            case SYNCHRONIZE -> {
                machine.emit(
                        processor,
                        new Event.SynchronizeStarted(
                                pending.interrupt, pending.routine, engine.caller(processor)));
                yield new Outcome.Call(
                        pending.routine,
                        new ReturnFromPassiveSynchronize(
                                pending.interrupt,
                                pending.routine,
                                pending.context,
                                processor.irql()),
                        pending.context);
            }
        };
    }

    @Resumes("KiSynchronizePassiveExecution")
    Outcome passiveReturned(
            Processor processor, ReturnFromPassiveSynchronize pending, boolean result) {
        machine.emit(
                processor,
                new Event.SynchronizeReturned(pending.interrupt, pending.routine, result));
        if (processor.irql() != pending.irql) {
            returnedAtOtherIrql(processor, pending.routine, pending.context, pending.irql);
            return Outcome.stay();
        }
        return passive.signal(
                new KInterrupt(processor.memory(), pending.interrupt).passiveEvent(),
                new ReturnResult(result ? 1 : 0));
    }

    @Resumes
    Outcome resultReturned(Processor processor, ReturnResult pending) {
        return new Outcome.Return(pending.result);
    }

    private Outcome raise(
            Processor processor,
            KInterrupt interrupt,
            Purpose purpose,
            long routine,
            long context) {
        long caller = engine.caller(processor);
        int irql = interrupt.synchronizeIrql();
        if (processor.irql() > irql) {
            tooHigh(processor, interrupt, caller);
            if (machine.ended() != null) {
                return Outcome.stay();
            }
        }
        int before = irqls.set(processor, irql, caller);
        return new Outcome.Then(
                new LockInterrupt(
                        purpose,
                        interrupt.address(),
                        routine,
                        context,
                        before,
                        false,
                        processor.clockNs));
    }

    private void tooHigh(Processor processor, KInterrupt interrupt, long caller) {
        int irql = processor.irql();
        int allowed = interrupt.synchronizeIrql();
        rules.broken(
                processor,
                Violation.error(
                        "IrqlKeSynchronizeExecution",
                        "30",
                        "the interrupt lock of %s is asked for at %s, above its SynchronizeIrql %s"
                                .formatted(
                                        objects.name(interrupt.address()),
                                        Irql.name(irql),
                                        Irql.name(allowed)),
                        Verifier.detected(0x30, irql, allowed, 0)),
                caller);
    }

    @Resumes("KxAcquireInterruptLock")
    Outcome lock(Processor processor, LockInterrupt pending) {
        KInterrupt interrupt = new KInterrupt(processor.memory(), pending.interrupt);
        long caller = engine.caller(processor);
        boolean acquired =
                locks.tryOnce(
                        processor,
                        interrupt.actualLock(),
                        LockKind.INTERRUPT_SPIN_LOCK,
                        pending.irqlBefore,
                        caller,
                        pending.firstTryNs,
                        pending.contended);
        if (machine.ended() != null) {
            return Outcome.stay();
        }
        if (!acquired) {
            return new Outcome.Spin(
                    processor.memory().physical(interrupt.actualLock()),
                    new LockInterrupt(
                            pending.purpose,
                            pending.interrupt,
                            pending.routine,
                            pending.context,
                            pending.irqlBefore,
                            true,
                            pending.contended ? pending.firstTryNs : processor.clockNs));
        }
        return switch (pending.purpose) {
            case HOLD -> new Outcome.Return(pending.irqlBefore);
            case DISCONNECT -> {
                objects.disconnect(processor, interrupt);
                locks.release(
                        processor,
                        interrupt.actualLock(),
                        LockKind.INTERRUPT_SPIN_LOCK,
                        pending.irqlBefore,
                        caller);
                yield machine.ended() != null
                        ? Outcome.stay()
                        : new Outcome.Then(
                                new LowerAfterDisconnect(pending.interrupt, pending.irqlBefore));
            }
            case SYNCHRONIZE -> {
                machine.emit(
                        processor,
                        new Event.SynchronizeStarted(pending.interrupt, pending.routine, caller));
                yield new Outcome.Call(
                        pending.routine,
                        new ReturnFromSynchronize(
                                pending.interrupt,
                                pending.routine,
                                pending.context,
                                pending.irqlBefore),
                        pending.context);
            }
        };
    }

    @Resumes("IopLowerAfterDisconnect")
    Outcome lowerDisconnected(Processor processor, LowerAfterDisconnect pending) {
        irqls.set(processor, pending.irql, engine.caller(processor));
        return new Outcome.Then(new WaitForIsrs(pending.interrupt));
    }

    @Resumes("IopWaitForInterruptServiceRoutines")
    Outcome waitForIsrs(Processor processor, WaitForIsrs pending) {
        KInterrupt interrupt = new KInterrupt(processor.memory(), pending.interrupt);
        return interrupt.isInUse()
                ? new Outcome.Spin(processor.memory().physical(interrupt.activeCount()), pending)
                : Outcome.done();
    }

    @Resumes("KiSynchronizeExecution")
    Outcome synchronizeReturned(
            Processor processor, ReturnFromSynchronize pending, boolean result) {
        KInterrupt interrupt = new KInterrupt(processor.memory(), pending.interrupt);
        machine.emit(
                processor,
                new Event.SynchronizeReturned(pending.interrupt, pending.routine, result));
        int expected = interrupt.synchronizeIrql();
        if (processor.irql() != expected) {
            returnedAtOtherIrql(processor, pending.routine, pending.context, expected);
            return Outcome.stay();
        }
        return release(
                processor, interrupt, pending.irqlBefore, result ? 1 : 0, engine.caller(processor));
    }

    private void returnedAtOtherIrql(
            Processor processor, long routine, long context, int expected) {
        int irql = processor.irql();
        rules.broken(
                processor,
                Violation.error(
                        "IrqlSynchronizeReturn",
                        "",
                        "the SynchCritSection routine was called at %s and returned at %s"
                                .formatted(Irql.name(expected), Irql.name(irql)),
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
    }

    @Ddi(value = "KeReleaseInterruptSpinLock", minimum = Irql.DISPATCH_LEVEL)
    Outcome releaseLock(Processor processor, KInterrupt interrupt, byte oldIrql) {
        return interrupt.isPassive()
                ? hasNoLock(processor, interrupt)
                : release(processor, interrupt, oldIrql & 15, 0, engine.caller(processor));
    }

    private Outcome release(
            Processor processor, KInterrupt interrupt, int irql, long result, long caller) {
        locks.release(
                processor, interrupt.actualLock(), LockKind.INTERRUPT_SPIN_LOCK, irql, caller);
        return machine.ended() != null
                ? Outcome.stay()
                : new Outcome.Then(new LowerAfterInterrupt(irql, result));
    }

    @Resumes("KxReleaseInterruptLock")
    Outcome lower(Processor processor, LowerAfterInterrupt pending) {
        irqls.set(processor, pending.irql, engine.caller(processor));
        return new Outcome.Return(pending.result);
    }

    /** The interfaces and buses of a PC all lead to the one I/O APIC. */
    @Ddi(
            value = "HalGetInterruptVector",
            header = "ntddk.h",
            library = Ddi.Library.HAL,
            maximum = Irql.PASSIVE_LEVEL)
    int interruptVector(
            Processor processor,
            int interfaceType,
            int bus,
            int level,
            int busVector,
            long irqlPointer,
            long affinityPointer) {
        processor.memory().probe(irqlPointer, 1, true);
        processor.memory().probe(affinityPointer, 8, true);
        if (level < 0 || level >= InterruptVectors.LINES_MAXIMUM) {
            processor.memory().store8(irqlPointer, 0);
            processor.memory().store64(affinityPointer, 0);
            return 0;
        }
        int vector = InterruptVectors.ofLine(level);
        processor.memory().store8(irqlPointer, InterruptVectors.irqlOf(vector));
        processor
                .memory()
                .store64(affinityPointer, (1L << (machine.processorCount() - 1) << 1) - 1);
        return vector;
    }
}
