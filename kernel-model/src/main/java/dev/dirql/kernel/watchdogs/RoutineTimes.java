package dev.dirql.kernel.watchdogs;

import dev.dirql.events.Severity;
import dev.dirql.kernel.rules.Budget;
import dev.dirql.kernel.rules.RoutineWatch;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.rules.Violation;
import dev.dirql.kernel.rules.Violation.Verifier;
import dev.dirql.machine.Processor;
import java.util.List;

/**
 * The times that routines may take, usually 100 us for a DPC and 25 us for an ISR. They are
 * guidelines, so that going beyond them is a warning; and the watchdogs' ticks, of which each
 * routine has its own. WDK, "Guidelines for Writing DPC Routines" and the page of bug check 0x133.
 */
public final class RoutineTimes implements RoutineWatch {
    private final Rules rules;
    private final Watchdogs watchdogs;
    private final Budget dpc;
    private final Budget isr;

    public RoutineTimes(Rules rules, Watchdogs watchdogs, Budget dpc, Budget isr) {
        this.rules = rules;
        this.watchdogs = watchdogs;
        this.dpc = dpc;
        this.isr = isr;
    }

    @Override
    public void dpcStarts(Processor processor) {
        watchdogs.dpcStarts(processor);
    }

    @Override
    public void dpcReturned(Processor processor, long routine, long sinceNs) {
        tell(processor, "DpcTooLong", "the DPC routine", routine, sinceNs, dpc);
    }

    @Override
    public void isrStarts(Processor processor) {
        watchdogs.isrStarts(processor);
    }

    @Override
    public void isrReturned(Processor processor, long routine, long sinceNs) {
        tell(processor, "IsrTooLong", "the ISR", routine, sinceNs, isr);
    }

    private void tell(
            Processor processor,
            String rule,
            String what,
            long routine,
            long sinceNs,
            Budget budget) {
        long tookNs = processor.clockNs - sinceNs;
        if (tookNs > budget.ns()) {
            rules.broken(
                    processor,
                    new Violation(
                            rule,
                            "",
                            Severity.WARNING,
                            "%s ran for %d ns, more than %s".formatted(what, tookNs, budget),
                            Verifier.NONE,
                            List.of()),
                    routine);
        }
    }
}
