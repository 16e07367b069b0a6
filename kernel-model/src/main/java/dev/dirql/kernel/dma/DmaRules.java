package dev.dirql.kernel.dma;

import dev.dirql.kernel.Irql;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.rules.Violation;
import dev.dirql.kernel.rules.Violation.Verifier;
import dev.dirql.machine.Processor;

/** What Driver Verifier checks of DMA. Source: WDK, "Bug check 0xE6". */
final class DmaRules {
    private static final int DMA_VIOLATION = 0xE6;

    private final Rules rules;

    DmaRules(Rules rules) {
        this.rules = rules;
    }

    /** A routine is called at another IRQL than its page says; says whether the run goes on. */
    boolean irql(Processor processor, String routine, int minimum, int maximum, long caller) {
        int irql = processor.irql();
        if (irql >= minimum && irql <= maximum) {
            return true;
        }
        String range =
                minimum == maximum
                        ? Irql.name(maximum)
                        : "%s or below".formatted(Irql.name(maximum));
        return tell(
                processor,
                "DmaIrql",
                0x13,
                "%s is called at %s, not at %s".formatted(routine, Irql.name(irql), range),
                minimum == maximum ? 1 : 2,
                maximum,
                irql,
                caller);
    }

    /** A violation with a subcode; says whether the run goes on. */
    boolean tell(
            Processor processor,
            String rule,
            int subcode,
            String message,
            long p2,
            long p3,
            long p4,
            long caller) {
        rules.broken(
                processor,
                Violation.error(
                        rule, "", message, new Verifier(DMA_VIOLATION, subcode, p2, p3, p4)),
                caller);
        return processor.machine().ended() == null;
    }
}
