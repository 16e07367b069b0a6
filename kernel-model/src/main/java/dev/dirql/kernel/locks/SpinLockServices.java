package dev.dirql.kernel.locks;

import dev.dirql.events.LockKind;
import dev.dirql.kernel.Irql;
import dev.dirql.kernel.irql.Irqls;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.Pending;
import dev.dirql.kernel.services.Resumes;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;

/** The Ke… routines on KSPIN_LOCK. Source: WDK, the page of each routine. */
public final class SpinLockServices {
    private final Machine machine;
    private final ServiceEngine engine;
    private final Irqls irqls;
    private final SpinLocks locks;

    public SpinLockServices(Machine machine, ServiceEngine engine, Irqls irqls, SpinLocks locks) {
        this.machine = machine;
        this.engine = engine;
        this.irqls = irqls;
        this.locks = locks;
    }

    /** The IRQL is raised; now the lock. */
    record AcquireSpinLock(
            long lock, int irqlBefore, boolean givesIrql, boolean contended, long firstTryNs)
            implements Pending {}

    /** The lock is released; now the IRQL. */
    record LowerAfterSpinLock(int irql) implements Pending {}

    @Ddi("KeInitializeSpinLock")
    void initialize(Processor processor, long lock) {
        locks.initialize(processor, lock, engine.caller(processor));
    }

    @Ddi(
            value = "KeAcquireSpinLockRaiseToDpc",
            maximum = Irql.DISPATCH_LEVEL,
            rule = "IrqlKeDispatchLte",
            verifier = 0x42)
    Outcome acquireRaiseToDpc(Processor processor, long lock) {
        return raiseAndAcquire(processor, lock, Irql.DISPATCH_LEVEL);
    }

    /** Reserved for the system: as KeAcquireSpinLockRaiseToDpc, at SYNCH_LEVEL. */
    @Ddi(value = "KeAcquireSpinLockRaiseToSynch", header = "ntifs.h", maximum = Irql.SYNCH_LEVEL)
    Outcome acquireRaiseToSynch(Processor processor, long lock) {
        return raiseAndAcquire(processor, lock, Irql.SYNCH_LEVEL);
    }

    private Outcome raiseAndAcquire(Processor processor, long lock, int irql) {
        // Called above that level, this lowers the IRQL, as mov cr8 in the routine does.
        int before = irqls.set(processor, irql, engine.caller(processor));
        return new Outcome.Then(new AcquireSpinLock(lock, before, true, false, processor.clockNs));
    }

    @Ddi(
            value = "KeAcquireSpinLockAtDpcLevel",
            minimum = Irql.DISPATCH_LEVEL,
            rule = "IrqlDispatch",
            verifier = 0x40)
    Outcome acquireAtDpcLevel(Processor processor, long lock) {
        return acquire(
                processor,
                new AcquireSpinLock(lock, processor.irql(), false, false, processor.clockNs));
    }

    /** For routines that may run as threaded DPCs: raises only from below DISPATCH_LEVEL. */
    @Ddi(
            value = "KeAcquireSpinLockForDpc",
            maximum = Irql.DISPATCH_LEVEL,
            rule = "IrqlKeDispatchLte",
            verifier = 0x42)
    Outcome acquireForDpc(Processor processor, long lock) {
        return raiseAndAcquire(processor, lock, Irql.DISPATCH_LEVEL);
    }

    @Resumes("KxWaitForSpinLockAndAcquire")
    Outcome acquire(Processor processor, AcquireSpinLock pending) {
        boolean acquired =
                locks.tryOnce(
                        processor,
                        pending.lock,
                        LockKind.SPIN_LOCK,
                        pending.irqlBefore,
                        engine.caller(processor),
                        pending.firstTryNs,
                        pending.contended);
        if (machine.hasEnded()) {
            return Outcome.stay();
        }
        if (acquired) {
            return new Outcome.Return(pending.givesIrql ? pending.irqlBefore : 0);
        }
        return new Outcome.Spin(
                processor.memory().physical(pending.lock),
                new AcquireSpinLock(
                        pending.lock,
                        pending.irqlBefore,
                        pending.givesIrql,
                        true,
                        pending.contended ? pending.firstTryNs : processor.clockNs));
    }

    @Ddi(
            value = "KeTryToAcquireSpinLockAtDpcLevel",
            minimum = Irql.DISPATCH_LEVEL,
            rule = "IrqlDispatch",
            verifier = 0x40)
    boolean tryToAcquireAtDpcLevel(Processor processor, long lock) {
        boolean acquired =
                locks.tryOnly(processor, lock, processor.irql(), engine.caller(processor));
        if (!acquired) {
            processor.yieldToOthers();
        }
        return acquired;
    }

    @Ddi("KeTestSpinLock")
    boolean test(Processor processor, long lock) {
        boolean free = !SpinLocks.isHeld(processor, lock);
        if (!free) {
            processor.yieldToOthers();
        }
        return free;
    }

    @Ddi(
            value = "KeReleaseSpinLock",
            minimum = Irql.DISPATCH_LEVEL,
            maximum = Irql.DISPATCH_LEVEL,
            rule = "IrqlKeReleaseSpinLock",
            verifier = 0x32)
    Outcome release(Processor processor, long lock, byte newIrql) {
        int irql = newIrql & 15;
        locks.release(processor, lock, LockKind.SPIN_LOCK, irql, engine.caller(processor));
        return machine.hasEnded() ? Outcome.stay() : new Outcome.Then(new LowerAfterSpinLock(irql));
    }

    @Ddi(
            value = "KeReleaseSpinLockFromDpcLevel",
            minimum = Irql.DISPATCH_LEVEL,
            rule = "IrqlDispatch",
            verifier = 0x41)
    void releaseFromDpcLevel(Processor processor, long lock) {
        locks.release(
                processor, lock, LockKind.SPIN_LOCK, processor.irql(), engine.caller(processor));
    }

    @Ddi(
            value = "KeReleaseSpinLockForDpc",
            minimum = Irql.DISPATCH_LEVEL,
            maximum = Irql.DISPATCH_LEVEL,
            rule = "IrqlKeReleaseSpinLock",
            verifier = 0x32)
    Outcome releaseForDpc(Processor processor, long lock, byte oldIrql) {
        return release(processor, lock, oldIrql);
    }

    @Resumes("KxReleaseSpinLock")
    Outcome lower(Processor processor, LowerAfterSpinLock pending) {
        irqls.set(processor, pending.irql, engine.caller(processor));
        return Outcome.done();
    }
}
