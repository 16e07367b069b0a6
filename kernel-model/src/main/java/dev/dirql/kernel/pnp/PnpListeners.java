package dev.dirql.kernel.pnp;

import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who registered for notifications, in the order in which they did. */
final class PnpListeners implements StatePart {
    /**
     * A registration.
     *
     * @param entry what the driver knows it by
     * @param guid of an interface class, or empty
     * @param pdo the device of a file object, or 0
     * @param calls of its routine that are under way
     * @param thread in which the last of them runs
     * @param waiting address of the event that is set when there are none, or 0
     */
    record Listener(
            long entry,
            int category,
            String guid,
            long pdo,
            long file,
            long driver,
            long routine,
            long context,
            int calls,
            long thread,
            long waiting) {
        Listener with(int newCalls, long newThread, long newWaiting) {
            return new Listener(
                    entry,
                    category,
                    guid,
                    pdo,
                    file,
                    driver,
                    routine,
                    context,
                    newCalls,
                    newThread,
                    newWaiting);
        }
    }

    private List<Listener> listeners = new ArrayList<>();

    void add(Listener listener) {
        listeners.add(listener);
    }

    List<Listener> all() {
        return List.copyOf(listeners);
    }

    @Nullable Listener find(long entry) {
        for (Listener listener : listeners) {
            if (listener.entry == entry) {
                return listener;
            }
        }
        return null;
    }

    void replace(Listener changed) {
        listeners.replaceAll(listener -> listener.entry == changed.entry ? changed : listener);
    }

    void remove(long entry) {
        listeners.removeIf(listener -> listener.entry == entry);
    }

    /**
     * The first whom something concerns, behind another one.
     *
     * @param after 0 for none; one that is gone by now was the last
     */
    @Nullable Listener next(int category, String guid, long pdo, long after) {
        boolean behind = after == 0;
        for (Listener listener : listeners) {
            if (behind
                    && listener.category == category
                    && listener.guid.equals(guid)
                    && listener.pdo == pdo) {
                return listener;
            }
            behind |= listener.entry == after;
        }
        return null;
    }

    @Override
    public void save(StateWriter out) {
        out.value(listeners.size());
        for (Listener listener : listeners) {
            out.value(listener.entry);
            out.value(listener.calls);
            out.value(listener.waiting);
        }
        out.reference(List.copyOf(listeners));
    }

    @Override
    @SuppressWarnings("unchecked")
    public void restore(StateReader in) {
        for (int i = in.intValue(); i > 0; i--) {
            in.value();
            in.intValue();
            in.value();
        }
        listeners = new ArrayList<>((List<Listener>) in.reference(List.class));
    }
}
