package dev.dirql.simulation.figures;

import dev.dirql.events.Event;
import dev.dirql.events.Stamp;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Counts the interrupts that no ISR claimed, by vector. */
final class SpuriousCounts implements StatePart {
    private record Kept(Map<Integer, Set<String>> names, Map<Integer, Unclaimed> unclaimed) {}

    private record Unclaimed(long count, TreeSet<Integer> processors) {
        Unclaimed and(Unclaimed other) {
            TreeSet<Integer> all = new TreeSet<>(processors);
            all.addAll(other.processors);
            return new Unclaimed(count + other.count, all);
        }
    }

    private Map<Integer, Set<String>> names = new TreeMap<>();
    private Map<Integer, Unclaimed> unclaimed = new TreeMap<>();

    void connected(Event.InterruptConnected event) {
        Set<String> all = new LinkedHashSet<>(names.getOrDefault(event.vector(), Set.of()));
        all.add(event.name());
        names.put(event.vector(), all);
    }

    void unclaimed(Stamp stamp, Event.InterruptUnclaimed event) {
        Unclaimed one = new Unclaimed(1, new TreeSet<>(Set.of(stamp.processor())));
        unclaimed.merge(event.vector(), one, Unclaimed::and);
    }

    List<SpuriousFigures> figures() {
        List<SpuriousFigures> figures = new ArrayList<>();
        unclaimed.forEach((vector, all) ->
                figures.add(
                        new SpuriousFigures(
                                vector,
                                List.copyOf(names.getOrDefault(vector, Set.of())),
                                all.count(),
                                List.copyOf(all.processors()))));
        return figures;
    }

    @Override
    public void save(StateWriter out) {
        out.reference(new Kept(new TreeMap<>(names), new TreeMap<>(unclaimed)));
    }

    @Override
    public void restore(StateReader in) {
        Kept kept = in.reference(Kept.class);
        names = new TreeMap<>(kept.names());
        unclaimed = new TreeMap<>(kept.unclaimed());
    }
}
