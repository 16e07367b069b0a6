package dev.dirql.simulation.decisions;

import dev.dirql.events.DecisionKind;
import dev.dirql.machine.DecisionPoint;
import dev.dirql.machine.DecisionSource;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Stands before the source of a run's decisions, so that a person can see them and answer one
 * otherwise. The source behind it is asked all the same, and counts and records what it says.
 */
public final class SteeredDecisions implements DecisionSource, StatePart {
    private final DecisionSource source;
    private final DecisionPlace.Finder places;
    private Map<Long, Integer> answers = Map.of();
    private @Nullable Listener listener;
    private long asked;

    /** Told of every decision. */
    @FunctionalInterface
    public interface Listener {
        void decided(Made decision);
    }

    /**
     * A decision that was made.
     *
     * @param ordinal how many were asked before it
     * @param processor number of the processor it is about, or -1
     * @param subject address or vector it is about, 0 for none
     * @param choice the alternative taken, 0 for the default policy's
     * @param steered whether a person made it
     */
    public record Made(
            long ordinal,
            DecisionKind kind,
            int processor,
            int alternatives,
            long subject,
            int choice,
            boolean steered,
            DecisionPlace place) {}

    public SteeredDecisions(DecisionSource source, DecisionPlace.Finder places) {
        this.source = source;
        this.places = places;
    }

    /** How many questions were asked. */
    public long asked() {
        return asked;
    }

    /**
     * Answers a question that is still to come otherwise than the source. A choice that the
     * question does not offer is not taken.
     *
     * @param ordinal how many questions are asked before it
     */
    public void answer(long ordinal, int choice) {
        Map<Long, Integer> more = new TreeMap<>(answers);
        more.put(ordinal, choice);
        answers = more;
    }

    /** Lets somebody see every decision; null for nobody. */
    public void listen(@Nullable Listener newListener) {
        listener = newListener;
    }

    @Override
    public int choose(DecisionPoint point) {
        long ordinal = asked++;
        int choice = source.choose(point);
        Integer answer = answers.isEmpty() ? null : answers.get(ordinal);
        boolean steered = answer != null && answer >= 0 && answer < point.alternatives();
        if (answer != null && steered) {
            choice = answer;
        }
        Listener told = listener;
        if (told != null) {
            told.decided(
                    new Made(
                            ordinal,
                            point.kind(),
                            point.processor(),
                            point.alternatives(),
                            point.subject(),
                            choice,
                            steered,
                            places.of(point)));
        }
        return choice;
    }

    @Override
    public void save(StateWriter out) {
        out.value(asked);
        out.reference(answers);
    }

    @Override
    @SuppressWarnings("unchecked")
    public void restore(StateReader in) {
        asked = in.value();
        answers = in.reference(Map.class);
    }
}
