package dev.dirql.kernel.memory;

import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.rules.Violation;
import dev.dirql.kernel.rules.Violation.Verifier;
import dev.dirql.kernel.structures.Mdl;
import dev.dirql.machine.Processor;
import java.util.Locale;

/**
 * What drivers may not do with memory descriptor lists and mappings. Source: WDK, "Bug check 0xC4",
 * 0x6F to 0x140, and the pages of the routines. Each method says whether the run goes on.
 */
final class MdlRules {
    private static final int LEFT_LOCKED_PAGES = 0xCB;

    private final Rules rules;

    MdlRules(Rules rules) {
        this.rules = rules;
    }

    /**
     * A routine gets a list in a state that it cannot do with.
     *
     * @param subcode of bug check 0xC4
     * @param flags those that are wrong, or missing
     */
    boolean state(
            Processor processor,
            int subcode,
            String routine,
            Mdl mdl,
            String state,
            int flags,
            long caller) {
        return tell(
                processor,
                "MdlState",
                subcode,
                "%s gets the MDL 0x%x, %s".formatted(routine, mdl.address(), state),
                mdl.address(),
                mdl.mdlFlags() & 0xFFFF,
                flags,
                caller);
    }

    /** A rule with a subcode of bug check 0xC4 and its other parameters is broken. */
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
                        rule,
                        Integer.toHexString(subcode).toUpperCase(Locale.ROOT),
                        message,
                        Verifier.detected(subcode, p2, p3, p4)),
                caller);
        return processor.machine().ended() == null;
    }

    /** A rule that Driver Verifier does not check is broken. */
    boolean tell(Processor processor, String rule, String message, long caller) {
        rules.broken(processor, Violation.error(rule, "", message, Verifier.NONE), caller);
        return processor.machine().ended() == null;
    }

    /**
     * A process ends with pages that a driver locked.
     *
     * @param locker the code that locked them
     */
    boolean leftLocked(Processor processor, long mdl, long pages, long locker) {
        rules.broken(
                processor,
                Violation.error(
                        "PagesLeftLocked",
                        "",
                        "the process ends, and %d of its pages are still locked for the MDL 0x%x"
                                .formatted(pages, mdl),
                        new Verifier(LEFT_LOCKED_PAGES, 0, 0, mdl, pages)),
                locker);
        return processor.machine().ended() == null;
    }
}
