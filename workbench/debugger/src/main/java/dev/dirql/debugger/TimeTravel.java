package dev.dirql.debugger;

import dev.dirql.events.Event;
import dev.dirql.events.EventSink;
import dev.dirql.events.Stamp;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;
import dev.dirql.simulation.OpenRun;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes a run to any of its positions: forwards by letting it run, backwards by going back to a
 * checkpoint and executing from there again. Between two calls the machine always stands at a
 * position, as {@link Machine#isAtBoundary} has it, so that a position is the same moment whichever
 * way it was reached.
 */
final class TimeTravel {
    /** Steps between two looks at whether somebody wants a halt: some milliseconds. */
    private static final long STEPS_AT_A_TIME = 250_000;

    /** An interval that is executed again is not divided further than this. */
    private static final long DENSEST = 4_096;

    private final OpenRun run;
    private final Machine machine;
    private final Lookout lookout;
    private final Checkpoints checkpoints;
    private final History history;
    private final Trial trial;
    private final BooleanSupplier haltWanted;
    private EventSink told = (_, _) -> {};
    private Optional<String> toldTrouble = Optional.empty();

    /** Says which of the hits of some stop points at a pause count. */
    @FunctionalInterface
    interface Acceptance {
        List<Hit> of(List<StopPoint> points, List<Hit> hits);
    }

    /**
     * @param run one that stands before its first step
     * @param haltWanted whether what is being done is to be left; asked every few milliseconds
     */
    TimeTravel(OpenRun run, CheckpointLimits limits, BooleanSupplier haltWanted) {
        this.run = run;
        this.haltWanted = haltWanted;
        machine = run.machine();
        checkpoints = new Checkpoints(machine, limits);
        history = new History(machine, checkpoints);
        trial = new Trial(run, history);
        machine.addSink(this::accept);
        lookout = new Lookout(machine);
        piece(0);
        checkpoints.add(machine.steps(), Checkpoints.Kind.PINNED);
    }

    /** Tells somebody of each event the first time that it happens on its line of history. */
    void tell(EventSink listener) {
        told = listener;
    }

    private void accept(Stamp stamp, Event event) {
        if (!trial.isOn() && history.isNews(machine.steps(), stamp.sequence())) {
            told.accept(stamp, event);
        }
    }

    Position position() {
        long steps = machine.steps();
        return new Position(
                steps,
                run.lastEvent().sequence(),
                Math.max(0, steps - run.lastEvent().steps()),
                machine.nowNs(),
                history.branchAt(steps));
    }

    /** The furthest position of this line of history that was visited. */
    long frontier() {
        return history.frontier();
    }

    History history() {
        return history;
    }

    Checkpoints checkpoints() {
        return checkpoints;
    }

    // ---- forwards ----

    /**
     * Runs on until hits count, a position is reached, or the run cannot or should not go on. What
     * is executed at the present position is not looked for, so that going on from a hit does not
     * hit it again.
     */
    Arrival forward(long target, List<StopPoint> points, Acceptance acceptance) {
        return forward(() -> target, points, acceptance, 0, null);
    }

    private Arrival forward(
            LongSupplier target,
            List<StopPoint> points,
            Acceptance acceptance,
            long processors,
            Lookout.@Nullable StepListener listener) {
        lookout.watch(points, processors, listener);
        lookout.pass(machine.steps());
        try {
            while (true) {
                if (machine.hasEnded()) {
                    return new Arrival.Ended();
                }
                if (machine.steps() >= target.getAsLong()) {
                    return new Arrival.Reached();
                }
                if (haltWanted.getAsBoolean()) {
                    return new Arrival.Halted();
                }
                piece(target.getAsLong());
                List<Hit> hits = acceptance.of(points, counting());
                if (!hits.isEmpty()) {
                    return arrive(hits, points, acceptance);
                }
                Optional<String> trouble = run.trouble();
                if (!trouble.equals(toldTrouble)) {
                    toldTrouble = trouble;
                    if (trouble.isPresent()) {
                        settle();
                        return new Arrival.Trouble(trouble.get());
                    }
                }
            }
        } finally {
            lookout.rest();
            settle();
        }
    }

    /**
     * Runs on until a processor has tried its next step, or hits count. It may have to let others
     * go first: then its step is still to be done.
     */
    Arrival forwardOneStep(
            List<StopPoint> points,
            Acceptance acceptance,
            Processor processor,
            Lookout.StepListener listener) {
        long[] target = {Long.MAX_VALUE};
        return forward(
                () -> target[0],
                points,
                acceptance,
                1L << processor.number(),
                (stepping, interrupt) -> {
                    listener.before(stepping, interrupt);
                    target[0] = machine.steps() + 1;
                    machine.pauseAtStep(target[0]);
                });
    }

    private Arrival arrive(List<Hit> hits, List<StopPoint> points, Acceptance acceptance) {
        long first = hits.stream().mapToLong(Hit::steps).min().orElseThrow();
        List<Hit> here = new ArrayList<>(hits);
        here.removeIf(hit -> hit.steps() != first);
        lookout.rest();
        if (machine.steps() != first || !machine.isAtBoundary()) {
            seek(first);
        }
        if (here.stream().noneMatch(hit -> hit.cause() instanceof Hit.AtAddress)) {
            here.addAll(alsoExecuted(points, acceptance));
        }
        return new Arrival.Hits(here);
    }

    /**
     * Where hits behind a step stop a run, an address may be about to be executed as well; a run
     * that goes on from here would pass it.
     */
    private List<Hit> alsoExecuted(List<StopPoint> points, Acceptance acceptance) {
        if (machine.hasEnded()) {
            return List.of();
        }
        return trial.of(() -> {
            lookout.watch(
                    points.stream().filter(p -> p.trigger() instanceof Trigger.Execute).toList());
            run.go(machine.steps() + 1);
            List<Hit> found = acceptance.of(points, counting());
            lookout.rest();
            return found;
        });
    }

    /**
     * The hits that the last piece of the run paused for, without those that were none; a run that
     * goes on from here does not come upon them again.
     */
    private List<Hit> counting() {
        if (!lookout.hasHits()) {
            return List.of();
        }
        List<Hit> hits = new ArrayList<>();
        for (Hit hit : lookout.take()) {
            if (hit.cause() instanceof Hit.AtAddress at) {
                lookout.pass(hit.steps(), at.processor());
                if (hit.steps() == machine.steps() && executesNext(at.processor())) {
                    hits.add(hit);
                }
            } else {
                hits.add(hit);
            }
        }
        return hits;
    }

    /**
     * Whether a processor that is about to do the next step really does it. One that is ahead of
     * the others may have to let them catch up; that shows when it tries.
     */
    private boolean executesNext(int number) {
        Processor processor = machine.processor(number);
        if (processor.clockNs <= processor.horizonNs) {
            return true;
        }
        long before = processor.steps;
        lookout.setResting(true);
        try {
            return trial.of(() -> {
                run.go(machine.steps() + 1);
                return processor.steps != before;
            });
        } finally {
            lookout.setResting(false);
        }
    }

    /**
     * Runs a piece: to the target at most, not over the start of a branch, and only so far that a
     * halt is noticed soon. Checkpoints are made where they are wanted.
     */
    private void piece(long target) {
        long here = machine.steps();
        long edge = history.nextStart(here);
        long wanted = checkpoints.count() == 0 ? Long.MAX_VALUE : checkpoints.nextWanted(here);
        long end = Math.min(Math.min(target, edge), here + STEPS_AT_A_TIME);
        run.go(wanted > here ? Math.min(end, wanted) : end);
        if (lookout.hasHits()) {
            if (machine.steps() == edge) {
                // They lie before it, and are what they are without the edits.
                lookout.complete();
                cross(edge);
            }
            return;
        }
        if (machine.steps() < end) {
            settle();
        }
        history.visited(machine.steps());
        if (machine.steps() == edge) {
            cross(edge);
        } else if (machine.steps() >= wanted && machine.isAtBoundary() && !lookout.hasHits()) {
            checkpoints.add(machine.steps(), Checkpoints.Kind.REGULAR);
        }
    }

    /** From the end of a line onto the branch that begins there. */
    private void cross(long edge) {
        checkpoints.restore(edge);
        run.setBranch(true);
    }

    /** Goes on to the next position if a pause came between two. */
    private void settle() {
        while (!machine.hasEnded() && !machine.isAtBoundary()) {
            run.go(machine.steps() + 1);
        }
        if (!machine.hasEnded()) {
            run.go(machine.steps());
        }
    }

    // ---- to a position ----

    /** Goes to a position, or the end of the run if that comes first, unless a halt is wanted. */
    Arrival travel(long target) {
        return seek(target, haltWanted);
    }

    /** Goes to a position that was visited before, whether a halt is wanted or not. */
    void comeBack(long position) {
        seek(position);
    }

    private void seek(long target) {
        seek(target, () -> false);
    }

    private Arrival seek(long target, BooleanSupplier halt) {
        long here = machine.steps();
        long nearest = checkpoints.floor(target);
        if (target < here || nearest > here || !machine.isAtBoundary()) {
            restore(nearest);
        }
        return divide(target, halt);
    }

    private void restore(long checkpoint) {
        checkpoints.restore(checkpoint);
        run.setBranch(history.branchAt(checkpoint) > 0);
    }

    /**
     * Runs to a position, and leaves checkpoints behind that lie the denser the nearer they are to
     * it: whoever goes back from there does not go far.
     */
    private Arrival divide(long target, BooleanSupplier halt) {
        while (machine.steps() < target) {
            if (machine.hasEnded()) {
                return new Arrival.Ended();
            }
            if (halt.getAsBoolean()) {
                return new Arrival.Halted();
            }
            long here = machine.steps();
            long half = (target - here) / 2;
            boolean known = here < checkpoints.nextWanted(here) - half;
            if (known && half >= DENSEST) {
                go(here + half);
                if (!machine.hasEnded() && machine.steps() == here + half) {
                    checkpoints.add(machine.steps(), Checkpoints.Kind.DENSE);
                }
            } else {
                piece(target);
            }
        }
        return new Arrival.Reached();
    }

    private void go(long target) {
        while (!machine.hasEnded() && machine.steps() < target) {
            piece(target);
        }
    }

    // ---- backwards ----

    /**
     * Goes back to the last hit that counts before the present position, and stops before the step
     * that it belongs to.
     */
    Arrival backward(List<StopPoint> points, Acceptance acceptance) {
        long present = machine.steps();
        for (long high = present; high > 0; ) {
            if (haltWanted.getAsBoolean()) {
                return new Arrival.Halted();
            }
            long low = checkpoints.floor(high - 1);
            List<Hit> last = lastHits(points, acceptance, low, high);
            if (machine.steps() < high && !machine.hasEnded()) {
                seek(high);
                return new Arrival.Halted();
            }
            if (!last.isEmpty()) {
                seek(last.getFirst().before());
                return new Arrival.Hits(last);
            }
            high = low;
            seek(low);
        }
        return new Arrival.Beginning();
    }

    /** The last hits of an interval that a run backwards would stop at, all before one step. */
    private List<Hit> lastHits(List<StopPoint> points, Acceptance acceptance, long low, long high) {
        restore(low);
        List<Hit> last = new ArrayList<>();
        lookout.watch(points);
        try {
            while (machine.steps() < high && !machine.hasEnded() && !haltWanted.getAsBoolean()) {
                piece(high);
                List<Hit> hits = new ArrayList<>(acceptance.of(points, counting()));
                hits.removeIf(hit -> hit.before() >= high);
                for (Hit hit : hits) {
                    if (!last.isEmpty() && last.getFirst().before() < hit.before()) {
                        last.clear();
                    }
                    if (last.isEmpty() || last.getFirst().before() == hit.before()) {
                        last.add(hit);
                    }
                }
            }
            return last;
        } finally {
            lookout.rest();
            settle();
        }
    }

    /**
     * Executes an interval again and tells of each step of some processors before it is tried.
     * Afterwards the machine stands at its end.
     */
    void retrace(long low, long high, long processors, Lookout.StepListener listener) {
        seek(low);
        lookout.watch(List.of(), processors, listener);
        try {
            go(high);
        } finally {
            lookout.rest();
        }
    }

    // ---- branches ----

    /** Changes the present moment by edits; the run goes on from there as a branch. */
    void edit(Edit edit, Runnable change) {
        history.edit(edit);
        run.setBranch(true);
        change.run();
        settle();
        history.edited();
    }

    /** Goes back to where the innermost branch began, and forgets it; false if there is none. */
    boolean dropBranch() {
        if (history.depth() == 0) {
            return false;
        }
        history.drop();
        run.setBranch(history.branchAt(machine.steps()) > 0);
        return true;
    }
}
