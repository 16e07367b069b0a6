package dev.dirql.kernel.runtime;

import dev.dirql.kernel.Irql;
import dev.dirql.kernel.NtStatus;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.machine.Processor;
import dev.dirql.machine.ProcessorMemory;

/**
 * Numbers that look random and are the same in every run. Those of rand are Microsoft C's. Those of
 * RtlRandom and RtlRandomEx depend on the seed alone, and are not those of Windows; neither are
 * UUIDs.
 */
public final class RandomServices {
    /** The last state of rand, less the first one. */
    public static final String RAND_STATE = "RandState";

    /** How many UUIDs were made. */
    public static final String UUID_COUNT = "ExpUuidCount";

    private static final int FIRST_STATE = 1;
    private static final int RAND_MULTIPLIER = 214_013;
    private static final int RAND_INCREMENT = 2_531_011;

    /** D. H. Lehmer's generator, of which the page of RtlRandomEx tells. */
    private static final long LEHMER_MULTIPLIER = 0x7FFF_FFED;

    private static final long LEHMER_INCREMENT = 0x7FFF_FFC3;
    private static final long MAXLONG = 0x7FFF_FFFF;

    private final ServiceEngine engine;

    public RandomServices(ServiceEngine engine) {
        this.engine = engine;
    }

    @Ddi(value = "rand", header = "stdlib.h")
    int next(Processor processor) {
        ProcessorMemory memory = processor.memory();
        long at = engine.table().address(RAND_STATE);
        int state = (int) memory.load32(at) + FIRST_STATE;
        int next = state * RAND_MULTIPLIER + RAND_INCREMENT;
        memory.store32(at, next - FIRST_STATE);
        return next >>> 16 & 0x7FFF;
    }

    @Ddi(value = "srand", header = "stdlib.h")
    void seed(Processor processor, int seed) {
        processor.memory().store32(engine.table().address(RAND_STATE), seed - FIRST_STATE);
    }

    @Ddi(value = "RtlRandom", header = "ntifs.h", maximum = Irql.APC_LEVEL)
    int random(Processor processor, long seed) {
        return lehmer(processor, seed);
    }

    @Ddi(value = "RtlRandomEx", header = "ntifs.h", maximum = Irql.APC_LEVEL)
    int randomEx(Processor processor, long seed) {
        return lehmer(processor, seed);
    }

    private static int lehmer(Processor processor, long seed) {
        ProcessorMemory memory = processor.memory();
        long next =
                Long.remainderUnsigned(
                        LEHMER_MULTIPLIER * memory.load32(seed) + LEHMER_INCREMENT, MAXLONG);
        memory.store32(seed, next);
        return (int) next;
    }

    /** A UUID of version 4; no two of a run are equal. */
    @Ddi(
            value = "ExUuidCreate",
            header = "ntddk.h",
            maximum = Irql.PASSIVE_LEVEL,
            rule = "IrqlExPassive")
    int createUuid(Processor processor, long uuid) {
        ProcessorMemory memory = processor.memory();
        memory.probe(uuid, 16, true);
        long at = engine.table().address(UUID_COUNT);
        long count = memory.load64(at) + 1;
        memory.store64(at, count);
        memory.store64(uuid, (mixed(2 * count) & ~(0xF0L << 56)) | 0x40L << 56);
        memory.store64(uuid + 8, (mixed(2 * count + 1) & ~0xC0L) | 0x80);
        return NtStatus.SUCCESS;
    }

    /** A one-to-one function whose results look random (SplitMix64). */
    private static long mixed(long value) {
        long z = value * 0x9E37_79B9_7F4A_7C15L;
        z = (z ^ z >>> 30) * 0xBF58_476D_1CE4_E5B9L;
        z = (z ^ z >>> 27) * 0x94D0_49BB_1331_11EBL;
        return z ^ z >>> 31;
    }
}
