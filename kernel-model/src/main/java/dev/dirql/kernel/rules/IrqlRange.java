package dev.dirql.kernel.rules;

import dev.dirql.kernel.Irql;
import dev.dirql.kernel.rules.Violation.Verifier;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.threads.Apcs;
import dev.dirql.machine.Processor;
import java.util.Locale;

/** Every routine has a range of IRQLs at which it may be called: that of its WDK page. */
public final class IrqlRange {
    /** The rule's name where no public rule names the routine. */
    static final String OWN_NAME = "IrqlRange";

    private IrqlRange() {}

    /** The number under which users know the rule of a routine's range, 0 if it has none. */
    static int number(Ddi ddi) {
        return ddi.verifier() != 0 ? ddi.verifier() : IrqlRuleIds.of(ddi.rule());
    }

    /** A routine was called outside its range. */
    public static void broken(
            Processor processor, Ddi ddi, int irql, long argument, long caller, Rules rules) {
        int number = number(ddi);
        String range;
        if (ddi.minimum() == ddi.maximum()) {
            range = "not at " + Irql.name(ddi.maximum());
        } else if (irql > ddi.maximum()) {
            range = "above " + Irql.name(ddi.maximum());
        } else {
            range = "below " + Irql.name(ddi.minimum());
        }
        rules.broken(
                processor,
                Violation.error(
                        ddi.rule().isEmpty() ? OWN_NAME : ddi.rule(),
                        number == 0 ? "" : Integer.toHexString(number).toUpperCase(Locale.ROOT),
                        "%s is called at %s, %s".formatted(ddi.value(), Irql.name(irql), range),
                        number == 0
                                ? Verifier.NONE
                                : ddi.verifier() != 0
                                        ? detected(processor, number, irql, argument)
                                        : Verifier.detected(number, 0, 0, 0)),
                caller);
    }

    /** Those of mutexes give how often APCs are disabled, too. */
    private static Verifier detected(Processor processor, int number, int irql, long argument) {
        return switch (number) {
            case 0x34, 0x39, 0x3A ->
                    Verifier.detected(number, irql, Apcs.disableCounts(processor), argument);
            default -> Verifier.detected(number, irql, argument, 0);
        };
    }
}
