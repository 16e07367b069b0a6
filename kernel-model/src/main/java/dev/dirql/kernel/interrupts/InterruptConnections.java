package dev.dirql.kernel.interrupts;

import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What IoConnectInterruptEx connected, by the context it gave: an object or a message table. */
public final class InterruptConnections implements StatePart {
    /**
     * Interrupt objects that are connected together.
     *
     * @param version the connection type, as it was told on return
     */
    record Connection(int version, List<Long> interrupts) {
        Connection {
            interrupts = List.copyOf(interrupts);
        }
    }

    private final TreeMap<Long, Connection> connections = new TreeMap<>();

    void add(long context, Connection connection) {
        connections.put(context, connection);
    }

    @Nullable Connection find(long context) {
        return connections.get(context);
    }

    void remove(long context) {
        connections.remove(context);
    }

    @Override
    public void save(StateWriter out) {
        out.value(connections.size());
        for (Map.Entry<Long, Connection> entry : connections.entrySet()) {
            out.value(entry.getKey());
            out.value(entry.getValue().version());
            out.value(entry.getValue().interrupts().size());
            entry.getValue().interrupts().forEach(out::value);
        }
    }

    @Override
    public void restore(StateReader in) {
        connections.clear();
        for (int i = in.intValue(); i > 0; i--) {
            long context = in.value();
            int version = in.intValue();
            List<Long> interrupts = new ArrayList<>();
            for (int j = in.intValue(); j > 0; j--) {
                interrupts.add(in.value());
            }
            connections.put(context, new Connection(version, interrupts));
        }
    }
}
