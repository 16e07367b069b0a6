package dev.dirql.kernel.memory;

import dev.dirql.kernel.Crash;
import dev.dirql.kernel.Irql;
import dev.dirql.kernel.NtStatus;
import dev.dirql.kernel.rules.Violation.Verifier;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.Pending;
import dev.dirql.kernel.services.Resumes;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.structures.GeneralLookaside;
import dev.dirql.kernel.structures.SListHeader;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;

/**
 * Making, flushing and deleting lookaside lists; allocating from them and freeing to them is inline
 * in the build that is modelled. Source: WDK, "Using Lookaside Lists" and the page of each routine.
 */
public final class LookasideServices {
    private static final int KMODE_EXCEPTION_NOT_HANDLED = 0x1E;
    private static final int CORRUPT_LIST_ENTRY = 3;
    private static final long DATATYPE_MISALIGNMENT = 0xFFFF_FFFF_8000_0002L;

    /** LOOKASIDE_MINIMUM_BLOCK_SIZE, wdm.h. */
    private static final long SIZE_MINIMUM = 8;

    /** POOL_TYPE bits, WDK. */
    private static final int PAGED = 1;

    private static final int QUOTA_FAIL_INSTEAD_OF_RAISE = 8;
    private static final int RAISE_IF_ALLOCATION_FAILURE = 16;

    /** Paged, cache aligned, session and no-execute: all other bits name no type of pool. */
    private static final int POOL_TYPES = PAGED | 4 | 32 | 512;

    /** EX_LOOKASIDE_LIST_EX_FLAGS_…, WDK. */
    private static final int RAISE_ON_FAIL = 1;

    private static final int FAIL_NO_RAISE = 2;

    private final Machine machine;
    private final ServiceEngine engine;
    private final LookasideLists lists;
    private final Crash crash;

    public LookasideServices(
            Machine machine, ServiceEngine engine, LookasideLists lists, Crash crash) {
        this.machine = machine;
        this.engine = engine;
        this.lists = lists;
        this.crash = crash;
    }

    /** The entries of a list are freed, one after the other; then the list itself may go. */
    record FreeLookasideEntries(long list, boolean deletes) implements Pending {}

    @Ddi(value = "ExInitializeNPagedLookasideList", maximum = Irql.DISPATCH_LEVEL)
    Outcome initializeNonPaged(
            Processor processor,
            GeneralLookaside list,
            long allocate,
            long free,
            int flags,
            long size,
            int tag,
            int depth) {
        return initialize(processor, list, allocate, free, flags, size, tag, false);
    }

    @Ddi(value = "ExInitializePagedLookasideList", maximum = Irql.APC_LEVEL, rule = "IrqlExApcLte2")
    Outcome initializePaged(
            Processor processor,
            GeneralLookaside list,
            long allocate,
            long free,
            int flags,
            long size,
            int tag,
            int depth) {
        return initialize(processor, list, allocate, free, PAGED | flags, size, tag, true);
    }

    @Ddi(value = "ExInitializeLookasideListEx", maximum = Irql.DISPATCH_LEVEL)
    Outcome initializeEx(
            Processor processor,
            GeneralLookaside list,
            long allocate,
            long free,
            int poolType,
            int flags,
            long size,
            int tag,
            int depth) {
        if ((poolType & ~POOL_TYPES) != 0) {
            return Outcome.of(NtStatus.INVALID_PARAMETER_4);
        }
        int raises =
                switch (flags) {
                    case 0 -> 0;
                    case RAISE_ON_FAIL -> RAISE_IF_ALLOCATION_FAILURE;
                    case FAIL_NO_RAISE -> QUOTA_FAIL_INSTEAD_OF_RAISE;
                    default -> -1;
                };
        return raises < 0
                ? Outcome.of(NtStatus.INVALID_PARAMETER_5)
                : initialize(processor, list, allocate, free, poolType | raises, size, tag, false);
    }

