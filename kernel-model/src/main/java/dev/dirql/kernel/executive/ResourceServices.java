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
import dev.dirql.kernel.services.PendingFrame;
import dev.dirql.kernel.services.Resumes;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.threads.Apcs;
import dev.dirql.kernel.threads.KernelThread;
import dev.dirql.kernel.threads.Scheduler;
import dev.dirql.kernel.threads.WaitLock;
import dev.dirql.kernel.threads.WaitLocks;
import dev.dirql.kernel.threads.Waits;
import dev.dirql.kernel.traps.BugChecks;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;

/** ERESOURCE routines. Source: WDK, "Introduction to ERESOURCE Routines" and each page. */
public final class ResourceServices {
    private static final int RESOURCE_NOT_OWNED = 0xE3;
    private static final int RESOURCE_OWNER_POINTER_INVALID = 0x132;
    private static final int ERESOURCE_INVALID_RELEASE = 0x16E;
    private static final int WR_RESOURCE = 27;
    private static final int OWNER_POINTER = 3;
    private static final int ALIGNMENT = 8;

    /** Time after which memory for a larger table of owners is asked for again. */
    private static final long NO_MEMORY_NS = 10_000_000;

    private final Machine machine;
    private final ServiceEngine engine;
    private final Scheduler scheduler;
    private final Waits waits;
    private final WaitLocks locks;
    private final Apcs apcs;
    private final Rules rules;
    private final BugChecks bugChecks;
    private final AutoBoost boosts;
    private final Resources resources;

    ResourceServices(KernelModel kernel, Resources resources) {
        machine = kernel.machine();
        engine = kernel.engine();
        scheduler = kernel.scheduler();
        waits = kernel.waits();
        locks = kernel.waitLocks();
        apcs = kernel.apcs();
        rules = kernel.rules();
        bugChecks = kernel.bugChecks();
        boosts = new AutoBoost(bugChecks);
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

    // ---- making and deleting ----

    @Ddi(value = "ExInitializeResourceLite", maximum = Irql.DISPATCH_LEVEL)
    Outcome initialize(Processor processor, EResource resource) {
        processor.memory().probe(resource.address(), EResource.SIZE, true);
        if (resources.isActive(processor.memory(), resource.address())) {
            tell(
                    processor,
                    "ResourceInitializedTwice",
                    "D0",
                    "the resource at 0x%x is initialized, and was not deleted"
                            .formatted(resource.address()),
                    Verifier.detected(0xD0, resource.address(), 0, 0));
            if (machine.ended() != null) {
                return Outcome.stay();
            }
            resource.listEntry().remove();
        }
        resource.initialize();
        resources.add(processor.memory(), resource);
        locks.forget(processor, resource.address());
        return Outcome.of(NtStatus.SUCCESS);
    }

    @Ddi(value = "ExReinitializeResourceLite", maximum = Irql.DISPATCH_LEVEL)
    Outcome reinitialize(Processor processor, EResource resource) {
        if (!isActive(processor, resource, "reinitialized")) {
            return Outcome.stay();
        }
        resources.remove(processor, resource, engine.caller(processor));
        resource.initialize();
        resources.add(processor.memory(), resource);
        locks.forget(processor, resource.address());
        return Outcome.of(NtStatus.SUCCESS);
    }

    @Ddi(value = "ExDeleteResourceLite", maximum = Irql.APC_LEVEL, rule = "IrqlExApcLte3")
    Outcome delete(Processor processor, EResource resource) {
        if (!isActive(processor, resource, "deleted")) {
            return machine.ended() != null ? Outcome.stay() : Outcome.of(NtStatus.SUCCESS);
        }
        WaitLock lock = locks.find(processor, resource.address());
        if (lock != null && !lock.holds().isEmpty()) {
            long owner = lock.holds().getFirst().thread();
            tell(
                    processor,
                    "LockFreedWhileHeld",
                    "100B",
                    "the resource at 0x%x is deleted, and thread 0x%x owns it"
                            .formatted(resource.address(), owner),
                    Verifier.detected(0x100B, resource.address(), owner, 0));
            if (machine.ended() != null) {
                return Outcome.stay();
            }
        }
        resources.remove(processor, resource, engine.caller(processor));
        locks.forget(processor, resource.address());
        return Outcome.of(NtStatus.SUCCESS);
    }

    private boolean isActive(Processor processor, EResource resource, String what) {
        processor.memory().probe(resource.address(), EResource.SIZE, true);
        if (resources.isActive(processor.memory(), resource.address())) {
            return true;
        }
        tell(
                processor,
                "ResourceNotInitialized",
                "D1",
                "the resource at 0x%x is %s, and was not initialized"
                        .formatted(resource.address(), what),
                Verifier.detected(0xD1, resource.address(), 0, 0));
        return false;
    }

    // ---- acquiring ----

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
            tell(
                    processor,
                    "LockNotInitialized",
                    "1002",
                    "the resource at 0x%x is acquired, and was not initialized"
                            .formatted(resource.address()),
                    Verifier.detected(0x1002, resource.address(), 0, 0));
        }
        if (resource.address() % ALIGNMENT != 0) {
            tell(
                    processor,
                    "UnalignedResource",
                    "3D",
                    "the resource at 0x%x is not aligned".formatted(resource.address()),
                    Verifier.detected(0x3D, 0, 0, resource.address()));
        }
        checkRegion(processor, resource, "acquired", 0x37);
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

