package dev.dirql.kernel.executive;

import dev.dirql.events.LockKind;
import dev.dirql.kernel.Irql;
import dev.dirql.kernel.KernelModel;
import dev.dirql.kernel.rules.Violation.Verifier;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.Pending;
import dev.dirql.kernel.services.PendingFrame;
import dev.dirql.kernel.services.Resumes;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.threads.Apcs;
import dev.dirql.kernel.threads.WaitLock;
import dev.dirql.kernel.threads.WaitLocks;
import dev.dirql.kernel.threads.Waits;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;

/** How resources are acquired. Source: WDK, the page of each routine. */
final class ResourceAcquisitionServices {
    private static final int WR_RESOURCE = 27;
    private static final int ALIGNMENT = 8;

    /** Time after which memory for a larger table of owners is asked for again. */
    private static final long NO_MEMORY_NS = 10_000_000;

    private final Machine machine;
    private final ServiceEngine engine;
    private final Waits waits;
    private final WaitLocks locks;
    private final Apcs apcs;
    private final AutoBoost boosts;
    private final ResourceRules rules;
    private final Resources resources;

    ResourceAcquisitionServices(KernelModel kernel, Resources resources) {
        machine = kernel.machine();
        engine = kernel.engine();
        waits = kernel.waits();
        locks = kernel.waitLocks();
        apcs = kernel.apcs();
        boosts = new AutoBoost(kernel.bugChecks());
        rules = new ResourceRules(kernel);
        this.resources = resources;
    }

    /** What an acquisition asks for. */
    enum Access {
        EXCLUSIVE,
        /** Behind those who wait for exclusive access, unless the thread is an owner. */
        SHARED,
        /** Before those who wait for exclusive access. */
        SHARED_STARVE_EXCLUSIVE,
        /** Behind those who wait for exclusive access. */
        SHARED_WAIT_FOR_EXCLUSIVE
    }

    /** The acquisition, tried again if there was no memory. */
    record AcquireResource(long resource, Access access, boolean mayWait, long sinceNs)
            implements Pending {}

    /** The thread waits; the second to fourth component are its node in a {@link WaitChain}. */
    record WaitForResource(
            long resource, long next, long thread, long granted, Access access, long sinceNs)
            implements Pending {}

    @Ddi(value = "ExAcquireResourceExclusiveLite", maximum = Irql.APC_LEVEL, rule = "IrqlExApcLte3")
    Outcome acquireExclusive(Processor processor, EResource resource, boolean wait) {
        return begin(processor, resource, Access.EXCLUSIVE, wait);
    }

    @Ddi(value = "ExAcquireResourceSharedLite", maximum = Irql.APC_LEVEL, rule = "IrqlExApcLte3")
    Outcome acquireShared(Processor processor, EResource resource, boolean wait) {
        return begin(processor, resource, Access.SHARED, wait);
    }

    @Ddi(value = "ExAcquireSharedStarveExclusive", maximum = Irql.APC_LEVEL, rule = "IrqlExApcLte3")
    Outcome acquireStarve(Processor processor, EResource resource, boolean wait) {
        return begin(processor, resource, Access.SHARED_STARVE_EXCLUSIVE, wait);
    }

    @Ddi(
            value = "ExAcquireSharedWaitForExclusive",
            maximum = Irql.APC_LEVEL,
            rule = "IrqlExApcLte3")
    Outcome acquireWaitForExclusive(Processor processor, EResource resource, boolean wait) {
        return begin(processor, resource, Access.SHARED_WAIT_FOR_EXCLUSIVE, wait);
    }

    /** Answers with what drivers should ignore: here, as acquisitions do. */
    @Ddi(value = "ExEnterCriticalRegionAndAcquireResourceExclusive", maximum = Irql.APC_LEVEL)
    Outcome enterAndAcquire(Processor processor, EResource resource) {
        processor.memory().probe(resource.address(), EResource.SIZE, true);
        apcs.enterCriticalRegion(processor);
        return begin(processor, resource, Access.EXCLUSIVE, true);
    }

