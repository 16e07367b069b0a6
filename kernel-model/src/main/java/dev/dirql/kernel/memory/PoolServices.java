package dev.dirql.kernel.memory;

import dev.dirql.kernel.Crash;
import dev.dirql.kernel.Irql;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.machine.Processor;

/** ExAllocatePool… and ExFreePool…. */
public final class PoolServices {
    private static final int BAD_POOL_CALLER = 0xC2;

    /** POOL_FLAGS, WDK. */
    private static final long POOL_FLAG_UNINITIALIZED = 0x02;

    private static final long POOL_FLAG_NON_PAGED = 0x40;
    private static final long POOL_FLAG_NON_PAGED_EXECUTE = 0x80;
    private static final long POOL_FLAG_PAGED = 0x100;
    private static final long POOL_FLAGS_KIND =
            POOL_FLAG_NON_PAGED | POOL_FLAG_NON_PAGED_EXECUTE | POOL_FLAG_PAGED;

    /** Quota, session, cache-aligned, raise on failure, and all optional flags. */
    private static final long POOL_FLAGS_KNOWN = 0xFFFF_FFFF_0000_002FL | POOL_FLAGS_KIND;

    private static final long POOL_FLAG_CACHE_ALIGNED = 0x08;
    private static final long POOL_FLAG_RAISE_ON_FAILURE = 0x20;

    /** POOL_TYPE bits, WDK. */
    private static final int PAGED = 1;

    private static final int MUST_SUCCEED = 2;
    private static final int CACHE_ALIGNED = 4;
    private static final int RAISE_IF_ALLOCATION_FAILURE = 16;
    private static final int NX = 512;
    private static final int ZERO_ALLOCATION = 1024;

    private static final int TAG_BIG = 'B' | 'I' << 8 | 'G' << 16 | ' ' << 24;
    private static final int TAG_NONE = 'N' | 'o' << 8 | 'n' << 16 | 'e' << 24;
    private static final int QUOTA_FAIL_INSTEAD_OF_RAISE = 8;

    /** POOL_EXTENDED_PARAMETER: a type, whether it is optional, and a value. */
    private static final long PARAMETER_BYTES = 0x10;

    private static final long PARAMETER_TYPE = 0xFF;
    private static final long PARAMETER_OPTIONAL = 0x100;
    private static final long PARAMETER_PRIORITY = 1;
    private static final int CACHE_LINE = 64;
    private static final int ALIGNMENT = 16;

    private static final int KMODE_EXCEPTION_NOT_HANDLED = 0x1E;
    private static final int STATUS_INSUFFICIENT_RESOURCES = 0xC000_009A;
    private static final String UNCAUGHT =
            "quotas; an exception on failure cannot be caught and is bug check 0x1E";

    private final ServiceEngine engine;
    private final Pool pool;
    private final Crash crash;

    public PoolServices(ServiceEngine engine, Pool pool, Crash crash) {
        this.engine = engine;
        this.pool = pool;
        this.crash = crash;
    }

    @Ddi(
            value = "ExAllocatePool2",
            maximum = Irql.DISPATCH_LEVEL,
            state = Ddi.State.PARTIAL,
            missing = UNCAUGHT)
    Outcome allocatePool2(Processor processor, long flags, long bytes, int tag) {
        long kindFlag = flags & POOL_FLAGS_KIND;
        if (tag == 0 || Long.bitCount(kindFlag) != 1 || (flags & ~POOL_FLAGS_KNOWN) != 0) {
            return failed(processor, (flags & POOL_FLAG_RAISE_ON_FAILURE) != 0);
        }
        PoolKind kind =
                kindFlag == POOL_FLAG_PAGED
                        ? PoolKind.PAGED
                        : kindFlag == POOL_FLAG_NON_PAGED
                                ? PoolKind.NONPAGED
                                : PoolKind.NONPAGED_EXECUTE;
        if (!irqlIsRight(processor, kind)) {
            return bad(processor, 0x08, processor.irql(), kind.poolType(), bytes);
        }
        boolean zeroed = (flags & POOL_FLAG_UNINITIALIZED) == 0;
        int alignment = (flags & POOL_FLAG_CACHE_ALIGNED) != 0 ? CACHE_LINE : ALIGNMENT;
        long address =
                pool.allocateForDriver(
                        processor, kind, bytes, alignment, tag, zeroed, caller(processor));
        return address == 0
                ? failed(processor, (flags & POOL_FLAG_RAISE_ON_FAILURE) != 0)
                : Outcome.of(address);
    }

    @Ddi(
            value = "ExAllocatePoolWithTag",
            maximum = Irql.DISPATCH_LEVEL,
            state = Ddi.State.PARTIAL,
            missing = UNCAUGHT)
    Outcome allocatePoolWithTag(Processor processor, int poolType, long bytes, int tag) {
        long caller = caller(processor);
        if (tag == 0) {
            return bad(processor, 0x9B, poolType, bytes, caller);
        }
        if (tag == TAG_BIG) {
            return bad(processor, 0x9C, poolType, bytes, caller);
        }
        if (!hasLetterOrDigit(tag)) {
            return bad(processor, 0x9D, tag & 0xFFFF_FFFFL, poolType, caller);
        }
        if ((poolType & MUST_SUCCEED) != 0) {
            return bad(processor, 0x9A, poolType, bytes, tag & 0xFFFF_FFFFL);
        }
        PoolKind kind =
                (poolType & PAGED) != 0
                        ? PoolKind.PAGED
                        : (poolType & NX) != 0 ? PoolKind.NONPAGED : PoolKind.NONPAGED_EXECUTE;
        if (!irqlIsRight(processor, kind)) {
            return bad(processor, 0x08, processor.irql(), kind.poolType(), bytes);
        }
        int alignment = (poolType & CACHE_ALIGNED) != 0 ? CACHE_LINE : ALIGNMENT;
        boolean zeroed = (poolType & ZERO_ALLOCATION) != 0;
        long address =
                pool.allocateForDriver(processor, kind, bytes, alignment, tag, zeroed, caller);
        return address == 0
                ? failed(processor, (poolType & RAISE_IF_ALLOCATION_FAILURE) != 0)
                : Outcome.of(address);
    }

