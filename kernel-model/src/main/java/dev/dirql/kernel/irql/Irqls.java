package dev.dirql.kernel.irql;

import dev.dirql.events.Event;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;

/**
 * Changes IRQLs on behalf of services. The IRQL is the task priority of the processor's interrupt
 * unit, so whatever becomes due by lowering it is taken before the next step, by itself.
 */
public final class Irqls {
    private final Machine machine;

    public Irqls(Machine machine) {
        this.machine = machine;
    }

    /** Sets the IRQL of a processor, up or down, and gives the one before. */
    public int set(Processor processor, int irql, long caller) {
        int before = processor.irql();
        if (before != irql) {
            processor.interruptUnit().setTaskPriority(irql);
            machine.emit(processor, new Event.IrqlChanged(before, irql, caller));
        }
        return before;
    }
}