    private Outcome begin(Processor processor, EResource resource, Access access, boolean wait) {
        processor.memory().probe(resource.address(), EResource.SIZE, true);
        boosts.acquires(processor, resource.address(), engine.caller(processor));
        if (machine.ended() != null) {
            return Outcome.stay();
        }
        if (!resources.isActive(processor.memory(), resource.address())) {
            rules.tell(
                    processor,
                    "LockNotInitialized",
                    "1002",
                    "the resource at 0x%x is acquired, and was not initialized"
                            .formatted(resource.address()),
                    Verifier.detected(0x1002, resource.address(), 0, 0));
        }
        if (resource.address() % ALIGNMENT != 0) {
            rules.tell(
                    processor,
                    "UnalignedResource",
                    "3D",
                    "the resource at 0x%x is not aligned".formatted(resource.address()),
                    Verifier.detected(0x3D, 0, 0, resource.address()));
        }
        rules.checkRegion(processor, resource, "acquired", 0x37);
        return machine.ended() != null
                ? Outcome.stay()
                : new Outcome.Then(
                        new AcquireResource(resource.address(), access, wait, processor.clockNs));
    }

    private boolean canHave(EResource resource, Access access, long entry) {
        if (resource.activeEntries() == 0) {
            return true;
        }
        if (resource.isOwnedExclusive()) {
            return entry != 0;
        }
        boolean writerWaits = resource.exclusiveWaiterCount() > 0;
        return switch (access) {
            case EXCLUSIVE -> false;
            case SHARED -> entry != 0 || !writerWaits;
            case SHARED_STARVE_EXCLUSIVE -> true;
            case SHARED_WAIT_FOR_EXCLUSIVE -> !writerWaits;
        };
    }

    @Resumes("ExpAcquireResource")
    Outcome acquire(Processor processor, AcquireResource pending) {
        long caller = engine.caller(processor);
        EResource resource = new EResource(processor.memory(), pending.resource);
        WaitLock lock = locks.at(processor, pending.resource, LockKind.RESOURCE);
        if (machine.ended() != null) {
            return Outcome.stay();
        }
        long entry = resource.entryOf(processor.thread);
        boolean can = canHave(resource, pending.access, entry);
        if (!can && !pending.mayWait) {
            locks.tryFailed(processor, lock, caller);
            return Outcome.of(false);
        }
        int owners = resource.activeEntries() + resource.sharedWaiterCount() + 1;
        if (entry == 0 && !resources.makeRoom(processor, resource, owners, caller)) {
            return new Outcome.Stall(processor.clockNs + NO_MEMORY_NS, pending);
        }
        if (!can) {
            return sleep(processor, resource, lock, pending, caller);
        }
        if (entry != 0) {
            resource.addCount(entry);
        } else {
            resource.setOwnedExclusive(pending.access == Access.EXCLUSIVE);
            resource.addOwner(processor.thread);
        }
        boolean shared = !resource.isOwnedExclusive();
        locks.acquired(processor, lock, processor.irql(), caller, pending.sinceNs, shared);
        return Outcome.of(true);
    }

    private Outcome sleep(
            Processor processor,
            EResource resource,
            WaitLock lock,
            AcquireResource pending,
            long caller) {
        locks.contended(processor, lock, caller);
        if (processor.irql() > Irql.APC_LEVEL) {
            return waits.switchAtRaisedIrql(processor, caller);
        }
        resource.countContention();
        long node = PendingFrame.fieldAddress(processor, 1);
        if (pending.access == Access.EXCLUSIVE) {
            resource.addExclusiveWaiters(1);
            resource.exclusiveWaiters().append(node);
        } else {
            resource.addSharedWaiters(1);
            resource.sharedWaiters().append(node);
        }
        return block(
                processor,
                new WaitForResource(
                        pending.resource, 0, processor.thread, 0, pending.access, pending.sinceNs),
                caller);
    }

    private Outcome block(Processor processor, WaitForResource wait, long caller) {
        waits.beginForLock(processor, wait.resource, LockKind.RESOURCE, WR_RESOURCE, caller);
        return machine.ended() != null ? Outcome.stay() : new Outcome.Block(wait);
    }

    @Resumes("ExpWaitForResource")
    Outcome waited(Processor processor, WaitForResource pending) {
        long caller = engine.caller(processor);
        if (pending.granted == 0) {
            // A special APC ran; the thread kept its place.
            return block(processor, pending, caller);
        }
        WaitLock lock = locks.at(processor, pending.resource, LockKind.RESOURCE);
        boolean shared = pending.access != Access.EXCLUSIVE;
        locks.acquired(processor, lock, processor.irql(), caller, pending.sinceNs, shared);
        return Outcome.of(true);
    }
}
