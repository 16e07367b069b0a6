package dev.dirql.kernel.memory;

import dev.dirql.events.DecisionKind;
import dev.dirql.kernel.Irql;
import dev.dirql.kernel.KernelSettings;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;

/**
 * Says whether a pageable page that is not locked is in memory for an access. Below DISPATCH_LEVEL
 * it always is: what bringing it in would cost is not modelled.
 */
public final class Paging {
    private final Machine machine;
    private final KernelSettings.Paging mode;

    public Paging(Machine machine, KernelSettings.Paging mode) {
        this.machine = machine;
        this.mode = mode;
    }

    /** Whether the page that holds an address is in memory for an access at the present IRQL. */
    public boolean isResident(Processor processor, long address) {
        if (processor.irql() < Irql.DISPATCH_LEVEL) {
            return true;
        }
        return switch (mode) {
            case FORCE -> false;
            case RESIDENT -> true;
            case EXPLORE ->
                    machine.decide(
                                    DecisionKind.PAGE_RESIDENT,
                                    processor.number(),
                                    2,
                                    KernelLayout.page(address))
                            == 0;
        };
    }
}