    // ---- releasing ----

    @Ddi(value = "ExReleaseResourceLite", maximum = Irql.DISPATCH_LEVEL)
    Outcome release(Processor processor, EResource resource) {
        return release(processor, resource, processor.thread) ? Outcome.done() : Outcome.stay();
    }

    @Ddi(value = "ExReleaseResourceForThreadLite", maximum = Irql.DISPATCH_LEVEL)
    Outcome releaseForThread(Processor processor, EResource resource, long owner) {
        if (owner != processor.thread && (owner & OWNER_POINTER) != OWNER_POINTER) {
            bugChecks.raise(
                    processor,
                    ERESOURCE_INVALID_RELEASE,
                    resource.address(),
                    processor.thread,
                    owner,
                    0,
                    engine.caller(processor));
            return Outcome.stay();
        }
        return release(processor, resource, owner) ? Outcome.done() : Outcome.stay();
    }

    @Ddi(value = "ExReleaseResourceAndLeaveCriticalRegion", maximum = Irql.APC_LEVEL)
    Outcome releaseAndLeave(Processor processor, EResource resource) {
        if (!release(processor, resource, processor.thread)) {
            return Outcome.stay();
        }
        apcs.leaveCriticalRegion(processor, 1);
        return Outcome.done();
    }

    private boolean release(Processor processor, EResource resource, long owner) {
        long caller = engine.caller(processor);
        processor.memory().probe(resource.address(), EResource.SIZE, true);
        checkRegion(processor, resource, "released", 0x38);
        long entry = resource.entryOf(owner);
        if (entry == 0) {
            tell(
                    processor,
                    "ExclusiveResourceAccess",
                    "",
                    "the resource at 0x%x is released by thread 0x%x, which does not own it"
                            .formatted(resource.address(), owner),
                    Verifier.NONE);
            bugChecks.raise(
                    processor,
                    RESOURCE_NOT_OWNED,
                    resource.address(),
                    owner,
                    resource.ownerTable(),
                    0,
                    caller);
        }
        if (machine.ended() != null) {
            return false;
        }
        WaitLock lock = locks.at(processor, resource.address(), LockKind.RESOURCE);
        locks.released(processor, lock, owner, processor.irql(), caller);
        resource.removeCount(entry);
        if (resource.activeEntries() == 0) {
            boolean exclusive = resource.isOwnedExclusive();
            resource.setOwnedExclusive(false);
            // After a writer the readers come, after readers a writer.
            resources.pass(processor, resource, exclusive);
        }
        return machine.ended() == null;
    }

