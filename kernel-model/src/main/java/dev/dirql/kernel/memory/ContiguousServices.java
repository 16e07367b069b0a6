package dev.dirql.kernel.memory;

import dev.dirql.kernel.Crash;
import dev.dirql.kernel.Irql;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.machine.Processor;

/** Contiguous and noncached memory. Caches are not modelled. Source: WDK, the pages. */
public final class ContiguousServices {
    private static final int BAD_POOL_CALLER = 0xC2;
    private static final int NOT_ALLOCATED = 0x60;
    private static final int TAG = 'M' | 'm' << 8 | 'C' << 16 | 'm' << 24;

    private final ServiceEngine engine;
    private final Pool pool;
    private final ContiguousMemory memory;
    private final Crash crash;

    public ContiguousServices(
            ServiceEngine engine, Pool pool, ContiguousMemory memory, Crash crash) {
        this.engine = engine;
        this.pool = pool;
        this.memory = memory;
        this.crash = crash;
    }

    @Ddi(value = "MmAllocateContiguousMemory", maximum = Irql.DISPATCH_LEVEL)
    long allocate(Processor processor, long bytes, long high) {
        return fails(processor) ? 0 : memory.allocate(bytes, 0, high, 0);
    }

    @Ddi(value = "MmAllocateContiguousMemorySpecifyCache", maximum = Irql.DISPATCH_LEVEL)
    long allocateSpecifyCache(
            Processor processor, long bytes, long low, long high, long boundary, int cacheType) {
        return fails(processor) ? 0 : memory.allocate(bytes, low, high, boundary);
    }

    @Ddi(value = "MmAllocateNonCachedMemory", header = "ntddk.h", maximum = Irql.APC_LEVEL)
    long allocateNonCached(Processor processor, long bytes) {
        return fails(processor) ? 0 : memory.allocate(bytes, 0, -1, 0);
    }

    private boolean fails(Processor processor) {
        return pool.fails(processor, TAG, engine.caller(processor));
    }

    @Ddi(value = "MmFreeContiguousMemory", maximum = Irql.DISPATCH_LEVEL, rule = "IrqlMmDispatch")
    Outcome free(Processor processor, long address) {
        return freed(processor, address);
    }

    @Ddi(value = "MmFreeContiguousMemorySpecifyCache", maximum = Irql.DISPATCH_LEVEL)
    Outcome freeSpecifyCache(Processor processor, long address, long bytes, int cacheType) {
        return freed(processor, address);
    }

    @Ddi(
            value = "MmFreeNonCachedMemory",
            header = "ntddk.h",
            maximum = Irql.APC_LEVEL,
            rule = "IrqlMmApcLte")
    Outcome freeNonCached(Processor processor, long address, long bytes) {
        return freed(processor, address);
    }

    private Outcome freed(Processor processor, long address) {
        if (memory.free(address)) {
            return Outcome.done();
        }
        crash.bugCheck(processor, BAD_POOL_CALLER, NOT_ALLOCATED, address, 0, 0);
        return Outcome.stay();
    }
}
