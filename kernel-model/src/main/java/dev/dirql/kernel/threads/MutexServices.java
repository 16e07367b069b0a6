package dev.dirql.kernel.threads;

import dev.dirql.events.LockKind;
import dev.dirql.kernel.Irql;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.rules.Violation;
import dev.dirql.kernel.rules.Violation.Verifier;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.traps.Exceptions;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;

/** Mutex and semaphore objects. Source: WDK, the page of each routine. */
public final class MutexServices {
    private static final int STATUS_MUTANT_NOT_OWNED = 0xC000_0046;
    private static final int STATUS_SEMAPHORE_LIMIT_EXCEEDED = 0xC000_0047;
    private static final String UNCAUGHT = "the exception cannot be caught";

    private final Machine machine;
    private final ServiceEngine engine;
    private final Waits waits;
    private final AnnouncedWaits announced;
    private final WaitLocks locks;
    private final Apcs apcs;
    private final Exceptions exceptions;
    private final Rules rules;

    public MutexServices(
            Machine machine,
            ServiceEngine engine,
            Waits waits,
            AnnouncedWaits announced,
            WaitLocks locks,
            Apcs apcs,
            Exceptions exceptions,
            Rules rules) {
        this.machine = machine;
        this.engine = engine;
        this.waits = waits;
        this.announced = announced;
        this.locks = locks;
        this.apcs = apcs;
        this.exceptions = exceptions;
        this.rules = rules;
    }

    @Ddi("KeInitializeMutex")
    void initializeMutex(Processor processor, KMutant mutex, int level) {
        locks.initialized(processor, mutex.address(), engine.caller(processor));
        if (machine.ended() == null) {
            mutex.initialize();
        }
    }

    @Ddi(
            value = "KeReleaseMutex",
            maximum = Irql.DISPATCH_LEVEL,
            rule = "IrqlKeDispatchLte",
            state = Ddi.State.PARTIAL,
            missing = UNCAUGHT)
    Outcome releaseMutex(Processor processor, KMutant mutex, boolean wait) {
        long caller = engine.caller(processor);
        int irql = processor.irql();
        processor.memory().probe(mutex.address(), KMutant.SIZE, true);
        if (mutex.owner() != processor.thread
                || mutex.isAcquiredAtDispatchLevel() != Waits.isRaised(irql)) {
            exceptions.raised(processor, STATUS_MUTANT_NOT_OWNED);
            return Outcome.stay();
        }
        WaitLock lock = locks.at(processor, mutex.address(), LockKind.MUTEX);
        locks.released(processor, lock, processor.thread, irql, caller);
        int before = mutex.header().signalState();
        if (before == 0) {
            mutex.listEntry().remove();
            mutex.setOwner(0);
            apcs.leaveCriticalRegion(processor, mutex.apcDisable());
            waits.signal(processor, mutex.header(), caller);
        } else {
            mutex.header().setSignalState(before + 1);
        }
        if (machine.ended() != null) {
            return Outcome.stay();
        }
        announced.announce(processor, wait, irql, caller);
        return Outcome.of(before);
    }

    @Ddi(value = "KeReadStateMutex", maximum = Irql.DISPATCH_LEVEL)
    int readStateMutex(Processor processor, DispatcherHeader mutex) {
        return mutex.signalState();
    }

    @Ddi(value = "KeInitializeSemaphore", maximum = Irql.PASSIVE_LEVEL, rule = "IrqlKeDispatchLte")
    void initializeSemaphore(Processor processor, KSemaphore semaphore, int count, int limit) {
        if (count < 0 || limit <= 0 || count > limit) {
            rules.broken(
                    processor,
                    Violation.error(
                            "SemaphoreLimit",
                            "",
                            "a semaphore is initialized with count %d and limit %d"
                                    .formatted(count, limit),
                            Verifier.NONE),
                    engine.caller(processor));
        }
        semaphore.initialize(count, limit);
    }

    /** A count above the limit, or an adjustment that is not positive, raises an exception. */
    @Ddi(
            value = "KeReleaseSemaphore",
            maximum = Irql.DISPATCH_LEVEL,
            rule = "IrqlKeDispatchLte",
            state = Ddi.State.PARTIAL,
            missing = UNCAUGHT + "; " + Scheduler.NO_BOOST)
    Outcome releaseSemaphore(
            Processor processor,
            KSemaphore semaphore,
            int increment,
            int adjustment,
            boolean wait) {
        long caller = engine.caller(processor);
        int irql = processor.irql();
        processor.memory().probe(semaphore.address(), KSemaphore.SIZE, true);
        int before = semaphore.header().signalState();
        int after = before + adjustment;
        if (wait && irql > Irql.PASSIVE_LEVEL) {
            releaseAndWaitTooHigh(processor, irql, caller);
        }
        if (after > semaphore.limit() || after < before) {
            exceptions.raised(processor, STATUS_SEMAPHORE_LIMIT_EXCEEDED);
            return Outcome.stay();
        }
        waits.signal(processor, semaphore.header(), after, caller);
        if (machine.ended() != null) {
            return Outcome.stay();
        }
        announced.announce(processor, wait, irql, caller);
        return Outcome.of(before);
    }

    private void releaseAndWaitTooHigh(Processor processor, int irql, long caller) {
        rules.broken(
                processor,
                Violation.error(
                        "IrqlKeReleaseSemaphore",
                        "",
                        "KeReleaseSemaphore with Wait is called at %s, above PASSIVE_LEVEL"
                                .formatted(Irql.name(irql)),
                        Verifier.NONE),
                caller);
    }

    @Ddi("KeReadStateSemaphore")
    int readStateSemaphore(Processor processor, DispatcherHeader semaphore) {
        return semaphore.signalState();
    }
}
