package dev.dirql.simulation.decisions;

import dev.dirql.events.DecisionKind;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.LinkedHashMap;
import java.util.Map;

/** Counts how often each kind of question was asked at each place. */
final class Occurrences implements StatePart {
    private record Key(DecisionKind kind, DecisionPlace place) {}

    private record Kept(Map<Key, Long> counts) {}

    private Map<Key, Long> counts = new LinkedHashMap<>();

    /** How often it was asked there before this time. */
    long next(DecisionKind kind, DecisionPlace place) {
        return counts.merge(new Key(kind, place), 1L, Long::sum) - 1;
    }

    @Override
    public void save(StateWriter out) {
        out.reference(new Kept(new LinkedHashMap<>(counts)));
    }

    @Override
    public void restore(StateReader in) {
        counts = new LinkedHashMap<>(in.reference(Kept.class).counts());
    }
}