    private Outcome initialize(
            Processor processor,
            GeneralLookaside list,
            long allocate,
            long free,
            int type,
            long size,
            int tag,
            boolean pageable) {
        long address = list.address();
        long caller = engine.caller(processor);
        if (address % SListHeader.BYTES != 0) {
            return misaligned(processor, address, caller);
        }
        processor.memory().probe(address, GeneralLookaside.BYTES, true);
        if (size < SIZE_MINIMUM) {
            lists.tell(
                    processor,
                    "LookasideBlockTooSmall",
                    "CD",
                    "the entries of the lookaside list at 0x%x have %d bytes, and need %d"
                            .formatted(address, size, SIZE_MINIMUM),
                    Verifier.detected(0xCD, address, size, SIZE_MINIMUM),
                    caller);
        }
        if (lists.isActive(address) && machine.ended() == null) {
            lists.tell(
                    processor,
                    "LookasideListInitializedTwice",
                    "CA",
                    "the lookaside list at 0x%x is initialized, and was not deleted"
                            .formatted(address),
                    Verifier.detected(0xCA, address, 0, 0),
                    caller);
            if (machine.ended() == null) {
                list.listEntry().remove();
            }
        }
        if (machine.ended() != null) {
            return Outcome.stay();
        }
        list.initialize(
                LookasideLists.DEPTH_MINIMUM,
                LookasideLists.DEPTH_MAXIMUM,
                type,
                tag,
                (int) size,
                allocate != 0 ? allocate : routine("ExAllocatePoolWithTag"),
                free != 0 ? free : routine("ExFreePool"));
        lists.add(processor, list, (type & PAGED) != 0, pageable, caller);
        return machine.ended() == null ? Outcome.of(NtStatus.SUCCESS) : Outcome.stay();
    }

    /** What the default routines do with the list itself, their last argument: nothing. */
    private long routine(String name) {
        return engine.table().address(name);
    }

    private Outcome misaligned(Processor processor, long address, long caller) {
        lists.tell(
                processor,
                "SListAlignment",
                "",
                "the lookaside list at 0x%x is not aligned to 16 bytes".formatted(address),
                Verifier.NONE,
                caller);
        crash.bugCheck(processor, KMODE_EXCEPTION_NOT_HANDLED, DATATYPE_MISALIGNMENT, caller, 0, 0);
        return Outcome.stay();
    }

    @Ddi(value = "ExDeleteNPagedLookasideList", maximum = Irql.DISPATCH_LEVEL)
    Outcome deleteNonPaged(Processor processor, GeneralLookaside list) {
        return delete(processor, list);
    }

    @Ddi(value = "ExDeletePagedLookasideList", maximum = Irql.APC_LEVEL, rule = "IrqlExApcLte2")
    Outcome deletePaged(Processor processor, GeneralLookaside list) {
        return delete(processor, list);
    }

    @Ddi(value = "ExDeleteLookasideListEx", maximum = Irql.DISPATCH_LEVEL)
    Outcome deleteEx(Processor processor, GeneralLookaside list) {
        return delete(processor, list);
    }

    private Outcome delete(Processor processor, GeneralLookaside list) {
        processor.memory().probe(list.address(), GeneralLookaside.BYTES, true);
        if (!lists.isActive(list.address())) {
            lists.tell(
                    processor,
                    "LookasideListNotInitialized",
                    "CB",
                    "the lookaside list at 0x%x is deleted, and was not initialized"
                            .formatted(list.address()),
                    Verifier.detected(0xCB, list.address(), 0, 0),
                    engine.caller(processor));
            if (machine.ended() != null) {
                return Outcome.stay();
            }
        }
        return Outcome.then(new FreeLookasideEntries(list.address(), true));
    }

    @Ddi(value = "ExFlushLookasideListEx", maximum = Irql.DISPATCH_LEVEL)
    Outcome flush(Processor processor, GeneralLookaside list) {
        return Outcome.then(new FreeLookasideEntries(list.address(), false));
    }

    @Resumes("ExpFreeLookasideEntries")
    Outcome freeEntries(Processor processor, FreeLookasideEntries pending) {
        GeneralLookaside list = new GeneralLookaside(processor.memory(), pending.list);
        long entry = list.head().pop();
        if (entry != 0) {
            return new Outcome.Call(list.free(), pending, entry, pending.list);
        }
        if (pending.deletes) {
            if (!list.listEntry().isSound()) {
                crash.fastFail(processor, CORRUPT_LIST_ENTRY, engine.caller(processor));
                return Outcome.stay();
            }
            lists.remove(list);
        }
        return Outcome.done();
    }
}
