package dev.dirql.simulation.decisions;

import dev.dirql.events.Decision;
import dev.dirql.events.DecisionKind;
import dev.dirql.machine.DecisionPoint;
import dev.dirql.machine.DecisionSource;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Answers as an earlier run was answered: with its recorded decisions, and with the default for
 * every other question.
 */
public final class DecisionReplay implements DecisionSource, StatePart {
    /** How a question is matched with a recorded decision. */
    public enum Match {
        /** By its number in the run: the program is the recorded one. */
        ORDINAL,
        /** By context, routine and occurrence: the program may have changed. */
        PLACE
    }

    private record Key(DecisionKind kind, DecisionPlace place, long occurrence) {}

    private final List<Decision> decisions;
    private final Match match;
    private final DecisionPlace.Finder places;
    private final Occurrences occurrences = new Occurrences();
    private final Map<Key, Decision> byPlace = new HashMap<>();
    private long asked;
    private int next;
    private long used;
    private Optional<String> mismatch = Optional.empty();

    /**
     * @param decisions recorded decisions, ascending by ordinal
     */
    public DecisionReplay(List<Decision> decisions, Match match, DecisionPlace.Finder places) {
        this.decisions = List.copyOf(decisions);
        this.match = match;
        this.places = places;
        if (match == Match.PLACE) {
            for (Decision decision : this.decisions) {
                DecisionPlace place = new DecisionPlace(decision.context(), decision.routine());
                byPlace.put(new Key(decision.kind(), place, decision.occurrence()), decision);
            }
        }
    }

    /** How many questions were asked. */
    public long asked() {
        return asked;
    }

    /** How many recorded decisions were used; under {@link Match#PLACE} some may never be. */
    public long used() {
        return used;
    }

    /** The first question that was not the recorded one, in words; empty while all were. */
    public Optional<String> mismatch() {
        return mismatch;
    }

    @Override
    public int choose(DecisionPoint point) {
        long ordinal = asked++;
        return switch (match) {
            case ORDINAL -> byOrdinal(ordinal, point);
            case PLACE -> byPlace(point);
        };
    }

    private int byOrdinal(long ordinal, DecisionPoint point) {
        if (next == decisions.size() || decisions.get(next).ordinal() != ordinal) {
            return 0;
        }
        Decision decision = decisions.get(next++);
        if (decision.kind() != point.kind() || decision.alternatives() != point.alternatives()) {
            if (mismatch.isEmpty()) {
                mismatch =
                        Optional.of(
                                "decision %,d: recorded was %s of %d alternatives, asked is %s of %d"
                                        .formatted(
                                                ordinal,
                                                decision.kind(),
                                                decision.alternatives(),
                                                point.kind(),
                                                point.alternatives()));
            }
            return 0;
        }
        used++;
        return decision.choice();
    }

    private int byPlace(DecisionPoint point) {
        if (byPlace.isEmpty()) {
            return 0;
        }
        DecisionPlace place = places.of(point);
        long occurrence = occurrences.next(point.kind(), place);
        Decision decision = byPlace.get(new Key(point.kind(), place, occurrence));
        if (decision == null || decision.choice() >= point.alternatives()) {
            return 0;
        }
        used++;
        return decision.choice();
    }

    @Override
    public void save(StateWriter out) {
        out.value(asked);
        out.value(next);
        out.value(used);
        out.reference(mismatch);
        occurrences.save(out);
    }

    @Override
    @SuppressWarnings("unchecked")
    public void restore(StateReader in) {
        asked = in.value();
        next = in.intValue();
        used = in.value();
        mismatch = in.reference(Optional.class);
        occurrences.restore(in);
    }
}
