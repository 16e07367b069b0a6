package dev.dirql.kernel.executive;

import dev.dirql.kernel.Irql;
import dev.dirql.kernel.images.LoadedImages;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.structures.UnicodeString;
import dev.dirql.machine.Processor;

/** What a driver asks about the kernel and about its own verification. */
public final class SystemQueryServices {
    private static final int PREVIOUS_MODE = 0x232;

    /** MM_SYSTEMSIZE, wdm.h. */
    private static final int LARGE_SYSTEM = 2;

    private final ServiceEngine engine;
    private final LoadedImages images;
    private final boolean verifier;

    /**
     * @param verifier whether all drivers are verified; else none is
     */
    public SystemQueryServices(ServiceEngine engine, LoadedImages images, boolean verifier) {
        this.engine = engine;
        this.images = images;
        this.verifier = verifier;
    }

    /** Routines that are not modelled are not there. */
    @Ddi(value = "MmGetSystemRoutineAddress", maximum = Irql.PASSIVE_LEVEL)
    long routine(Processor processor, UnicodeString name) {
        return engine.table().export(name.text()).orElse(0);
    }

    @Ddi(value = "MmIsDriverVerifying", maximum = Irql.APC_LEVEL)
    boolean isVerifying(Processor processor, long driver) {
        return verifier;
    }

    @Ddi(value = "MmIsDriverSuspectForVerifier", maximum = Irql.APC_LEVEL)
    boolean isSuspect(Processor processor, long driver) {
        return verifier;
    }

    @Ddi(value = "MmIsDriverVerifyingByAddress", maximum = Irql.APC_LEVEL)
    boolean isVerifyingByAddress(Processor processor, long address) {
        return verifier && images.isDriver(address);
    }

    /** Windows 10 for x64 needs 2 GB of memory, with which a system is large. */
    @Ddi("MmQuerySystemSize")
    int systemSize(Processor processor) {
        return LARGE_SYSTEM;
    }

    @Ddi(value = "ExGetPreviousMode", maximum = Irql.DISPATCH_LEVEL)
    int previousMode(Processor processor) {
        return (int) processor.memory().load8(processor.thread + PREVIOUS_MODE);
    }
}
