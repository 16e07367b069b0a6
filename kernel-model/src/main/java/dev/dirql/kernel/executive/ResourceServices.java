package dev.dirql.kernel.executive;

import dev.dirql.events.LockKind;
import dev.dirql.kernel.Irql;
import dev.dirql.kernel.KernelModel;
import dev.dirql.kernel.NtStatus;
import dev.dirql.kernel.rules.Violation.Verifier;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.threads.Apcs;
import dev.dirql.kernel.threads.WaitLock;
import dev.dirql.kernel.threads.WaitLocks;
import dev.dirql.kernel.traps.BugChecks;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;

/**
 * ERESOURCE routines but for acquisitions. Source: WDK, "Introduction to ERESOURCE Routines" and
 * each page.
 */
public final class ResourceServices {
    private static final int RESOURCE_NOT_OWNED = 0xE3;
    private static final int RESOURCE_OWNER_POINTER_INVALID = 0x132;
    private static final int ERESOURCE_INVALID_RELEASE = 0x16E;
    private static final int OWNER_POINTER = 3;

    private final Machine machine;
    private final ServiceEngine engine;
    private final WaitLocks locks;
    private final Apcs apcs;
    private final ResourceRules rules;
    private final BugChecks bugChecks;
    private final Resources resources;

    ResourceServices(KernelModel kernel, Resources resources) {
        machine = kernel.machine();
        engine = kernel.engine();
        locks = kernel.waitLocks();
        apcs = kernel.apcs();
        rules = new ResourceRules(kernel);
        bugChecks = kernel.bugChecks();
        this.resources = resources;
    }

    // ---- making and deleting ----

    @Ddi(value = "ExInitializeResourceLite", maximum = Irql.DISPATCH_LEVEL)
    Outcome initialize(Processor processor, EResource resource) {
        processor.memory().probe(resource.address(), EResource.SIZE, true);
        if (resources.isActive(processor.memory(), resource.address())) {
            rules.tell(
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
            rules.tell(
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
        rules.tell(
                processor,
                "ResourceNotInitialized",
                "D1",
                "the resource at 0x%x is %s, and was not initialized"
                        .formatted(resource.address(), what),
                Verifier.detected(0xD1, resource.address(), 0, 0));
        return false;
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
        rules.checkRegion(processor, resource, "released", 0x38);
        long entry = resource.entryOf(owner);
        if (entry == 0) {
            rules.tell(
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
            rules.tell(
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
}
