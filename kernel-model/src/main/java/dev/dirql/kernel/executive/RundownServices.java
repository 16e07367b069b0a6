package dev.dirql.kernel.executive;

import dev.dirql.events.LockKind;
import dev.dirql.kernel.Irql;
import dev.dirql.kernel.KernelModel;
import dev.dirql.kernel.memory.Pool;
import dev.dirql.kernel.memory.PoolKind;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.rules.Violation;
import dev.dirql.kernel.rules.Violation.Verifier;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.Pending;
import dev.dirql.kernel.services.PendingFrame;
import dev.dirql.kernel.services.Resumes;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.threads.WaitLock;
import dev.dirql.kernel.threads.WaitLocks;
import dev.dirql.kernel.threads.Waits;
import dev.dirql.machine.GuestMemory;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;

/**
 * Rundown protection. Source: WDK, "Run-Down Protection" and the page of each routine.
 *
 * <p>An EX_RUNDOWN_REF counts twos. Bit 0 says that rundown began; then the rest is the address of
 * the count and the thread of who waits for its end, or 0 when nobody does. A cache-aware one has a
 * count for each processor, any of which may be negative, as who releases may run elsewhere.
 */
public final class RundownServices {
    private static final long ACTIVE = 1;
    private static final long ONE = 2;
    private static final int WR_RUNDOWN = 36;

    /** EX_RUNDOWN_REF_CACHE_AWARE: RunRefs, PoolToFree, RunRefSize, Number. */
    private static final int HEADER = 0x18;

    private static final int POOL_TO_FREE = 0x08;
    private static final int REFERENCE_SIZE = 0x10;
    private static final int NUMBER = 0x14;
    private static final int CACHE_LINE = 0x40;

    /** Bit of POOL_TYPE. */
    private static final int PAGED = 1;

    private final Machine machine;
    private final ServiceEngine engine;
    private final Pool pool;
    private final Waits waits;
    private final WaitLocks locks;
    private final Rules rules;

    RundownServices(KernelModel kernel, Pool pool) {
        machine = kernel.machine();
        engine = kernel.engine();
        this.pool = pool;
        waits = kernel.waits();
        locks = kernel.waitLocks();
        rules = kernel.rules();
    }

    /** The thread waits; the second and third component are what the references point to. */
    record WaitForRundown(long reference, long count, long thread) implements Pending {}

    // ---- one count ----

    @Ddi(value = "ExInitializeRundownProtection", maximum = Irql.APC_LEVEL)
    void initialize(Processor processor, long reference) {
        processor.memory().store64(reference, 0);
        locks.forget(processor, reference);
    }

    @Ddi(value = "ExReInitializeRundownProtection", maximum = Irql.APC_LEVEL)
    void reinitialize(Processor processor, long reference) {
        mustBeRunDown(processor, reference, "reinitialized");
        processor.memory().store64(reference, 0);
        locks.forget(processor, reference);
    }

    @Ddi(value = "ExAcquireRundownProtection", maximum = Irql.DISPATCH_LEVEL)
    boolean acquire(Processor processor, long reference) {
        return acquire(processor, reference, reference, 1);
    }

    @Ddi(value = "ExAcquireRundownProtectionEx", maximum = Irql.DISPATCH_LEVEL)
    boolean acquireEx(Processor processor, long reference, int count) {
        return acquire(processor, reference, reference, count);
    }

    @Ddi(value = "ExReleaseRundownProtection", maximum = Irql.DISPATCH_LEVEL)
    void release(Processor processor, long reference) {
        release(processor, reference, reference, 1, false);
    }

    @Ddi(value = "ExReleaseRundownProtectionEx", maximum = Irql.DISPATCH_LEVEL)
    void releaseEx(Processor processor, long reference, int count) {
        release(processor, reference, reference, count, false);
    }

    @Ddi(value = "ExWaitForRundownProtectionRelease", maximum = Irql.APC_LEVEL)
    Outcome await(Processor processor, long reference) {
        GuestMemory memory = processor.memory();
        memory.probe(reference, Long.BYTES, true);
        long word = memory.load64(reference);
        if ((word & ACTIVE) != 0 || word == 0) {
            memory.store64(reference, word | ACTIVE);
            return Outcome.done();
        }
        return new Outcome.Then(new WaitForRundown(reference, -1, 0));
    }

    @Ddi(value = "ExRundownCompleted", maximum = Irql.APC_LEVEL)
    void completed(Processor processor, long reference) {
        mustBeRunDown(processor, reference, "completed");
        processor.memory().store64(reference, ACTIVE);
    }

