package dev.dirql.kernel.io;

import dev.dirql.kernel.Irql;
import dev.dirql.kernel.images.LoadedImages;
import dev.dirql.kernel.irql.Irqls;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.rules.Violation;
import dev.dirql.kernel.rules.Violation.Verifier;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.machine.Processor;
import java.util.Locale;

/**
 * A routine of a driver returns at the IRQL at which it was called. Source: WDK, "IrqlReturn rule",
 * "Bug check 0xC4" and "Bug check 0xC9". Each method says whether the run goes on; then the IRQL is
 * what it was.
 */
public final class RoutineCalls {
    private static final int IO_VIOLATION = 0xC9;
    private static final int DISPATCH_CHANGED_IRQL = 0x05;
    private static final int COMPLETION_CHANGED_IRQL = 0xFA;
    private static final int IRQL_RETURN = 0x2001D;

    private final ServiceEngine engine;
    private final Irqls irqls;
    private final LoadedImages images;
    private final Rules rules;

    RoutineCalls(ServiceEngine engine, Irqls irqls, LoadedImages images, Rules rules) {
        this.engine = engine;
        this.irqls = irqls;
        this.images = images;
        this.rules = rules;
    }

    /** A dispatch routine returned. */
    public boolean dispatchReturned(Processor processor, long device, long routine, int before) {
        return isKept(
                processor,
                routine,
                before,
                new Verifier(
                        IO_VIOLATION, DISPATCH_CHANGED_IRQL, device, before, processor.irql()));
    }

    /** A completion routine returned. */
    boolean completionReturned(Processor processor, long routine, int before) {
        return isKept(
                processor,
                routine,
                before,
                Verifier.detected(COMPLETION_CHANGED_IRQL, routine, before, processor.irql()));
    }

    /** Another routine returned. */
    public boolean returned(Processor processor, long routine, int before) {
        return isKept(processor, routine, before, Verifier.NONE);
    }

    private boolean isKept(Processor processor, long routine, int before, Verifier verifier) {
        int after = processor.irql();
        if (after == before) {
            return true;
        }
        rules.broken(
                processor,
                Violation.error(
                        "IrqlReturn",
                        Integer.toHexString(IRQL_RETURN).toUpperCase(Locale.ROOT),
                        "%s was called at %s and returned at %s"
                                .formatted(
                                        images.name(routine), Irql.name(before), Irql.name(after)),
                        verifier),
                routine);
        if (processor.machine().ended() != null) {
            return false;
        }
        irqls.set(processor, before, engine.caller(processor));
        return true;
    }
}
