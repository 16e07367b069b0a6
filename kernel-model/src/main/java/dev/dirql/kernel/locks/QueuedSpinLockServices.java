package dev.dirql.kernel.locks;

import dev.dirql.kernel.Irql;
import dev.dirql.kernel.irql.Irqls;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.Pending;
import dev.dirql.kernel.services.Resumes;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.structures.KLockQueueHandle;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;

/** In-stack queued spin locks. Source: WDK, the page of each routine. */
public final class QueuedSpinLockServices {
    private final Machine machine;
    private final ServiceEngine engine;
    private final Irqls irqls;
    private final QueuedSpinLocks locks;

    public QueuedSpinLockServices(
            Machine machine,
            ServiceEngine engine,
            Irqls irqls,
            LockTable table,
            Deadlocks deadlocks,
            Rules rules,
            LockUses uses) {
        this.machine = machine;
        this.engine = engine;
        this.irqls = irqls;
        locks = new QueuedSpinLocks(machine, table, deadlocks, rules, uses);
    }

    /** The IRQL is raised; now to the end of the queue. */
    record EnterLockQueue(long lock, long handle, int irqlBefore) implements Pending {}

    /** In the queue; now until the lock is handed over. */
    record AwaitQueuedSpinLock(long lock, long handle, int irqlBefore, long firstTryNs)
            implements Pending {}

    /** Nobody is behind the handle, but the lock says so; now until somebody is. */
    record AwaitLockQueue(long handle, int irql) implements Pending {}

    @Ddi(value = "KeAcquireInStackQueuedSpinLock", maximum = Irql.DISPATCH_LEVEL, verifier = 0x42)
    Outcome acquire(Processor processor, long lock, KLockQueueHandle handle) {
        return raiseAndAcquire(processor, lock, handle, Irql.DISPATCH_LEVEL);
    }

    /** For routines that may run as threaded DPCs: raises only from below DISPATCH_LEVEL. */
    @Ddi(
            value = "KeAcquireInStackQueuedSpinLockForDpc",
            maximum = Irql.DISPATCH_LEVEL,
            verifier = 0x42)
    Outcome acquireForDpc(Processor processor, long lock, KLockQueueHandle handle) {
        return raiseAndAcquire(processor, lock, handle, Irql.DISPATCH_LEVEL);
    }

    /** Reserved for the system: as KeAcquireInStackQueuedSpinLock, at SYNCH_LEVEL. */
    @Ddi(
            value = "KeAcquireInStackQueuedSpinLockRaiseToSynch",
            header = "ntifs.h",
            maximum = Irql.SYNCH_LEVEL)
    Outcome acquireRaiseToSynch(Processor processor, long lock, KLockQueueHandle handle) {
        return raiseAndAcquire(processor, lock, handle, Irql.SYNCH_LEVEL);
    }

    private Outcome raiseAndAcquire(
            Processor processor, long lock, KLockQueueHandle handle, int irql) {
        processor.memory().probe(handle.address(), KLockQueueHandle.BYTES, true);
        // Called above that level, this lowers the IRQL, as mov cr8 in the routine does.
        int before = irqls.set(processor, irql, engine.caller(processor));
        handle.setOldIrql(before);
        return new Outcome.Then(new EnterLockQueue(lock, handle.address(), before));
    }

    @Ddi(
            value = "KeAcquireInStackQueuedSpinLockAtDpcLevel",
            minimum = Irql.DISPATCH_LEVEL,
            verifier = 0x40)
    Outcome acquireAtDpcLevel(Processor processor, long lock, KLockQueueHandle handle) {
        return enter(processor, new EnterLockQueue(lock, handle.address(), processor.irql()));
    }

    @Resumes("KxAcquireQueuedSpinLock")
    Outcome enter(Processor processor, EnterLockQueue pending) {
        boolean acquired =
                locks.enter(
                        processor,
                        pending.lock,
                        pending.handle,
                        pending.irqlBefore,
                        engine.caller(processor));
        if (machine.hasEnded()) {
            return Outcome.stay();
        }
        return acquired
                ? Outcome.done()
                : spin(
                        processor,
                        new AwaitQueuedSpinLock(
                                pending.lock,
                                pending.handle,
                                pending.irqlBefore,
                                processor.clockNs));
    }

    @Resumes("KxWaitForLockOwnerShip")
    Outcome await(Processor processor, AwaitQueuedSpinLock pending) {
        boolean acquired =
                locks.isOwner(
                        processor,
                        pending.lock,
                        pending.handle,
                        pending.irqlBefore,
                        engine.caller(processor),
                        pending.firstTryNs);
        if (machine.hasEnded()) {
            return Outcome.stay();
        }
        return acquired ? Outcome.done() : spin(processor, pending);
    }

    private static Outcome spin(Processor processor, AwaitQueuedSpinLock pending) {
        long word = new KLockQueueHandle(processor.memory(), pending.handle).lockAddress();
        return new Outcome.Spin(processor.memory().physical(word), pending);
    }

    @Ddi(
            value = "KeReleaseInStackQueuedSpinLock",
            minimum = Irql.DISPATCH_LEVEL,
            maximum = Irql.DISPATCH_LEVEL,
            verifier = 0x32)
    Outcome release(Processor processor, KLockQueueHandle handle) {
        return release(processor, handle.address(), handle.oldIrql() & 15, false);
    }

    @Ddi(
            value = "KeReleaseInStackQueuedSpinLockForDpc",
            minimum = Irql.DISPATCH_LEVEL,
            maximum = Irql.DISPATCH_LEVEL,
            verifier = 0x32)
    Outcome releaseForDpc(Processor processor, KLockQueueHandle handle) {
        return release(processor, handle);
    }

    @Ddi(
            value = "KeReleaseInStackQueuedSpinLockFromDpcLevel",
            minimum = Irql.DISPATCH_LEVEL,
            verifier = 0x41)
    Outcome releaseFromDpcLevel(Processor processor, KLockQueueHandle handle) {
        return release(processor, handle.address(), processor.irql(), false);
    }

    @Resumes("KxWaitForLockChainValid")
    Outcome releaseAgain(Processor processor, AwaitLockQueue pending) {
        return release(processor, pending.handle, pending.irql, true);
    }

    private Outcome release(Processor processor, long handle, int irql, boolean again) {
        boolean released = locks.release(processor, handle, irql, engine.caller(processor), again);
        if (machine.hasEnded()) {
            return Outcome.stay();
        }
        if (!released) {
            return new Outcome.Spin(
                    processor.memory().physical(handle), new AwaitLockQueue(handle, irql));
        }
        return irql == processor.irql()
                ? Outcome.done()
                : new Outcome.Then(new SpinLockServices.LowerAfterSpinLock(irql));
    }
}
