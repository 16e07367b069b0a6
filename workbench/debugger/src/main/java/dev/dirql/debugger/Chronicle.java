package dev.dirql.debugger;

import dev.dirql.machine.Machine;
import dev.dirql.simulation.OpenRun;
import dev.dirql.simulation.decisions.SteeredDecisions;
import dev.dirql.store.TraceRecord.EventRecord;
import java.util.ArrayList;
import java.util.List;

/**
 * What happened between two positions of a run. It is found by executing that again; afterwards the
 * machine stands where it stood before.
 */
public final class Chronicle {
    private final TimeTravel travel;
    private final OpenRun run;
    private final Machine machine;

    Chronicle(TimeTravel travel, OpenRun run) {
        this.travel = travel;
        this.run = run;
        machine = run.machine();
    }

    /**
     * A decision that was asked.
     *
     * @param steps steps of all processors together that were counted when it was asked
     */
    public record DecisionRecord(long steps, SteeredDecisions.Made decision) {}

    /**
     * The events that happened behind one position and up to another, with what they are about.
     *
     * @param filter which of them
     * @param limit how many at most; of more, the last ones
     */
    public List<EventRecord> events(long from, long to, EventFilter filter, int limit) {
        List<EventRecord> found = new ArrayList<>();
        long here = machine.steps();
        travel.travel(from);
        travel.forward(
                to,
                List.of(StopPoint.of(new Trigger.Happen(filter))),
                (_, hits) -> {
                    for (Hit hit : hits) {
                        if (hit.cause() instanceof Hit.Happened(var stamp, var event)) {
                            found.add(new EventRecord(stamp, event));
                            if (found.size() > limit) {
                                found.removeFirst();
                            }
                        }
                    }
                    return List.of();
                });
        travel.comeBack(here);
        return List.copyOf(found);
    }

    /**
     * The decisions that were asked between two positions.
     *
     * @param limit how many at most; of more, the last ones
     */
    public List<DecisionRecord> decisions(long from, long to, int limit) {
        List<DecisionRecord> found = new ArrayList<>();
        long here = machine.steps();
        travel.travel(from);
        run.decisions()
                .listen(made -> {
                    found.add(new DecisionRecord(machine.steps(), made));
                    if (found.size() > limit) {
                        found.removeFirst();
                    }
                });
        try {
            travel.forward(to, List.of(), (_, hits) -> hits);
        } finally {
            run.decisions().listen(null);
        }
        travel.comeBack(here);
        return List.copyOf(found);
    }
}
