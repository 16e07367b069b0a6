package dev.dirql.debugger;

import dev.dirql.machine.Machine;
import dev.dirql.simulation.OpenRun;
import dev.dirql.simulation.decisions.SteeredDecisions;
import dev.dirql.store.TraceRecord.EventRecord;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

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
     * @throws CancellationException if a halt was asked for
     */
    public List<EventRecord> events(long from, long to, EventFilter filter, int limit) {
        Deque<EventRecord> found = new ArrayDeque<>();
        execute(
                from,
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
                },
                null);
        return List.copyOf(found);
    }

    /**
     * The last time before the present position that something happened: who wrote to memory last,
     * who acquired a lock.
     */
    public Optional<Hit> last(Trigger trigger) {
        long here = machine.steps();
        StopPoint point = StopPoint.of(trigger).withNumber(-1);
        Arrival arrival = travel.backward(List.of(point), (_, hits) -> hits);
        travel.comeBack(here);
        return switch (arrival) {
            case Arrival.Hits(List<Hit> hits) -> Optional.of(hits.getLast());
            case Arrival.Halted _ -> throw halted();
            case Arrival.Reached _, Arrival.Beginning _, Arrival.Ended _, Arrival.Trouble _ ->
                    Optional.empty();
        };
    }

    private static CancellationException halted() {
        return new CancellationException("halted before everything was looked at");
    }

    /** Executes from one position to another, and comes back. */
    private void execute(
            long from,
            long to,
            List<StopPoint> points,
            TimeTravel.Acceptance acceptance,
            SteeredDecisions.@Nullable Listener listener) {
        long here = machine.steps();
        travel.comeBack(from);
        run.decisions().listen(listener);
        Arrival arrival;
        try {
            do {
                arrival = travel.forward(to, points, acceptance);
            } while (arrival instanceof Arrival.Trouble);
        } finally {
            run.decisions().listen(null);
            travel.comeBack(here);
        }
        if (arrival instanceof Arrival.Halted) {
            throw halted();
        }
    }

    /**
     * The decisions that were asked between two positions.
     *
     * @param limit how many at most; of more, the last ones
     * @throws CancellationException if a halt was asked for
     */
    public List<DecisionRecord> decisions(long from, long to, int limit) {
        Deque<DecisionRecord> found = new ArrayDeque<>();
        execute(
                from,
                to,
                List.of(),
                (_, hits) -> hits,
                made -> {
                    found.add(new DecisionRecord(machine.steps(), made));
                    if (found.size() > limit) {
                        found.removeFirst();
                    }
                });
        return List.copyOf(found);
    }
}
