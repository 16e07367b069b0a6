package dev.dirql.kernel.executive;

import dev.dirql.events.LockKind;
import dev.dirql.kernel.Irql;
import dev.dirql.kernel.KernelModel;
import dev.dirql.kernel.NtStatus;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.rules.Violation;
import dev.dirql.kernel.rules.Violation.Verifier;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.Pending;
import dev.dirql.kernel.services.Resumes;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.threads.WaitLock;
import dev.dirql.kernel.threads.WaitLocks;
import dev.dirql.kernel.threads.Waits;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;

/**
 * Remove locks; the names of the WDK's pages are macros for these exports. Source: WDK, "Using
 * Remove Locks" and the page of each routine. What a checked build of a driver appends for its own
 * debugging is not used.
 */
public final class RemoveLockServices {
    private static final int EXECUTIVE = 0;

    private final Machine machine;
    private final ServiceEngine engine;
    private final Waits waits;
    private final WaitLocks locks;
    private final Rules rules;

    RemoveLockServices(KernelModel kernel) {
        machine = kernel.machine();
        engine = kernel.engine();
        waits = kernel.waits();
        locks = kernel.waitLocks();
        rules = kernel.rules();
    }

    /** The thread waits for the last release. */
    record AwaitRemoveLock(long lock, long sinceNs) implements Pending {}

    @Ddi(value = "IoInitializeRemoveLockEx", maximum = Irql.PASSIVE_LEVEL)
    Outcome initialize(
            Processor processor,
            IoRemoveLock lock,
            int tag,
            int minutesMaximum,
            int highWatermark,
            int size) {
        processor.memory().probe(lock.address(), IoRemoveLock.SIZE, true);
        WaitLock known = locks.find(processor, lock.address());
        if (known != null && known.kind() == LockKind.REMOVE_LOCK) {
            rules.broken(
                    processor,
                    Violation.error(
                            "RemoveLockInitializedTwice",
                            "D7",
                            "the remove lock %s is initialized again".formatted(known.name()),
                            Verifier.detected(0xD7, lock.address(), lock.address(), 0)),
                    engine.caller(processor));
        }
        if (machine.ended() != null) {
            return Outcome.stay();
        }
        lock.initialize();
        locks.at(processor, lock.address(), LockKind.REMOVE_LOCK);
        locks.forget(processor, lock.address());
        return Outcome.done();
    }

    @Ddi(value = "IoAcquireRemoveLockEx", maximum = Irql.DISPATCH_LEVEL)
    int acquire(Processor processor, IoRemoveLock lock, long tag, long file, int line, int size) {
        long caller = engine.caller(processor);
        processor.memory().probe(lock.address(), IoRemoveLock.SIZE, true);
        WaitLock known = locks.at(processor, lock.address(), LockKind.REMOVE_LOCK);
        if (lock.isRemoved()) {
            locks.tryFailed(processor, known, caller);
            return NtStatus.DELETE_PENDING;
        }
        lock.setCount(lock.count() + 1);
        locks.acquired(processor, known, processor.irql(), caller, processor.clockNs, true, tag);
        return NtStatus.SUCCESS;
    }

    @Ddi(value = "IoReleaseRemoveLockEx", maximum = Irql.DISPATCH_LEVEL)
    Outcome release(Processor processor, IoRemoveLock lock, long tag, int size) {
        release(processor, lock, tag, 0xD5, "IoReleaseRemoveLock");
        return machine.ended() != null ? Outcome.stay() : Outcome.done();
    }

    private void release(
            Processor processor, IoRemoveLock lock, long tag, int subcode, String routine) {
        long caller = engine.caller(processor);
        processor.memory().probe(lock.address(), IoRemoveLock.SIZE, true);
        WaitLock known = locks.at(processor, lock.address(), LockKind.REMOVE_LOCK);
        checkTag(processor, known, tag, subcode, routine, caller);
        if (machine.ended() != null) {
            return;
        }
        locks.releasedWithTag(processor, known, tag, processor.irql(), caller);
        int count = lock.count() - 1;
        lock.setCount(count);
        if (count == 0) {
            waits.signal(processor, lock.event(), caller);
        }
    }

    /** WDK, "Bug Check 0xC4", subcodes 0xD5 and 0xD6. */
    private void checkTag(
            Processor processor,
            WaitLock lock,
            long tag,
            int subcode,
            String routine,
            long caller) {
        if (lock.holds().stream().anyMatch(hold -> hold.tag() == tag)) {
            return;
        }
        boolean none = lock.holds().isEmpty();
        long last = none ? 0 : lock.holds().getLast().tag();
        rules.broken(
                processor,
                Violation.error(
                        "RemoveLock",
                        subcode == 0xD5 ? "D5" : "D6",
                        none
                                ? "%s releases %s, which nobody holds"
                                        .formatted(routine, lock.name())
                                : "%s releases %s with the tag 0x%x, with which nobody acquired it"
                                        .formatted(routine, lock.name(), tag),
                        Verifier.detected(subcode, lock.address(), tag, last)),
                caller);
    }

    @Ddi(value = "IoReleaseRemoveLockAndWaitEx", maximum = Irql.PASSIVE_LEVEL)
    Outcome releaseAndWait(Processor processor, IoRemoveLock lock, long tag, int size) {
        processor.memory().probe(lock.address(), IoRemoveLock.SIZE, true);
        lock.setRemoved();
        release(processor, lock, tag, 0xD6, "IoReleaseRemoveLockAndWait");
        if (machine.ended() != null) {
            return Outcome.stay();
        }
        // The acquisition that stands for the device itself.
        lock.setCount(lock.count() - 1);
        return lock.count() <= 0
                ? Outcome.done()
                : new Outcome.Then(new AwaitRemoveLock(lock.address(), processor.clockNs));
    }

    @Resumes("IopWaitForRemoveLock")
    Outcome await(Processor processor, AwaitRemoveLock pending) {
        IoRemoveLock lock = new IoRemoveLock(processor.memory(), pending.lock);
        if (lock.count() <= 0) {
            return Outcome.done();
        }
        waits.beginForOthers(processor, lock.event(), EXECUTIVE, engine.caller(processor));
        return new Outcome.Block(pending);
    }
}
