package dev.dirql.kernel.io;

import dev.dirql.events.Event;
import dev.dirql.events.LockKind;
import dev.dirql.kernel.Crash;
import dev.dirql.kernel.Irql;
import dev.dirql.kernel.irql.Irqls;
import dev.dirql.kernel.locks.InternalLocks;
import dev.dirql.kernel.locks.SpinLocks;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.Pending;
import dev.dirql.kernel.services.Resumes;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.structures.Irp;
import dev.dirql.machine.Processor;

/**
 * The system's cancel spin lock, and IoCancelIrp. Source: WDK, the page of each routine and "Using
 * the system's cancel spin lock".
 */
public final class CancelServices {
    /** The variable of the kernel that is the cancel spin lock. */
    public static final String LOCK = "IopCancelSpinLock";

    private static final int CANCEL_STATE_IN_COMPLETED_IRP = 0x48;
    private static final int DRIVER_RETURNED_HOLDING_CANCEL_LOCK = 0x11B;

    private final ServiceEngine engine;
    private final Irqls irqls;
    private final SpinLocks locks;
    private final InternalLocks internal;
    private final RoutineCalls calls;
    private final Crash crash;

    CancelServices(
            ServiceEngine engine,
            Irqls irqls,
            SpinLocks locks,
            InternalLocks internal,
            RoutineCalls calls,
            Crash crash) {
        this.engine = engine;
        this.irqls = irqls;
        this.locks = locks;
        this.internal = internal;
        this.calls = calls;
        this.crash = crash;
    }

    /** The IRQL is raised; now the lock. */
    record AcquireCancelLock(long result, int irqlBefore, boolean contended, long firstTryNs)
            implements Pending {}

    /** The lock is released; now the IRQL. */
    record LowerAfterCancelLock(int irql) implements Pending {}

    /** The IRQL is raised and the lock held: the packet is cancelled. */
    record CancelPacket(long irp, int irqlBefore) implements Pending {}

    /** The cancel routine of a packet runs. */
    record CancelRoutineReturned(long irp, long routine, int irqlBefore, int irqlAtEnd)
            implements Pending {}

    /** The packet has no cancel routine, and the lock is released. */
    record NotCancelled(int irqlBefore) implements Pending {}

    long lock() {
        return engine.table().address(LOCK);
    }

    // ---- the lock ----

    @Ddi(value = "IoAcquireCancelSpinLock", maximum = Irql.DISPATCH_LEVEL)
    Outcome acquire(Processor processor, long result) {
        processor.memory().probe(result, 1, true);
        int before = irqls.set(processor, Irql.DISPATCH_LEVEL, engine.caller(processor));
        return new Outcome.Then(new AcquireCancelLock(result, before, false, processor.clockNs));
    }

    @Resumes("IopAcquireCancelSpinLock")
    Outcome acquire(Processor processor, AcquireCancelLock pending) {
        processor.memory().probe(pending.result, 1, true);
        boolean acquired =
                locks.tryOnce(
                        processor,
                        lock(),
                        LockKind.SPIN_LOCK,
                        pending.irqlBefore,
                        engine.caller(processor),
                        pending.firstTryNs,
                        pending.contended);
        if (processor.machine().ended() != null) {
            return Outcome.stay();
        }
        if (acquired) {
            processor.memory().store8(pending.result, pending.irqlBefore);
            return Outcome.done();
        }
        return new Outcome.Spin(
                processor.memory().physical(lock()),
                new AcquireCancelLock(
                        pending.result,
                        pending.irqlBefore,
                        true,
                        pending.contended ? pending.firstTryNs : processor.clockNs));
    }

    @Ddi(
            value = "IoReleaseCancelSpinLock",
            minimum = Irql.DISPATCH_LEVEL,
            maximum = Irql.DISPATCH_LEVEL)
    Outcome release(Processor processor, byte newIrql) {
        int irql = newIrql & 15;
        locks.release(processor, lock(), LockKind.SPIN_LOCK, irql, engine.caller(processor));
        return processor.machine().ended() != null
                ? Outcome.stay()
                : new Outcome.Then(new LowerAfterCancelLock(irql));
    }

