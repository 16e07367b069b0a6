package dev.dirql.kernel.executive;

import dev.dirql.events.LockKind;
import dev.dirql.kernel.Irql;
import dev.dirql.kernel.KernelModel;
import dev.dirql.kernel.irql.Irqls;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.rules.Violation;
import dev.dirql.kernel.rules.Violation.Verifier;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.Pending;
import dev.dirql.kernel.services.Resumes;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.threads.Apcs;
import dev.dirql.kernel.threads.WaitLock;
import dev.dirql.kernel.threads.WaitLocks;
import dev.dirql.kernel.threads.Waits;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;
import java.util.Locale;

/**
 * Fast mutexes and guarded mutexes, which differ in how they keep APCs from their owner: by the
 * IRQL, and by a guarded region. Source: WDK, "Fast Mutexes and Guarded Mutexes" and the page of
 * each routine.
 */
public final class FastMutexServices {
    private static final int WR_FAST_MUTEX = 34;
    private static final int WR_GUARDED_MUTEX = 35;

    private final Machine machine;
    private final ServiceEngine engine;
    private final Irqls irqls;
    private final Waits waits;
    private final WaitLocks locks;
    private final Apcs apcs;
    private final Rules rules;
    private final AutoBoost boosts;

    FastMutexServices(KernelModel kernel) {
        machine = kernel.machine();
        engine = kernel.engine();
        irqls = kernel.irqls();
        waits = kernel.waits();
        locks = kernel.waitLocks();
        apcs = kernel.apcs();
        rules = kernel.rules();
        boosts = new AutoBoost(kernel.bugChecks());
    }

    /**
     * The next try.
     *
     * @param waited whether this thread slept since the last try
     */
    record AcquireFastMutex(
            long mutex,
            LockKind kind,
            int irqlBefore,
            boolean keepsIrql,
            long sinceNs,
            boolean waited)
            implements Pending {}

    // ---- fast mutexes ----

    @Ddi(
            value = "ExAcquireFastMutex",
            maximum = Irql.APC_LEVEL,
            rule = "IrqlExApcLte1",
            verifier = 0x33)
    Outcome acquireFast(Processor processor, long mutex) {
        int before = irqls.set(processor, Irql.APC_LEVEL, engine.caller(processor));
        return new Outcome.Then(
                new AcquireFastMutex(
                        mutex, LockKind.FAST_MUTEX, before, true, processor.clockNs, false));
    }

    @Ddi(
            value = "ExTryToAcquireFastMutex",
            maximum = Irql.APC_LEVEL,
            rule = "IrqlExApcLte1",
            verifier = 0x33)
    boolean tryFast(Processor processor, FastMutex mutex) {
        long caller = engine.caller(processor);
        WaitLock lock = locks.at(processor, mutex.address(), LockKind.FAST_MUTEX);
        if (!isFree(processor, mutex, lock, caller)) {
            return false;
        }
        int before = irqls.set(processor, Irql.APC_LEVEL, caller);
        mutex.take(processor.thread);
        mutex.setOldIrql(before);
        locks.acquired(processor, lock, before, caller, processor.clockNs, false);
        return true;
    }

    @Ddi(
            value = "ExReleaseFastMutex",
            minimum = Irql.APC_LEVEL,
            maximum = Irql.APC_LEVEL,
            verifier = 0x34)
    Outcome releaseFast(Processor processor, FastMutex mutex) {
        int irql = mutex.oldIrql();
        release(processor, mutex, LockKind.FAST_MUTEX, irql);
        if (machine.ended() != null) {
            return Outcome.stay();
        }
        irqls.set(processor, irql, engine.caller(processor));
        return Outcome.done();
    }

    /** At APC_LEVEL, or in a critical region, as the remarks of its page say. */
    @Ddi(value = "ExAcquireFastMutexUnsafe", maximum = Irql.APC_LEVEL, verifier = 0x39)
    Outcome acquireFastUnsafe(Processor processor, FastMutex mutex) {
        checkUnsafe(processor, "ExAcquireFastMutexUnsafe", mutex.address(), 0x39);
        return acquireUnsafe(processor, mutex, LockKind.FAST_MUTEX);
    }

    @Ddi(value = "ExReleaseFastMutexUnsafe", maximum = Irql.APC_LEVEL, verifier = 0x3A)
    Outcome releaseFastUnsafe(Processor processor, FastMutex mutex) {
        checkUnsafe(processor, "ExReleaseFastMutexUnsafe", mutex.address(), 0x3A);
        return releaseUnsafe(processor, mutex, LockKind.FAST_MUTEX);
    }

