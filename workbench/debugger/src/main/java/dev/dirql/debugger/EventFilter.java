package dev.dirql.debugger;

import dev.dirql.events.Event;
import dev.dirql.events.Finding;
import dev.dirql.simulation.view.EventFields;
import java.util.Map;
import java.util.Set;

/**
 * Events of some kinds, whose fields have certain values.
 *
 * @param kinds as {@link EventFields#kind} names them; none stands for all
 * @param numbers values of fields that are numbers, addresses or flags (1 is true), by the names
 *     that {@link EventFields} gives them
 * @param texts values of fields that are texts
 */
public record EventFilter(Set<String> kinds, Map<String, Long> numbers, Map<String, String> texts) {
    public EventFilter {
        kinds = Set.copyOf(kinds);
        numbers = Map.copyOf(numbers);
        texts = Map.copyOf(texts);
    }

    /** Every event of a kind. */
    public static EventFilter of(String kind) {
        return new EventFilter(Set.of(kind), Map.of(), Map.of());
    }

    /** Whether an event is meant. */
    public boolean matches(Event event) {
        if (!kinds.isEmpty() && !kinds.contains(EventFields.kind(event))) {
            return false;
        }
        if (numbers.isEmpty() && texts.isEmpty()) {
            return true;
        }
        Found found = new Found();
        EventFields.visit(event, found);
        return found.count == numbers.size() + texts.size();
    }

    /** Counts the fields that have the value that is wanted. */
    private final class Found implements EventFields.Visitor {
        private int count;

        @Override
        public void number(String name, long value) {
            Long wanted = numbers.get(name);
            if (wanted != null && wanted == value) {
                count++;
            }
        }

        @Override
        public void text(String name, String value) {
            if (value.equals(texts.get(name))) {
                count++;
            }
        }

        @Override
        public void address(String name, long value) {
            number(name, value);
        }

        @Override
        public void code(String name, long value) {
            number(name, value);
        }

        @Override
        public void bits(String name, long value) {
            number(name, value);
        }

        @Override
        public void status(String name, int value) {
            number(name, value);
        }

        @Override
        public void duration(String name, long ns) {
            number(name, ns);
        }

        @Override
        public void flag(String name, boolean value) {
            number(name, value ? 1 : 0);
        }

        @Override
        public void finding(Finding finding) {
            text("rule", finding.rule());
        }
    }
}
