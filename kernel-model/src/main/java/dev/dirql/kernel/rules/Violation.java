package dev.dirql.kernel.rules;

import dev.dirql.events.Finding;
import dev.dirql.events.Severity;
import java.util.List;

/**
 * A rule that was broken.
 *
 * @param rule public name of the rule
 * @param id number its users know, in hexadecimal without prefix, empty if it has none
 * @param message one sentence with the values
 * @param verifier bug check that Driver Verifier would raise, or {@link Verifier#NONE}
 * @param places further places; the one where it was noticed is added in front
 */
public record Violation(
        String rule,
        String id,
        Severity severity,
        String message,
        Verifier verifier,
        List<Finding.Place> places) {
    public Violation {
        places = List.copyOf(places);
    }

    /** An error without further places. */
    public static Violation error(String rule, String id, String message, Verifier verifier) {
        return new Violation(rule, id, Severity.ERROR, message, verifier, List.of());
    }

    public Violation at(Finding.Place... more) {
        return new Violation(rule, id, severity, message, verifier, List.of(more));
    }

    /** The bug check of a machine whose verifier is on; code 0 for none. */
    public record Verifier(int code, long p1, long p2, long p3, long p4) {
        public static final Verifier NONE = new Verifier(0, 0, 0, 0, 0);

        /** 0xC4 DRIVER_VERIFIER_DETECTED_VIOLATION with a subcode and three parameters. */
        public static Verifier detected(long subcode, long p2, long p3, long p4) {
            return new Verifier(0xC4, subcode, p2, p3, p4);
        }
    }
}
