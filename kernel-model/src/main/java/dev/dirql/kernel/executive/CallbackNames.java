package dev.dirql.kernel.executive;

import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.ArrayList;
import java.util.List;

/** The names of callback objects, in the order in which these were made. */
public final class CallbackNames implements StatePart {
    private record Entry(String name, long object) {}

    private List<Entry> entries = new ArrayList<>();

    /** The object of a name, or 0. */
    long find(String name, boolean ignoreCase) {
        for (Entry entry : entries) {
            if (ignoreCase ? entry.name.equalsIgnoreCase(name) : entry.name.equals(name)) {
                return entry.object;
            }
        }
        return 0;
    }

    void add(String name, long object) {
        entries.add(new Entry(name, object));
    }

    /** An object is no more. */
    void remove(long object) {
        entries.removeIf(entry -> entry.object == object);
    }

    boolean isNamed(long object) {
        return entries.stream().anyMatch(entry -> entry.object == object);
    }

    @Override
    public void save(StateWriter out) {
        out.reference(List.copyOf(entries));
    }

    @Override
    @SuppressWarnings("unchecked")
    public void restore(StateReader in) {
        entries = new ArrayList<>((List<Entry>) in.reference(List.class));
    }
}
