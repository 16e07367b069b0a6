package dev.dirql.kernel.watchdogs;

import dev.dirql.events.Severity;
import dev.dirql.kernel.rules.RoutineWatch;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.rules.Violation;
import dev.dirql.kernel.rules.Violation.Verifier;
import dev.dirql.machine.Processor;
import java.util.List;

/**
 * The times that routines may take: 100 us for a DPC and 25 us for an ISR, which are guidelines, so
 * that going beyond them is a warning; and the watchdogs' ticks, of which each routine has its own.
 * WDK, "Guidelines for Writing DPC Routines" and the page of bug check 0x133.
 */
public final class RoutineTimes implements RoutineWatch {
    private static final long DPC_NS = 100_000;
    private static final long ISR_NS = 25_000;

    private final Rules rules;
    private final Watchdogs watchdogs;

    public RoutineTimes(Rules rules, Watchdogs watchdogs) {
        this.rules = rules;
        this.watchdogs = watchdogs;
    }

    @Override
    public void dpcStarts(Processor processor) {
        watchdogs.dpcStarts(processor);
    }

    @Override
    public void dpcReturned(Processor processor, long routine, long sinceNs) {
        tell(processor, "DpcTooLong", "the DPC routine", routine, sinceNs, DPC_NS);
    }

    @Override
    public void isrStarts(Processor processor) {
        watchdogs.isrStarts(processor);
    }

    @Override
    public void isrReturned(Processor processor, long routine, long sinceNs) {
        tell(processor, "IsrTooLong", "the ISR", routine, sinceNs, ISR_NS);
    }

    private void tell(
            Processor processor,
            String rule,
            String what,
            long routine,
            long sinceNs,
            long maximumNs) {
        long tookNs = processor.clockNs - sinceNs;
        if (tookNs > maximumNs) {
            rules.broken(
                    processor,
                    new Violation(
                            rule,
                            "",
                            Severity.WARNING,
                            "%s ran for %d ns, more than %d us"
                                    .formatted(what, tookNs, maximumNs / 1000),
                            Verifier.NONE,
                            List.of()),
                    routine);
        }
    }
}
