package dev.dirql.kernel.rules;

import dev.dirql.kernel.Irql;
import dev.dirql.kernel.rules.Violation.Verifier;
import dev.dirql.kernel.services.Arguments;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.structures.KLockQueueHandle;
import dev.dirql.kernel.threads.Apcs;
import dev.dirql.machine.Processor;
import java.util.Locale;

/**
 * The IRQLs at which a routine may be called, both included.
 *
 * @param rule public name of the rule that a call outside breaks, empty if no rule names the
 *     routine
 */
public record IrqlRange(int minimum, int maximum, String rule) {
    /** The rule's name where no public rule names the routine. */
    static final String OWN_NAME = "IrqlRange";

    private static final int IO_VIOLATION = 0xC9;

    /** As the WDK page of the routine says. */
    public static IrqlRange ofPage(Ddi ddi) {
        return new IrqlRange(ddi.minimum(), ddi.maximum(), ddi.rule());
    }

    /** As the rules of the verifiers say, where one says something else than the page. */
    public static IrqlRange ofRule(Ddi ddi) {
        return RuleIrqls.of(ddi.value()).orElseGet(() -> ofPage(ddi));
    }

    /** A bit for each IRQL. */
    public int mask() {
        return (2 << maximum) - (1 << minimum);
    }

    /** The number under which users know the rule of a routine's range, 0 if it has none. */
    static int number(Ddi ddi, String rule) {
        return ddi.verifier() != 0 ? ddi.verifier() : IrqlRuleIds.of(rule);
    }

    /** A routine with this range was called outside it. */
    public void broken(
            Processor processor, Ddi ddi, int irql, long argument, long caller, Rules rules) {
        int number = number(ddi, rule);
        String range;
        if (minimum == maximum) {
            range = "not at " + Irql.name(maximum);
        } else if (irql > maximum) {
            range = "above " + Irql.name(maximum);
        } else {
            range = "below " + Irql.name(minimum);
        }
        rules.broken(
                processor,
                Violation.error(
                        rule.isEmpty() ? OWN_NAME : rule,
                        number == 0 ? "" : Integer.toHexString(number).toUpperCase(Locale.ROOT),
                        "%s is called at %s, %s".formatted(ddi.value(), Irql.name(irql), range),
                        number == 0
                                ? ofIo(ddi, irql, argument)
                                : ddi.verifier() != 0
                                        ? detected(
                                                processor,
                                                number,
                                                irql,
                                                concerned(processor, ddi, argument))
                                        : Verifier.detected(number, 0, 0, 0)),
                caller);
    }

    /** What the bug check is to name: the first argument, or the lock that a handle is for. */
    private static long concerned(Processor processor, Ddi ddi, long argument) {
        boolean handle =
                ddi.value().startsWith("KeReleaseInStackQueuedSpinLock")
                        && processor.memory().physical(argument) >= 0;
        return handle
                ? new KLockQueueHandle(processor.memory(), argument).lock()
                        & ~(KLockQueueHandle.WAIT | KLockQueueHandle.OWNER)
                : argument;
    }

    /** I/O verification has a bug check of its own for two routines. WDK, "Bug check 0xC9". */
    private static Verifier ofIo(Ddi ddi, int irql, long argument) {
        return switch (ddi.value()) {
            case "IofCallDriver" -> new Verifier(IO_VIOLATION, 0x10, irql, 0, 0);
            case "IofCompleteRequest" -> new Verifier(IO_VIOLATION, 0x0E, irql, argument, 0);
            default -> Verifier.NONE;
        };
    }

    /** Those of mutexes give how often APCs are disabled, too; those of regions have no object. */
    private static Verifier detected(Processor processor, int number, int irql, long argument) {
        return switch (number) {
            case 0x34, 0x39, 0x3A ->
                    Verifier.detected(number, irql, Apcs.disableCounts(processor), argument);
            case 0x11A, 0x11B -> Verifier.detected(number, irql, 0, 0);
            case 0x70, 0x73, 0x74, 0x76, 0x79, 0x7B ->
                    Verifier.detected(number, irql, argument, Arguments.argument(processor, 1));
            case 0x7E -> Verifier.detected(number, irql, Irql.DISPATCH_LEVEL, 0);
            case 0x30 -> Verifier.detected(number, irql, Irql.DISPATCH_LEVEL, 0);
            default -> Verifier.detected(number, irql, argument, 0);
        };
    }
}
