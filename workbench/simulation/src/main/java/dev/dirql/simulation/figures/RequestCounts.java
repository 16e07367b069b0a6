package dev.dirql.simulation.figures;

import dev.dirql.events.Event;
import dev.dirql.events.Stamp;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Follows every request from its creation to its completion. */
final class RequestCounts implements StatePart {
    private record Kept(List<RequestFigures> requests, Map<Long, Integer> open) {}

    private List<RequestFigures> requests = new ArrayList<>();
    private Map<Long, Integer> open = new HashMap<>();

    void created(Stamp stamp, Event.IrpCreated event) {
        open.put(event.irp(), requests.size());
        requests.add(
                new RequestFigures(
                        event.irp(),
                        event.major(),
                        event.device(),
                        event.length(),
                        stamp.thread(),
                        stamp.timeNs(),
                        false,
                        0,
                        0,
                        0));
    }

    void completed(Stamp stamp, Event.IrpCompleted event) {
        Integer index = open.remove(event.irp());
        if (index != null) {
            requests.set(
                    index,
                    requests.get(index)
                            .completed(stamp.timeNs(), event.status(), event.information()));
        }
    }

    List<RequestFigures> figures() {
        return List.copyOf(requests);
    }

    @Override
    public void save(StateWriter out) {
        out.reference(new Kept(List.copyOf(requests), new HashMap<>(open)));
    }

    @Override
    public void restore(StateReader in) {
        Kept kept = in.reference(Kept.class);
        requests = new ArrayList<>(kept.requests());
        open = new HashMap<>(kept.open());
    }
}
