package dev.dirql.debugger;

import dev.dirql.machine.Machine;
import dev.dirql.simulation.OpenRun;
import dev.dirql.simulation.RunPosition;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Goes to places of a run that are named otherwise than by their steps. */
final class Places {
    /** How far it goes before it looks whether it is there. */
    private static final long STRETCH = 200_000;

    private static final EventFilter ALL_EVENTS = new EventFilter(Set.of(), Map.of(), Map.of());

    private final TimeTravel travel;
    private final OpenRun run;
    private final Machine machine;

    Places(TimeTravel travel, OpenRun run) {
        this.travel = travel;
        this.run = run;
        machine = run.machine();
    }

    Arrival goTo(RunPosition position) {
        return switch (position) {
            case RunPosition.AtEvent(long sequence, long steps) -> {
                Arrival arrival = event(sequence);
                yield steps > 0 && arrival instanceof Arrival.Reached
                        ? travel.travel(machine.steps() + steps)
                        : arrival;
            }
            case RunPosition.AtTime(long timeNs) -> time(timeNs);
        };
    }

    /** To the first boundary at which an event has happened; 0 for the start of the run. */
    private Arrival event(long sequence) {
        if (sequence <= 0) {
            return travel.travel(0);
        }
        if (run.lastEvent().sequence() == sequence) {
            return travel.travel(run.lastEvent().steps());
        }
        while (machine.sequence() < sequence) {
            if (machine.hasEnded()) {
                return new Arrival.Ended();
            }
            if (travel.travel(machine.steps() + STRETCH) instanceof Arrival.Halted halted) {
                return halted;
            }
        }
        long end = machine.steps();
        travel.travel(travel.checkpoints().beforeEvent(sequence));
        if (machine.sequence() >= sequence) {
            // It happened before the first step.
            return new Arrival.Reached();
        }
        Arrival arrival =
                travel.forward(
                        end,
                        List.of(StopPoint.of(new Trigger.Happen(ALL_EVENTS))),
                        (_, hits) -> hits.stream().filter(hit -> isFrom(hit, sequence)).toList());
        return arrival instanceof Arrival.Hits ? new Arrival.Reached() : arrival;
    }

    private static boolean isFrom(Hit hit, long sequence) {
        return hit.cause() instanceof Hit.Happened(var stamp, _) && stamp.sequence() >= sequence;
    }

    /**
     * Before the first step of a processor whose clock is at or behind a time; others may still
     * have steps to do before it.
     */
    private Arrival time(long timeNs) {
        long ahead = machine.settings().quantumNs();
        while (machine.nowNs() < timeNs + ahead && !machine.hasEnded()) {
            if (travel.travel(machine.steps() + STRETCH) instanceof Arrival.Halted halted) {
                return halted;
            }
        }
        long end = machine.steps();
        long[] found = {Long.MAX_VALUE};
        int count = machine.processorCount();
        travel.retrace(
                travel.checkpoints().beforeTime(timeNs - ahead),
                end,
                count == Long.SIZE ? -1L : (1L << count) - 1,
                (processor, _) -> {
                    if (processor.clockNs >= timeNs) {
                        found[0] = Math.min(found[0], machine.steps());
                    }
                });
        if (found[0] == Long.MAX_VALUE) {
            return new Arrival.Ended();
        }
        return travel.travel(found[0]);
    }
}
