package dev.dirql.kernel.irql;

import dev.dirql.events.Event;
import dev.dirql.kernel.Irql;
import dev.dirql.kernel.processors.KPcr;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.rules.Violation;
import dev.dirql.kernel.rules.Violation.Verifier;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;

/**
 * Changes IRQLs on behalf of services. The IRQL is the task priority of the processor's interrupt
 * unit, so whatever becomes due by lowering it is taken before the next step, by itself.
 */
public final class Irqls {
    private final Machine machine;
    private final Watcher watcher;

    /** Is told whenever an IRQL went down. */
    @FunctionalInterface
    public interface Watcher {
        void lowered(Processor processor, int to, long caller);
    }

    public Irqls(Machine machine, Watcher watcher) {
        this.machine = machine;
        this.watcher = watcher;
    }

    /** Sets the IRQL of a processor, up or down, and gives the one before. */
    public int set(Processor processor, int irql, long caller) {
        int before = processor.irql();
        if (before != irql) {
            processor.interruptUnit().setTaskPriority(irql);
            machine.emit(processor, new Event.IrqlChanged(before, irql, caller));
            if (irql < before) {
                watcher.lowered(processor, irql, caller);
            }
        }
        return before;
    }

    /**
     * Guest code wrote CR8 by itself, perhaps a lower IRQL: a DPC routine must not go below
     * DISPATCH_LEVEL. WDK, "Bug check 0xC4", subcode 0x31.
     */
    public void lowered(Processor processor, int from, int to, Rules rules) {
        KPcr region = new KPcr(processor.memory(), processor.gsBase);
        if (to < Irql.DISPATCH_LEVEL && to < from && region.isDpcRoutineActive()) {
            rules.broken(
                    processor,
                    Violation.error(
                            "IrqlKeRaiseLower",
                            "31",
                            "a DPC routine lowers the IRQL from %s to %s"
                                    .formatted(Irql.name(from), Irql.name(to)),
                            Verifier.detected(0x31, from, to, 1)),
                    processor.rip);
        }
        if (to < from && machine.ended() == null) {
            watcher.lowered(processor, to, processor.rip);
        }
    }
}
