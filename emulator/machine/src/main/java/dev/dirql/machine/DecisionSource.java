package dev.dirql.machine;

/** Answers every choice that hardware or Windows leaves open. */
@FunctionalInterface
public interface DecisionSource {
    /** Answers with a number from 0 to {@code point.alternatives() - 1}. */
    int choose(DecisionPoint point);

    /** Takes the default policy's choice every time. */
    static DecisionSource defaultPolicy() {
        return _ -> 0;
    }
}