    @Ddi(value = "ExConvertExclusiveToSharedLite", maximum = Irql.APC_LEVEL, rule = "IrqlExApcLte3")
    Outcome convert(Processor processor, EResource resource) {
        processor.memory().probe(resource.address(), EResource.SIZE, true);
        if (!resource.isOwnedExclusive() || resource.entryOf(processor.thread) == 0) {
            tell(
                    processor,
                    "ExclusiveResourceAccess",
                    "",
                    "the resource at 0x%x is converted by thread 0x%x, which has no exclusive access"
                            .formatted(resource.address(), processor.thread),
                    Verifier.NONE);
            return machine.ended() != null ? Outcome.stay() : Outcome.done();
        }
        WaitLock lock = locks.at(processor, resource.address(), LockKind.RESOURCE);
        locks.share(lock, processor.thread);
        resource.setOwnedExclusive(false);
        resources.passShared(processor, resource);
        return Outcome.done();
    }

    @Ddi(value = "ExSetResourceOwnerPointer", maximum = Irql.DISPATCH_LEVEL)
    Outcome setOwnerPointer(Processor processor, EResource resource, long owner) {
        return setOwnerPointerEx(processor, resource, owner, 0);
    }

    @Ddi(value = "ExSetResourceOwnerPointerEx", maximum = Irql.DISPATCH_LEVEL)
    Outcome setOwnerPointerEx(Processor processor, EResource resource, long owner, int flags) {
        long caller = engine.caller(processor);
        processor.memory().probe(resource.address(), EResource.SIZE, true);
        long entry = resource.entryOf(processor.thread);
        if ((owner & OWNER_POINTER) != OWNER_POINTER) {
            bugChecks.raise(
                    processor,
                    RESOURCE_OWNER_POINTER_INVALID,
                    resource.address(),
                    resource.ownerTable(),
                    processor.thread,
                    owner,
                    caller);
        } else if (entry == 0) {
            bugChecks.raise(
                    processor,
                    RESOURCE_NOT_OWNED,
                    resource.address(),
                    processor.thread,
                    resource.ownerTable(),
                    0,
                    caller);
        }
        if (machine.ended() != null) {
            return Outcome.stay();
        }
        resource.setOwner(entry, owner);
        locks.handOver(
                locks.at(processor, resource.address(), LockKind.RESOURCE),
                processor.thread,
                owner);
        return Outcome.done();
    }

    // ---- asking ----

    @Ddi(value = "ExIsResourceAcquiredExclusiveLite", maximum = Irql.DISPATCH_LEVEL)
    boolean isAcquiredExclusive(Processor processor, EResource resource) {
        return resource.isOwnedExclusive() && resource.entryOf(processor.thread) != 0;
    }

    @Ddi(value = "ExIsResourceAcquiredSharedLite", maximum = Irql.DISPATCH_LEVEL)
    int isAcquiredShared(Processor processor, EResource resource) {
        long entry = resource.entryOf(processor.thread);
        return entry == 0 ? 0 : resource.count(entry);
    }

    @Ddi(value = "ExGetExclusiveWaiterCount", maximum = Irql.DISPATCH_LEVEL)
    int exclusiveWaiterCount(Processor processor, EResource resource) {
        return resource.exclusiveWaiterCount();
    }

    @Ddi(value = "ExGetSharedWaiterCount", maximum = Irql.DISPATCH_LEVEL)
    int sharedWaiterCount(Processor processor, EResource resource) {
        return resource.sharedWaiterCount();
    }

    // ---- rules ----

    /** An owner must not be suspended. A system thread cannot be. */
    private void checkRegion(Processor processor, EResource resource, String what, int subcode) {
        KernelThread thread = scheduler.current(processor);
        boolean system = thread.space() == machine.kernelSpace();
        if (system || processor.irql() >= Irql.APC_LEVEL || Apcs.areDisabled(processor)) {
            return;
        }
        tell(
                processor,
                "WithinCriticalRegion",
                Integer.toHexString(subcode),
                "the resource at 0x%x is %s with normal kernel APCs enabled"
                        .formatted(resource.address(), what),
                Verifier.detected(
                        subcode,
                        processor.irql(),
                        Apcs.disableCounts(processor),
                        resource.address()));
    }

    private void tell(
            Processor processor, String rule, String id, String message, Verifier verifier) {
        rules.broken(
                processor, Violation.error(rule, id, message, verifier), engine.caller(processor));
    }
}