    // ---- guarded mutexes ----

    @Ddi(value = "KeInitializeGuardedMutex", maximum = Irql.APC_LEVEL)
    void initializeGuarded(Processor processor, FastMutex mutex) {
        locks.initialized(processor, mutex.address(), engine.caller(processor));
        if (machine.ended() == null) {
            mutex.initialize();
        }
    }

    @Ddi(value = "KeAcquireGuardedMutex", maximum = Irql.APC_LEVEL, rule = "IrqlKeApcLte1")
    Outcome acquireGuarded(Processor processor, FastMutex mutex) {
        processor.memory().probe(mutex.address(), FastMutex.SIZE, true);
        boosts.acquires(processor, mutex.address(), engine.caller(processor));
        if (machine.ended() == null) {
            apcs.enterGuardedRegion(processor);
        }
        return acquireUnsafe(processor, mutex, LockKind.GUARDED_MUTEX);
    }

    @Ddi(value = "KeTryToAcquireGuardedMutex", maximum = Irql.APC_LEVEL, rule = "IrqlKeApcLte1")
    boolean tryGuarded(Processor processor, FastMutex mutex) {
        long caller = engine.caller(processor);
        WaitLock lock = locks.at(processor, mutex.address(), LockKind.GUARDED_MUTEX);
        boosts.acquires(processor, mutex.address(), caller);
        if (machine.ended() != null || !isFree(processor, mutex, lock, caller)) {
            return false;
        }
        apcs.enterGuardedRegion(processor);
        mutex.take(processor.thread);
        locks.acquired(processor, lock, processor.irql(), caller, processor.clockNs, false);
        return true;
    }

    @Ddi(value = "KeReleaseGuardedMutex", maximum = Irql.APC_LEVEL, rule = "IrqlKeApcLte1")
    Outcome releaseGuarded(Processor processor, FastMutex mutex) {
        release(processor, mutex, LockKind.GUARDED_MUTEX, processor.irql());
        if (machine.ended() != null) {
            return Outcome.stay();
        }
        apcs.leaveGuardedRegion(processor);
        return Outcome.done();
    }

    @Ddi(value = "KeAcquireGuardedMutexUnsafe", maximum = Irql.APC_LEVEL, rule = "IrqlKeApcLte1")
    Outcome acquireGuardedUnsafe(Processor processor, FastMutex mutex) {
        checkGuarded(processor, "KeAcquireGuardedMutexUnsafe", mutex.address());
        return acquireUnsafe(processor, mutex, LockKind.GUARDED_MUTEX);
    }

    @Ddi(value = "KeReleaseGuardedMutexUnsafe", maximum = Irql.APC_LEVEL, rule = "IrqlKeApcLte1")
    Outcome releaseGuardedUnsafe(Processor processor, FastMutex mutex) {
        checkGuarded(processor, "KeReleaseGuardedMutexUnsafe", mutex.address());
        return releaseUnsafe(processor, mutex, LockKind.GUARDED_MUTEX);
    }

    // ---- both ----

    /** Looks once, for a routine that does not wait. */
    private boolean isFree(Processor processor, FastMutex mutex, WaitLock lock, long caller) {
        checkIsInitialized(processor, mutex, lock, caller);
        if (machine.ended() == null && !mutex.isFree()) {
            locks.tryFailed(processor, lock, caller);
            processor.yieldToOthers();
        }
        return machine.ended() == null && mutex.isFree();
    }

    /** Who finds it held finds an owner, too. */
    private void checkIsInitialized(
            Processor processor, FastMutex mutex, WaitLock lock, long caller) {
        if (!mutex.isFree() && mutex.owner() == 0) {
            locks.notInitialized(processor, lock, caller);
        }
    }

    private Outcome acquireUnsafe(Processor processor, FastMutex mutex, LockKind kind) {
        return machine.ended() != null
                ? Outcome.stay()
                : new Outcome.Then(
                        new AcquireFastMutex(
                                mutex.address(),
                                kind,
                                processor.irql(),
                                false,
                                processor.clockNs,
                                false));
    }

    private Outcome releaseUnsafe(Processor processor, FastMutex mutex, LockKind kind) {
        if (machine.ended() == null) {
            release(processor, mutex, kind, processor.irql());
        }
        return machine.ended() != null ? Outcome.stay() : Outcome.done();
    }

