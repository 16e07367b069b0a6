package dev.dirql.events;

import java.util.List;

/**
 * A driver's mistake that a rule noticed.
 *
 * @param rule public name of the rule, as Driver Verifier, SDV or the DDI-compliance rules spell
 *     it, else our own
 * @param id the number its users know (Driver Verifier 0xC4 subcode or rule id, hexadecimal), empty
 *     if it has none
 * @param severity how bad it is
 * @param message one sentence that says what went wrong, with the values
 * @param places the places involved, the one where it was noticed first
 */
public record Finding(
        String rule, String id, Severity severity, String message, List<Place> places) {
    public Finding {
        places = List.copyOf(places);
    }

    /**
     * A place that a finding speaks of.
     *
     * @param role what happened there: {@code "noticed"}, {@code "acquired"}, {@code "allocated"}
     * @param sequence sequence number of the event at that place, 0 where it is the current one
     * @param processor processor number, or {@link Stamp#NO_PROCESSOR}
     * @param thread KTHREAD address or 0
     * @param irql IRQL there
     * @param address code address
     * @param stack code addresses of who called whom, innermost first; empty for a moment that is
     *     past
     */
    public record Place(
            String role,
            long sequence,
            int processor,
            long thread,
            int irql,
            long address,
            List<Long> stack) {
        public Place {
            stack = List.copyOf(stack);
        }
    }
}
