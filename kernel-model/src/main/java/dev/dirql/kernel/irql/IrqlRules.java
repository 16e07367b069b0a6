package dev.dirql.kernel.irql;

import dev.dirql.kernel.Irql;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.rules.Violation;
import dev.dirql.kernel.rules.Violation.Verifier;
import dev.dirql.machine.Processor;

/** What a change of the IRQL may not do. */
final class IrqlRules {
    private IrqlRules() {}

    /** KeRaiseIrql with a level below the current one. WDK, KeRaiseIrql. */
    static void raisedDown(Rules rules, Processor processor, int before, int irql, long address) {
        rules.broken(
                processor,
                Violation.error(
                        "IrqlKeRaiseLower",
                        "30",
                        "KeRaiseIrql lowers the IRQL from %s to %s"
                                .formatted(Irql.name(before), Irql.name(irql)),
                        Verifier.detected(0x30, before, irql, 0)),
                address);
    }
}