    @Ddi(
            value = "ExAllocatePool",
            maximum = Irql.DISPATCH_LEVEL,
            state = Ddi.State.PARTIAL,
            missing = UNCAUGHT)
    Outcome allocatePool(Processor processor, int poolType, long bytes) {
        return allocatePoolWithTag(processor, poolType, bytes, TAG_NONE);
    }

    /** The priority tells under which shortage of memory it fails, which there never is. */
    @Ddi(
            value = "ExAllocatePoolWithTagPriority",
            maximum = Irql.DISPATCH_LEVEL,
            rule = "IrqlExAllocatePool",
            state = Ddi.State.PARTIAL,
            missing = UNCAUGHT)
    Outcome allocatePoolWithTagPriority(
            Processor processor, int poolType, long bytes, int tag, int priority) {
        return allocatePoolWithTag(processor, poolType, bytes, tag);
    }

    @Ddi(
            value = "ExAllocatePoolWithQuotaTag",
            maximum = Irql.DISPATCH_LEVEL,
            state = Ddi.State.PARTIAL,
            missing = UNCAUGHT)
    Outcome allocatePoolWithQuotaTag(Processor processor, int poolType, long bytes, int tag) {
        int raises =
                (poolType & QUOTA_FAIL_INSTEAD_OF_RAISE) != 0 ? 0 : RAISE_IF_ALLOCATION_FAILURE;
        return allocatePoolWithTag(
                processor, (poolType & ~QUOTA_FAIL_INSTEAD_OF_RAISE) | raises, bytes, tag);
    }

    @Ddi(
            value = "ExAllocatePoolWithQuota",
            maximum = Irql.DISPATCH_LEVEL,
            state = Ddi.State.PARTIAL,
            missing = UNCAUGHT)
    Outcome allocatePoolWithQuota(Processor processor, int poolType, long bytes) {
        return allocatePoolWithQuotaTag(processor, poolType, bytes, TAG_NONE);
    }

    /** Of the extended parameters only the priority exists, and that changes nothing. */
    @Ddi(
            value = "ExAllocatePool3",
            maximum = Irql.DISPATCH_LEVEL,
            state = Ddi.State.PARTIAL,
            missing = UNCAUGHT + "; secure pool")
    Outcome allocatePool3(
            Processor processor,
            long flags,
            long bytes,
            int tag,
            long parameters,
            int parameterCount) {
        for (int i = 0; i < parameterCount; i++) {
            long word = processor.memory().load64(parameters + PARAMETER_BYTES * i);
            boolean isOptional = (word & PARAMETER_OPTIONAL) != 0;
            if ((word & PARAMETER_TYPE) != PARAMETER_PRIORITY && !isOptional) {
                return failed(processor, (flags & POOL_FLAG_RAISE_ON_FAILURE) != 0);
            }
        }
        return allocatePool2(processor, flags, bytes, tag);
    }

    @Ddi(value = "ExFreePool2", maximum = Irql.DISPATCH_LEVEL)
    Outcome freePool2(
            Processor processor, long address, int tag, long parameters, int parameterCount) {
        return free(processor, address, tag);
    }

    @Ddi(value = "ExFreePoolWithTag", maximum = Irql.DISPATCH_LEVEL, rule = "IrqlExFree1")
    Outcome freePoolWithTag(Processor processor, long address, int tag) {
        return free(processor, address, tag);
    }

    @Ddi(value = "ExFreePool", header = "ntddk.h", maximum = Irql.DISPATCH_LEVEL)
    Outcome freePool(Processor processor, long address) {
        return free(processor, address, 0);
    }

    private Outcome free(Processor processor, long address, int tag) {
        return pool.freeForDriver(processor, address, tag, caller(processor))
                ? Outcome.done()
                : Outcome.stay();
    }

    private static boolean hasLetterOrDigit(int tag) {
        for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
            int character = tag >>> shift & 0xFF;
            int letter = character | 'a' - 'A';
            if ((letter >= 'a' && letter <= 'z') || (character >= '0' && character <= '9')) {
                return true;
            }
        }
        return false;
    }

    private static boolean irqlIsRight(Processor processor, PoolKind kind) {
        return processor.irql() <= (kind.isPaged() ? Irql.APC_LEVEL : Irql.DISPATCH_LEVEL);
    }

    private Outcome failed(Processor processor, boolean raises) {
        if (!raises) {
            return Outcome.done();
        }
        crash.bugCheck(
                processor,
                KMODE_EXCEPTION_NOT_HANDLED,
                STATUS_INSUFFICIENT_RESOURCES,
                caller(processor),
                0,
                0);
        return Outcome.stay();
    }

    private Outcome bad(Processor processor, long kind, long p2, long p3, long p4) {
        crash.bugCheck(processor, BAD_POOL_CALLER, kind, p2, p3, p4);
        return Outcome.stay();
    }

    private long caller(Processor processor) {
        return engine.caller(processor);
    }
}