    private boolean acquire(Processor processor, long reference, long word, int count) {
        long caller = engine.caller(processor);
        long before = processor.memory().load64(word);
        WaitLock lock = locks.at(processor, reference, LockKind.RUNDOWN_PROTECTION);
        if ((before & ACTIVE) != 0) {
            locks.tryFailed(processor, lock, caller);
            return false;
        }
        processor.memory().store64(word, before + ONE * count);
        locks.acquired(processor, lock, processor.irql(), caller, processor.clockNs, true);
        return true;
    }

    private void release(
            Processor processor, long reference, long word, int count, boolean negative) {
        long caller = engine.caller(processor);
        GuestMemory memory = processor.memory();
        memory.probe(word, Long.BYTES, true);
        long before = memory.load64(word);
        long node = before & ~ACTIVE;
        boolean active = (before & ACTIVE) != 0;
        long held = active ? node == 0 ? 0 : memory.load64(node) : before / ONE;
        WaitLock lock = locks.at(processor, reference, LockKind.RUNDOWN_PROTECTION);
        if (held < count && !(negative && !active)) {
            rules.broken(
                    processor,
                    Violation.error(
                            "RundownRelease",
                            "",
                            "%s is released %d times, and was acquired %d times"
                                    .formatted(lock.name(), count, held),
                            Verifier.NONE),
                    caller);
            return;
        }
        locks.released(processor, lock, processor.thread, processor.irql(), caller);
        if (!active) {
            memory.store64(word, before - ONE * count);
            return;
        }
        memory.store64(node, held - count);
        if (held == count) {
            waits.end(processor, memory.load64(node + 8));
        }
    }

    private void mustBeRunDown(Processor processor, long reference, String what) {
        processor.memory().probe(reference, Long.BYTES, true);
        if (processor.memory().load64(reference) != ACTIVE) {
            rules.broken(
                    processor,
                    Violation.error(
                            "RundownNotDone",
                            "",
                            "the rundown protection at 0x%x is %s, and was not run down"
                                    .formatted(reference, what),
                            Verifier.NONE),
                    engine.caller(processor));
        }
    }

    /** First without, later with what the references point to. */
    @Resumes("ExfWaitForRundownProtectionRelease")
    Outcome waiting(Processor processor, WaitForRundown pending) {
        long caller = engine.caller(processor);
        GuestMemory memory = processor.memory();
        long node = PendingFrame.fieldAddress(processor, 1);
        long count = pending.count;
        if (pending.thread == 0) {
            count = memory.load64(pending.reference) / ONE;
            memory.store64(pending.reference, node | ACTIVE);
            if (count == 0) {
                // Whoever held it released it meanwhile.
                memory.store64(pending.reference, ACTIVE);
                return Outcome.done();
            }
        } else if (count == 0) {
            memory.store64(pending.reference, ACTIVE);
            return Outcome.done();
        }
        return sleep(
                processor, new WaitForRundown(pending.reference, count, processor.thread), caller);
    }

    private Outcome sleep(Processor processor, Pending wait, long caller) {
        if (processor.irql() > Irql.APC_LEVEL) {
            return waits.switchAtRaisedIrql(processor, caller);
        }
        long reference =
                wait instanceof WaitForRundown one
                        ? one.reference
                        : ((WaitForRundownCacheAware) wait).references;
        waits.beginForOthers(processor, reference, LockKind.RUNDOWN_PROTECTION, WR_RUNDOWN, caller);
        return new Outcome.Block(wait);
    }

    // ---- a count for each processor ----

    /** As {@link WaitForRundown}. */
    record WaitForRundownCacheAware(long references, long count, long thread) implements Pending {}

    private int cacheAwareSize() {
        return HEADER + CACHE_LINE * (machine.processorCount() + 1);
    }

    @Ddi(value = "ExSizeOfRundownProtectionCacheAware", maximum = Irql.APC_LEVEL)
    long sizeOfCacheAware(Processor processor) {
        return cacheAwareSize();
    }

    @Ddi(value = "ExInitializeRundownProtectionCacheAware", maximum = Irql.APC_LEVEL)
    void initializeCacheAware(Processor processor, long references, long size) {
        initializeCacheAware(processor, references, 0, size);
    }

    private void initializeCacheAware(
            Processor processor, long references, long poolToFree, long size) {
        GuestMemory memory = processor.memory();
        memory.probe(references, size, true);
        long first = (references + HEADER + CACHE_LINE - 1) & -CACHE_LINE;
        memory.store64(references, first);
        memory.store64(references + POOL_TO_FREE, poolToFree);
        memory.store32(references + REFERENCE_SIZE, CACHE_LINE);
        memory.store32(references + NUMBER, machine.processorCount());
        for (int i = 0; i < machine.processorCount(); i++) {
            memory.store64(first + (long) CACHE_LINE * i, 0);
        }
        locks.forget(processor, references);
    }