    @Resumes("KiAcquireFastMutex")
    Outcome acquire(Processor processor, AcquireFastMutex pending) {
        long caller = engine.caller(processor);
        FastMutex mutex = new FastMutex(processor.memory(), pending.mutex);
        processor.memory().probe(pending.mutex, FastMutex.SIZE, true);
        WaitLock lock = locks.at(processor, pending.mutex, pending.kind);
        if (machine.ended() != null) {
            return Outcome.stay();
        }
        if (pending.waited) {
            if (waits.wasInterrupted(processor) && !waits.takeIfSignaled(mutex.event())) {
                return sleep(processor, mutex, pending, caller);
            }
            mutex.forgetWoken();
        }
        if (mutex.isFree()) {
            mutex.take(processor.thread);
            if (pending.keepsIrql) {
                mutex.setOldIrql(pending.irqlBefore);
            }
            locks.acquired(processor, lock, pending.irqlBefore, caller, pending.sinceNs, false);
            return Outcome.done();
        }
        if (!pending.waited) {
            checkIsInitialized(processor, mutex, lock, caller);
            if (machine.ended() != null) {
                return Outcome.stay();
            }
            locks.contended(processor, lock, caller);
        }
        if (processor.irql() > Irql.APC_LEVEL) {
            return waits.switchAtRaisedIrql(processor, caller);
        }
        mutex.addWaiter();
        return sleep(processor, mutex, pending, caller);
    }

    private Outcome sleep(
            Processor processor, FastMutex mutex, AcquireFastMutex pending, long caller) {
        waits.beginForLock(
                processor,
                mutex.event(),
                pending.mutex,
                pending.kind == LockKind.FAST_MUTEX ? WR_FAST_MUTEX : WR_GUARDED_MUTEX,
                caller);
        return machine.ended() != null
                ? Outcome.stay()
                : new Outcome.Block(
                        new AcquireFastMutex(
                                pending.mutex,
                                pending.kind,
                                pending.irqlBefore,
                                pending.keepsIrql,
                                pending.sinceNs,
                                true));
    }

    private void release(Processor processor, FastMutex mutex, LockKind kind, int irqlAfter) {
        long caller = engine.caller(processor);
        processor.memory().probe(mutex.address(), FastMutex.SIZE, true);
        WaitLock lock = locks.at(processor, mutex.address(), kind);
        long owner = mutex.owner();
        if (owner != processor.thread) {
            releasedByAnother(processor, lock, owner, caller);
            boosts.releasesUnowned(processor, mutex.address(), caller);
        }
        if (machine.ended() != null) {
            return;
        }
        locks.released(processor, lock, owner, irqlAfter, caller);
        if (mutex.free()) {
            waits.signal(processor, mutex.event(), caller);
        }
    }

    private void releasedByAnother(Processor processor, WaitLock lock, long owner, long caller) {
        boolean free = owner == 0;
        rules.broken(
                processor,
                Violation.error(
                        "MutexRelease",
                        free ? "1007" : "1004",
                        free
                                ? "%s is released, but nobody owns it".formatted(lock.name())
                                : "%s is released by thread 0x%x, but thread 0x%x acquired it"
                                        .formatted(lock.name(), processor.thread, owner),
                        free
                                ? Verifier.detected(0x1007, lock.address(), 0, 0)
                                : Verifier.detected(
                                        0x1004, lock.address(), owner, processor.thread)),
                caller);
    }

    /** Who does not raise the IRQL must keep APCs away by other means. */
    private void checkUnsafe(Processor processor, String routine, long mutex, int subcode) {
        if (processor.irql() < Irql.APC_LEVEL && !Apcs.areDisabled(processor)) {
            rules.broken(
                    processor,
                    Violation.error(
                            "UnsafeMutexWithApcs",
                            Integer.toHexString(subcode).toUpperCase(Locale.ROOT),
                            "%s is called at PASSIVE_LEVEL with APCs enabled".formatted(routine),
                            Verifier.detected(
                                    subcode,
                                    processor.irql(),
                                    Apcs.disableCounts(processor),
                                    mutex)),
                    engine.caller(processor));
        }
    }

    private void checkGuarded(Processor processor, String routine, long mutex) {
        if (!Apcs.areAllDisabled(processor)) {
            rules.broken(
                    processor,
                    Violation.error(
                            "UnsafeMutexWithApcs",
                            "",
                            "%s is called for 0x%x at PASSIVE_LEVEL outside of a guarded region"
                                    .formatted(routine, mutex),
                            Verifier.NONE),
                    engine.caller(processor));
        }
    }
}
