package dev.dirql.machine;

/**
 * Thrown by a device access of a processor that is ahead of the others: the step has changed
 * nothing and is done again when the others caught up. The instruction engine answers with {@link
 * InstructionEngine.Stop#AHEAD}.
 */
public final class AheadOfHorizon extends RuntimeException {
    private static final long serialVersionUID = 1L;

    AheadOfHorizon() {
        super("ahead of the horizon", null, false, false);
    }
}
