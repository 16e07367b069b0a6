package dev.dirql.kernel.watchdogs;

import dev.dirql.kernel.Irql;
import dev.dirql.kernel.NtStatus;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.machine.Processor;
import dev.dirql.machine.ProcessorMemory;

/** What a driver can ask of the watchdogs. Source: WDK, KeQueryDpcWatchdogInformation. */
public final class WatchdogServices {
    private static final int INFORMATION_SIZE = 0x14;

    private final Watchdogs watchdogs;

    public WatchdogServices(Watchdogs watchdogs) {
        this.watchdogs = watchdogs;
    }

    /** The dimensionless times are ticks of the clock. */
    @Ddi(
            value = "KeQueryDpcWatchdogInformation",
            minimum = Irql.DISPATCH_LEVEL,
            maximum = Irql.DISPATCH_LEVEL)
    int query(Processor processor, long information) {
        ProcessorMemory memory = processor.memory();
        memory.probe(information, INFORMATION_SIZE, true);
        if (processor.irql() < Irql.DISPATCH_LEVEL) {
            return NtStatus.UNSUCCESSFUL;
        }
        memory.store32(information, watchdogs.singleMaximum());
        memory.store32(information + 0x04, watchdogs.singleLeft(processor));
        memory.store32(information + 0x08, watchdogs.cumulativeMaximum());
        memory.store32(information + 0x0C, watchdogs.cumulativeLeft(processor));
        memory.store32(information + 0x10, 0);
        return NtStatus.SUCCESS;
    }
}
