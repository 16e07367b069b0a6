package dev.dirql.kernel.irql;

import dev.dirql.kernel.Irql;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.rules.Violation;
import dev.dirql.kernel.rules.Violation.Verifier;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;

/**
 * The IRQL routines as exports. Drivers for x64 get inline forms of them from the WDK headers;
 * these are for code that imports them.
 */
public final class IrqlServices {
    private final Machine machine;
    private final ServiceEngine engine;
    private final Irqls irqls;
    private final Rules rules;

    public IrqlServices(Machine machine, ServiceEngine engine, Irqls irqls, Rules rules) {
        this.machine = machine;
        this.engine = engine;
        this.irqls = irqls;
        this.rules = rules;
    }

    @Ddi("KeGetCurrentIrql")
    int currentIrql(Processor processor) {
        return processor.irql();
    }

    @Ddi("KfRaiseIrql")
    int raise(Processor processor, byte newIrql) {
        int irql = newIrql & 15;
        int before = processor.irql();
        if (irql < before) {
            IrqlRules.raisedDown(rules, processor, before, irql, engine.caller(processor));
        }
        return set(processor, irql);
    }

    @Ddi(
            value = "KeRaiseIrqlToDpcLevel",
            maximum = Irql.DISPATCH_LEVEL,
            rule = "IrqlKeDispatchLte",
            verifier = 0x30)
    int raiseToDpcLevel(Processor processor) {
        return set(processor, Irql.DISPATCH_LEVEL);
    }

    @Ddi("KeLowerIrql")
    void lower(Processor processor, byte newIrql) {
        lowerTo(processor, newIrql & 15);
    }

    @Ddi("KfLowerIrql")
    void lowerFast(Processor processor, byte newIrql) {
        lowerTo(processor, newIrql & 15);
    }

    private void lowerTo(Processor processor, int irql) {
        int before = processor.irql();
        if (irql > before) {
            rules.broken(
                    processor,
                    Violation.error(
                            "IrqlKeRaiseLower",
                            "31",
                            "KeLowerIrql raises the IRQL from %s to %s"
                                    .formatted(Irql.name(before), Irql.name(irql)),
                            Verifier.detected(0x31, before, irql, 0)),
                    engine.caller(processor));
        }
        set(processor, irql);
    }

    private int set(Processor processor, int irql) {
        return machine.ended() != null
                ? processor.irql()
                : irqls.set(processor, irql, engine.caller(processor));
    }
}
