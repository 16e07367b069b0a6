package dev.dirql.debugger;

import dev.dirql.events.EventSink;
import dev.dirql.machine.Machine;
import dev.dirql.simulation.OpenRun;
import dev.dirql.simulation.RunPosition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * One run under a debugger: it stands somewhere, can be looked at, and goes forwards and backwards
 * from there. It belongs to one thread; clients come through {@link DebugSession}.
 */
public final class Debugger implements AutoCloseable {
    private final OpenRun run;
    private final Machine machine;
    private final TimeTravel travel;
    private final Inspection inspection;
    private final StopPoints points = new StopPoints();
    private final Stepping stepping;
    private final ReverseStepping reverse;
    private final Places places;
    private final Changes changes;
    private final Chronicle chronicle;

    /**
     * @param run one that stands before its first step; closed with this
     * @param haltWanted whether what is being done is to be left, asked every few milliseconds
     */
    public Debugger(OpenRun run, CheckpointLimits limits, BooleanSupplier haltWanted) {
        this.run = run;
        machine = run.machine();
        travel = new TimeTravel(run, limits, haltWanted);
        inspection = new Inspection(run);
        stepping = new Stepping(travel, machine, inspection);
        reverse = new ReverseStepping(travel, machine, inspection, stepping, this::counting);
        places = new Places(travel, run);
        changes = new Changes(travel, run);
        chronicle = new Chronicle(travel, run);
    }

    /** One that is never halted from outside. */
    public Debugger(OpenRun run) {
        this(run, CheckpointLimits.standard(), () -> false);
    }

    /** Tells somebody of each event the first time that it happens on its line of history. */
    public void tell(EventSink listener) {
        travel.tell(listener);
    }

    public OpenRun run() {
        return run;
    }

    public Inspection inspection() {
        return inspection;
    }

    // ---- where it stands ----

    public Position position() {
        return travel.position();
    }

    /** The furthest position of this line of history that was visited. */
    public long frontier() {
        return travel.frontier();
    }

    /** Whether the run is over here. */
    public boolean isAtEnd() {
        return machine.hasEnded();
    }

    /** A hash of everything that decides what happens next. */
    public long exactHash() {
        return machine.exactHash();
    }

    // ---- stop points ----

    /** Adds a stop point, and gives it as it is kept, with its number. */
    public StopPoint add(StopPoint point) {
        return points.add(point);
    }

    /** Puts another in the place of the one with its number; false if there is none. */
    public boolean replace(StopPoint point) {
        return points.replace(point);
    }

    public boolean remove(int number) {
        return points.remove(number);
    }

    public List<StopPoint> stopPoints() {
        return points.all();
    }

    public Optional<StopPoint> stopPoint(int number) {
        return points.find(number);
    }

    /** The hits whose condition holds. */
    private List<Hit> counting(List<StopPoint> of, List<Hit> hits) {
        if (hits.isEmpty()) {
            return hits;
        }
        Map<Integer, StopPoint> byNumber = new HashMap<>();
        of.forEach(point -> byNumber.put(point.number(), point));
        return hits.stream()
                .filter(hit -> {
                    StopPoint point = byNumber.get(hit.point());
                    return point != null && point.condition().holds(inspection, hit);
                })
                .toList();
    }

    private List<Hit> stopping(List<StopPoint> of, List<Hit> hits) {
        return points.stopping(counting(of, hits));
    }

    // ---- going ----

    /** Goes on to the next hit, or back to the last one. */
    public Arrival go(Direction direction) {
        return go(direction, List.of());
    }

    /**
     * Goes on to the next hit of any stop point, or of one of these, which count for this time
     * only; they have numbers below 0, the first -1.
     */
    public Arrival go(Direction direction, List<Trigger> until) {
        List<StopPoint> all = new ArrayList<>(points.enabled());
        for (int i = 0; i < until.size(); i++) {
            all.add(StopPoint.of(until.get(i)).withNumber(-1 - i));
        }
        return go(direction, all, Long.MAX_VALUE);
    }

    private Arrival go(Direction direction, List<StopPoint> all, long target) {
        return switch (direction) {
            case FORWARD -> travel.forward(target, all, this::stopping);
            case BACKWARD -> travel.backward(all, this::counting);
        };
    }

    /** Goes on to a position or a hit before it. */
    public Arrival goUpTo(long steps) {
        return go(Direction.FORWARD, points.enabled(), steps);
    }

    /** Takes steps of the thread that a processor executes, or of the processor. */
    public Arrival step(StepKind kind, int processor, Direction direction) {
        return switch (direction) {
            case FORWARD -> stepping.step(kind, processor, points.enabled(), this::stopping);
            case BACKWARD -> reverse.step(kind, processor);
        };
    }

    /** Goes to a position, past every stop point. */
    public Arrival goTo(long steps) {
        return travel.travel(steps);
    }

    /** Goes to an event, with steps behind it, or a time; past every stop point. */
    public Arrival goTo(RunPosition position) {
        return places.goTo(position);
    }

    // ---- changing ----

    /**
     * Changes the present moment. The run goes on from here as a branch, and whenever it comes by
     * here again the change is part of it.
     *
     * @throws IllegalArgumentException if there is nothing that could be changed like that
     */
    public void edit(Edit edit) {
        changes.edit(edit);
    }

    /** Goes back to where the innermost branch began, and forgets it; false if there is none. */
    public boolean dropBranch() {
        return travel.dropBranch();
    }

    /** What was changed, a list for each branch, the innermost last. */
    public List<Branch> branches() {
        return travel.history().branches();
    }

    // ---- what happened ----

    /** What happened between two positions, found by executing it again. */
    public Chronicle chronicle() {
        return chronicle;
    }

    /** How many checkpoints there are, and what they take. */
    public CheckpointUse checkpointUse() {
        return new CheckpointUse(travel.checkpoints().count(), travel.checkpoints().bytes());
    }

    /**
     * @param bytes memory that they take, as far as it is known
     */
    public record CheckpointUse(int count, long bytes) {}

    @Override
    public void close() {
        run.close();
    }
}
