package dev.dirql.machine;

import dev.dirql.events.DecisionKind;

/**
 * One choice that is open now. The machine has one of these and fills it anew for each question, so
 * that asking costs no allocation; a source that wants to keep it copies what it needs.
 */
public final class DecisionPoint {
    DecisionKind kind = DecisionKind.RUN_PROCESSOR;
    int processor;
    int alternatives;
    long subject;

    DecisionPoint() {}

    public DecisionKind kind() {
        return kind;
    }

    /** The processor that the choice is about, or {@link dev.dirql.events.Stamp#NO_PROCESSOR}. */
    public int processor() {
        return processor;
    }

    /** How many choices there are, at least 2. Choice 0 is the default policy's. */
    public int alternatives() {
        return alternatives;
    }

    /**
     * What the choice is about: a lock, page, DPC or thread address, a vector; 0 if there is
     * nothing to name.
     */
    public long subject() {
        return subject;
    }
}