    @Resumes("IopReleaseCancelSpinLock")
    Outcome lower(Processor processor, LowerAfterCancelLock pending) {
        irqls.set(processor, pending.irql, engine.caller(processor));
        return Outcome.done();
    }

    /** A service that has raised the IRQL takes the lock and then goes on. */
    Outcome.Call acquiring(int irqlBefore, Pending next) {
        return internal.acquiring(lock(), irqlBefore, next);
    }

    /** A service gives the lock back and goes on, at another IRQL if it wants. */
    Outcome.Call releasing(int irqlAfter, Pending next) {
        return internal.releasing(lock(), irqlAfter, next);
    }

    // ---- cancelling ----

    @Ddi(value = "IoCancelIrp", maximum = Irql.DISPATCH_LEVEL)
    Outcome cancel(Processor processor, Irp irp) {
        processor.memory().probe(irp.address(), Irp.BYTES, true);
        int before = irqls.set(processor, Irql.DISPATCH_LEVEL, engine.caller(processor));
        return acquiring(before, new CancelPacket(irp.address(), before));
    }

    @Resumes("IopCancelIrp")
    Outcome cancelPacket(Processor processor, CancelPacket pending) {
        Irp irp = new Irp(processor.memory(), pending.irp);
        processor.memory().probe(pending.irp, Irp.BYTES, true);
        long routine = irp.cancelRoutine();
        processor
                .machine()
                .emit(
                        processor,
                        new Event.IrpCancelled(pending.irp, routine, engine.caller(processor)));
        irp.setCancel(true);
        if (routine == 0) {
            return releasing(pending.irqlBefore, new NotCancelled(pending.irqlBefore));
        }
        if (irp.currentLocation() > irp.stackCount() + 1) {
            crash.bugCheck(processor, CANCEL_STATE_IN_COMPLETED_IRP, pending.irp, routine, 0, 0);
            return Outcome.stay();
        }
        return routine(processor, irp, pending.irqlBefore, pending.irqlBefore);
    }

    @Resumes("IopCancelIrpReturn")
    Outcome notCancelled(Processor processor, NotCancelled pending) {
        irqls.set(processor, pending.irqlBefore, engine.caller(processor));
        return Outcome.of(false);
    }

    /**
     * Calls the cancel routine of a packet, which has one; the lock is held.
     *
     * @param irqlBefore to which the routine goes when it releases the lock
     * @param irqlAtEnd to which the service goes when the routine has returned
     */
    Outcome.Call routine(Processor processor, Irp irp, int irqlBefore, int irqlAtEnd) {
        long routine = irp.cancelRoutine();
        irp.setCancelRoutine(0);
        irp.setCancelIrql(irqlBefore);
        long device = irp.currentLocation() > irp.stackCount() ? 0 : irp.current().deviceObject();
        return new Outcome.Call(
                routine,
                new CancelRoutineReturned(irp.address(), routine, irqlBefore, irqlAtEnd),
                device,
                irp.address());
    }

    @Resumes("IopCallCancelRoutine")
    Outcome routineReturned(Processor processor, CancelRoutineReturned pending) {
        if (locks.isHeldBy(processor, lock(), LockKind.SPIN_LOCK)) {
            crash.bugCheckAt(
                    pending.routine,
                    processor,
                    DRIVER_RETURNED_HOLDING_CANCEL_LOCK,
                    pending.irp,
                    pending.routine,
                    0,
                    0);
            return Outcome.stay();
        }
        if (!calls.returned(processor, pending.routine, pending.irqlBefore)) {
            return Outcome.stay();
        }
        if (pending.irqlAtEnd != pending.irqlBefore) {
            irqls.set(processor, pending.irqlAtEnd, engine.caller(processor));
        }
        return Outcome.of(true);
    }
}
