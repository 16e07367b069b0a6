package dev.dirql.kernel.io;

import dev.dirql.kernel.Irql;
import dev.dirql.kernel.memory.Pool;
import dev.dirql.kernel.memory.PoolKind;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.machine.Processor;

/** Context areas of driver objects. Source: WDK, the page of each routine. */
final class DriverObjectServices {
    private static final int TAG = 'D' | 'r' << 8 | 'v' << 16 | 'X' << 24;

    private final ServiceEngine engine;
    private final Pool pool;
    private final Drivers drivers;

    DriverObjectServices(ServiceEngine engine, Pool pool, Drivers drivers) {
        this.engine = engine;
        this.pool = pool;
        this.drivers = drivers;
    }

    @Ddi(value = "IoAllocateDriverObjectExtension", maximum = Irql.DISPATCH_LEVEL)
    int allocate(Processor processor, long driver, long identification, int size, long result) {
        processor.memory().probe(result, Long.BYTES, true);
        processor.memory().store64(result, 0);
        if (drivers.extensions().find(driver, identification) != 0) {
            return IoStatus.OBJECT_NAME_COLLISION;
        }
        long address =
                pool.fails(processor, TAG, engine.caller(processor))
                        ? 0
                        : pool.allocate(PoolKind.NONPAGED, size & 0xFFFF_FFFFL, TAG);
        if (address == 0) {
            return IoStatus.INSUFFICIENT_RESOURCES;
        }
        drivers.extensions().add(driver, identification, address);
        processor.memory().store64(result, address);
        return IoStatus.SUCCESS;
    }

    @Ddi(value = "IoGetDriverObjectExtension", maximum = Irql.DISPATCH_LEVEL)
    long get(Processor processor, long driver, long identification) {
        return drivers.extensions().find(driver, identification);
    }
}