    @Ddi(value = "ExAllocateCacheAwareRundownProtection", maximum = Irql.APC_LEVEL)
    long allocateCacheAware(Processor processor, int poolType, int tag) {
        long references =
                pool.allocateForDriver(
                        processor,
                        (poolType & PAGED) != 0 ? PoolKind.PAGED : PoolKind.NONPAGED,
                        cacheAwareSize(),
                        16,
                        tag,
                        true,
                        engine.caller(processor));
        if (references != 0) {
            initializeCacheAware(processor, references, references, cacheAwareSize());
        }
        return references;
    }

    @Ddi(value = "ExFreeCacheAwareRundownProtection", maximum = Irql.APC_LEVEL)
    Outcome freeCacheAware(Processor processor, long references) {
        long block = processor.memory().load64(references + POOL_TO_FREE);
        pool.freeForDriver(processor, block, 0, engine.caller(processor));
        return machine.ended() != null ? Outcome.stay() : Outcome.done();
    }

    private static long word(Processor processor, long references, int number) {
        return processor.memory().load64(references) + (long) CACHE_LINE * number;
    }

    @Ddi(value = "ExAcquireRundownProtectionCacheAware", maximum = Irql.DISPATCH_LEVEL)
    boolean acquireCacheAware(Processor processor, long references) {
        return acquireCacheAwareEx(processor, references, 1);
    }

    @Ddi(value = "ExAcquireRundownProtectionCacheAwareEx", maximum = Irql.DISPATCH_LEVEL)
    boolean acquireCacheAwareEx(Processor processor, long references, int count) {
        long word = word(processor, references, processor.number());
        return acquire(processor, references, word, count);
    }

    @Ddi(value = "ExReleaseRundownProtectionCacheAware", maximum = Irql.DISPATCH_LEVEL)
    void releaseCacheAware(Processor processor, long references) {
        releaseCacheAwareEx(processor, references, 1);
    }

    @Ddi(value = "ExReleaseRundownProtectionCacheAwareEx", maximum = Irql.DISPATCH_LEVEL)
    void releaseCacheAwareEx(Processor processor, long references, int count) {
        long word = word(processor, references, processor.number());
        release(processor, references, word, count, true);
    }

    @Ddi(value = "ExWaitForRundownProtectionReleaseCacheAware", maximum = Irql.APC_LEVEL)
    Outcome awaitCacheAware(Processor processor, long references) {
        return isActive(processor, references)
                ? Outcome.done()
                : new Outcome.Then(new WaitForRundownCacheAware(references, -1, 0));
    }

    private static boolean isActive(Processor processor, long references) {
        return (processor.memory().load64(word(processor, references, 0)) & ACTIVE) != 0;
    }

    private void storeAll(Processor processor, long references, long value) {
        for (int i = 0; i < machine.processorCount(); i++) {
            processor.memory().store64(word(processor, references, i), value);
        }
    }

    @Resumes("ExfWaitForRundownProtectionReleaseCacheAware")
    Outcome waiting(Processor processor, WaitForRundownCacheAware pending) {
        long count = pending.count;
        if (pending.thread == 0) {
            count = 0;
            for (int i = 0; i < machine.processorCount(); i++) {
                count += processor.memory().load64(word(processor, pending.references, i)) / ONE;
            }
            long node = PendingFrame.fieldAddress(processor, 1);
            storeAll(processor, pending.references, count == 0 ? ACTIVE : node | ACTIVE);
        }
        if (count == 0) {
            storeAll(processor, pending.references, ACTIVE);
            return Outcome.done();
        }
        return sleep(
                processor,
                new WaitForRundownCacheAware(pending.references, count, processor.thread),
                engine.caller(processor));
    }

    @Ddi(value = "ExRundownCompletedCacheAware", maximum = Irql.APC_LEVEL)
    void completedCacheAware(Processor processor, long references) {
        mustBeRunDown(processor, word(processor, references, 0), "completed");
        storeAll(processor, references, ACTIVE);
    }

    @Ddi(value = "ExReInitializeRundownProtectionCacheAware", maximum = Irql.APC_LEVEL)
    void reinitializeCacheAware(Processor processor, long references) {
        mustBeRunDown(processor, word(processor, references, 0), "reinitialized");
        storeAll(processor, references, 0);
        locks.forget(processor, references);
    }
}
