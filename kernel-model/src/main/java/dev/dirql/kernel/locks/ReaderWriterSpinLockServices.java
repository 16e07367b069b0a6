package dev.dirql.kernel.locks;

import static dev.dirql.events.LockKind.EXCLUSIVE_SPIN_LOCK;
import static dev.dirql.events.LockKind.SHARED_SPIN_LOCK;

import dev.dirql.events.LockKind;
import dev.dirql.kernel.Irql;
import dev.dirql.kernel.irql.Irqls;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.Pending;
import dev.dirql.kernel.services.Resumes;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;

/** The routines on EX_SPIN_LOCK. Source: WDK, the page of each routine. */
public final class ReaderWriterSpinLockServices {
    private final Machine machine;
    private final ServiceEngine engine;
    private final Irqls irqls;
    private final ReaderWriterSpinLocks locks;

    public ReaderWriterSpinLockServices(
            Machine machine,
            ServiceEngine engine,
            Irqls irqls,
            LockTable table,
            Deadlocks deadlocks,
            Rules rules) {
        this.machine = machine;
        this.engine = engine;
        this.irqls = irqls;
        locks = new ReaderWriterSpinLocks(machine, table, deadlocks, rules);
    }

    /** The IRQL is raised; now the lock. */
    record AcquireReaderWriterSpinLock(
            long lock,
            LockKind kind,
            int irqlBefore,
            boolean contended,
            long firstTryNs,
            boolean claimed,
            boolean givesIrql)
            implements Pending {}

    @Ddi(value = "ExAcquireSpinLockExclusive", maximum = Irql.DISPATCH_LEVEL, verifier = 0x42)
    Outcome acquireExclusive(Processor processor, long lock) {
        return raiseAndAcquire(processor, lock, EXCLUSIVE_SPIN_LOCK);
    }

    @Ddi(value = "ExAcquireSpinLockShared", maximum = Irql.DISPATCH_LEVEL, verifier = 0x42)
    Outcome acquireShared(Processor processor, long lock) {
        return raiseAndAcquire(processor, lock, SHARED_SPIN_LOCK);
    }

    private Outcome raiseAndAcquire(Processor processor, long lock, LockKind kind) {
        // Called above that level, this lowers the IRQL, as mov cr8 in the routine does.
        int before = irqls.set(processor, Irql.DISPATCH_LEVEL, engine.caller(processor));
        return new Outcome.Then(
                new AcquireReaderWriterSpinLock(lock, kind, before, false, 0, false, true));
    }

    @Ddi(
            value = "ExAcquireSpinLockExclusiveAtDpcLevel",
            minimum = Irql.DISPATCH_LEVEL,
            verifier = 0x40)
    Outcome acquireExclusiveAtDpcLevel(Processor processor, long lock) {
        return acquireAtDpcLevel(processor, lock, EXCLUSIVE_SPIN_LOCK);
    }

    @Ddi(
            value = "ExAcquireSpinLockSharedAtDpcLevel",
            minimum = Irql.DISPATCH_LEVEL,
            verifier = 0x40)
    Outcome acquireSharedAtDpcLevel(Processor processor, long lock) {
        return acquireAtDpcLevel(processor, lock, SHARED_SPIN_LOCK);
    }

    private Outcome acquireAtDpcLevel(Processor processor, long lock, LockKind kind) {
        return acquire(
                processor,
                new AcquireReaderWriterSpinLock(
                        lock, kind, processor.irql(), false, 0, false, false));
    }

    @Resumes("ExpAcquireSpinLock")
    Outcome acquire(Processor processor, AcquireReaderWriterSpinLock pending) {
        ReaderWriterSpinLocks.Try next =
                locks.attempt(
                        processor,
                        new ReaderWriterSpinLocks.Try(
                                pending.lock,
                                pending.kind,
                                pending.irqlBefore,
                                pending.contended,
                                pending.firstTryNs,
                                pending.claimed),
                        engine.caller(processor));
        if (machine.hasEnded()) {
            return Outcome.stay();
        }
        if (next == null) {
            return new Outcome.Return(pending.givesIrql ? pending.irqlBefore : 0);
        }
        return new Outcome.Spin(
                processor.memory().physical(pending.lock),
                new AcquireReaderWriterSpinLock(
                        next.lock(),
                        next.kind(),
                        next.irqlBefore(),
                        true,
                        next.firstTryNs(),
                        next.claimed(),
                        pending.givesIrql));
    }

    @Ddi(
            value = "ExTryConvertSharedSpinLockExclusive",
            minimum = Irql.DISPATCH_LEVEL,
            maximum = Irql.DISPATCH_LEVEL)
    boolean tryToConvert(Processor processor, long lock) {
        boolean converted = locks.tryToConvert(processor, lock, engine.caller(processor));
        if (!converted) {
            processor.yieldToOthers();
        }
        return converted;
    }

    @Ddi(
            value = "ExReleaseSpinLockExclusive",
            minimum = Irql.DISPATCH_LEVEL,
            maximum = Irql.DISPATCH_LEVEL,
            verifier = 0x32)
    Outcome releaseExclusive(Processor processor, long lock, byte oldIrql) {
        return releaseAndLower(processor, lock, EXCLUSIVE_SPIN_LOCK, oldIrql);
    }

    @Ddi(
            value = "ExReleaseSpinLockShared",
            minimum = Irql.DISPATCH_LEVEL,
            maximum = Irql.DISPATCH_LEVEL,
            verifier = 0x32)
    Outcome releaseShared(Processor processor, long lock, byte oldIrql) {
        return releaseAndLower(processor, lock, SHARED_SPIN_LOCK, oldIrql);
    }

    private Outcome releaseAndLower(Processor processor, long lock, LockKind kind, byte oldIrql) {
        int irql = oldIrql & 15;
        locks.release(processor, lock, kind, irql, engine.caller(processor));
        return machine.hasEnded()
                ? Outcome.stay()
                : new Outcome.Then(new SpinLockServices.LowerAfterSpinLock(irql));
    }

    @Ddi(
            value = "ExReleaseSpinLockExclusiveFromDpcLevel",
            minimum = Irql.DISPATCH_LEVEL,
            verifier = 0x41)
    void releaseExclusiveFromDpcLevel(Processor processor, long lock) {
        locks.release(
                processor, lock, EXCLUSIVE_SPIN_LOCK, processor.irql(), engine.caller(processor));
    }

    @Ddi(
            value = "ExReleaseSpinLockSharedFromDpcLevel",
            minimum = Irql.DISPATCH_LEVEL,
            verifier = 0x41)
    void releaseSharedFromDpcLevel(Processor processor, long lock) {
        locks.release(
                processor, lock, SHARED_SPIN_LOCK, processor.irql(), engine.caller(processor));
    }
}
