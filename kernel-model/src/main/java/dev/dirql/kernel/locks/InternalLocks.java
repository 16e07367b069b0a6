package dev.dirql.kernel.locks;

import dev.dirql.events.LockKind;
import dev.dirql.kernel.services.EntryPoint;
import dev.dirql.kernel.services.FrameShape;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.Pending;
import dev.dirql.kernel.services.Resumes;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;

/**
 * How a service takes and gives back a spin lock that it needs for its own work, as the cancel spin
 * lock or that of a device queue: each in a step of its own, between which other processors run and
 * interrupts come. The service raises the IRQL before, does its work between, and lowers it after.
 * The acquisition counts as one of the driver's code that called the service.
 */
public final class InternalLocks {
    private static final String ACQUIRE = "KxAcquireInternalSpinLock";
    private static final String RELEASE = "KxReleaseInternalSpinLock";

    private final Machine machine;
    private final ServiceEngine engine;
    private final SpinLocks locks;

    public InternalLocks(Machine machine, ServiceEngine engine, SpinLocks locks) {
        this.machine = machine;
        this.engine = engine;
        this.locks = locks;
    }

    /** The lock is not acquired yet. */
    record AcquireInternalLock(long lock, int irqlBefore, boolean contended, long firstTryNs)
            implements Pending {}

    /**
     * Acquires a lock; the step of {@code next} comes when it is held.
     *
     * @param irqlBefore IRQL when the service was called
     */
    public Outcome.Call acquiring(long lock, int irqlBefore, Pending next) {
        return new Outcome.Call(engine.table().address(ACQUIRE), next, lock, irqlBefore);
    }

    /**
     * Releases a lock and then does the step of {@code next}.
     *
     * @param irqlAfter IRQL to which the service will go
     */
    public Outcome.Call releasing(long lock, int irqlAfter, Pending next) {
        return new Outcome.Call(engine.table().address(RELEASE), next, lock, irqlAfter);
    }

    @EntryPoint(value = ACQUIRE, frame = FrameShape.RETURN_ADDRESS)
    Outcome acquire(Processor processor, long lock, int irqlBefore) {
        return tryOnce(processor, lock, irqlBefore, false, processor.clockNs);
    }

    @Resumes("KxWaitForInternalSpinLock")
    Outcome acquire(Processor processor, AcquireInternalLock pending) {
        return tryOnce(
                processor, pending.lock, pending.irqlBefore, pending.contended, pending.firstTryNs);
    }

    private Outcome tryOnce(
            Processor processor, long lock, int irqlBefore, boolean contended, long firstTryNs) {
        boolean acquired =
                locks.tryOnce(
                        processor,
                        lock,
                        LockKind.SPIN_LOCK,
                        irqlBefore,
                        engine.outermostCaller(processor),
                        firstTryNs,
                        contended);
        if (machine.hasEnded()) {
            return Outcome.stay();
        }
        return acquired
                ? Outcome.done()
                : new Outcome.Spin(
                        processor.memory().physical(lock),
                        new AcquireInternalLock(lock, irqlBefore, true, firstTryNs));
    }

    @EntryPoint(value = RELEASE, frame = FrameShape.RETURN_ADDRESS)
    void release(Processor processor, long lock, int irqlAfter) {
        locks.release(
                processor, lock, LockKind.SPIN_LOCK, irqlAfter, engine.outermostCaller(processor));
    }
}
