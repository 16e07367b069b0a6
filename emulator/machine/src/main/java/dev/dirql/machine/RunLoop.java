package dev.dirql.machine;

import dev.dirql.events.DecisionKind;
import dev.dirql.events.Event;
import dev.dirql.events.RunEnd;
import dev.dirql.events.Stamp;
import org.jspecify.annotations.Nullable;

/**
 * The order in which everything happens: what is due first, then the processor that is furthest
 * behind, for a slice in which it may run ahead of the others only with steps that they cannot see.
 */
final class RunLoop implements StatePart {
    /** Steps of a short slice, by the choice that asks for it; choice 0 is the whole quantum. */
    private static final int[] SLICE_STEPS = {0, 1, 2, 3, 5, 8, 13, 34};

    /**
     * Times that a processor gives way in a row, while nothing happens that another could see,
     * until it is taken for one that only waits. A driver that waits a little in a loop is below.
     */
    private static final int PATIENCE = 1_000;

    private final Machine machine;

    /** Where a slice ends at the latest: the first nanosecond beyond the time limit. */
    private final long lastNs;

    private final long stepNs;
    private final long quantumNs;
    private final long stepLimit;

    /** More steps than any slice has: so many are not multiplied with the time of one. */
    private final long stepsFar;

    private Processor[] processors = new Processor[0];
    private long windowStart;
    private long windowSize;

    /** A bit for each processor that can do a step at a time that is known. */
    private long activeMask;

    private long eventNs;
    private @Nullable Processor running;
    private @Nullable Processor slice;
    private long sliceEndNs;
    private long steps;
    private long pauseAtStep = Long.MAX_VALUE;
    private boolean pauseRequested;

    private @Nullable StepStops stops;

    /** Whether the run pauses because of them. */
    private boolean stopped;

    /** Whether a step is being done that is not counted yet. */
    private boolean uncounted;

    /** Steps of the running processor when the engine began with what it does now. */
    private long engineSteps;

    /** Steps at which a processor was last let go and could do none, -1 for never. */
    private long attemptedAt = -1;

    /** How much has happened that may end the waiting of a processor. Only its growth counts. */
    private long changes;

    RunLoop(Machine machine) {
        this.machine = machine;
        MachineSettings settings = machine.settings();
        stepNs = settings.stepNs();
        quantumNs = settings.quantumNs();
        stepLimit = settings.stepLimit();
        stepsFar = Long.MAX_VALUE / 4 / stepNs;
        long timeLimitNs = settings.timeLimitNs();
        lastNs = timeLimitNs == Long.MAX_VALUE ? Long.MAX_VALUE : timeLimitNs + 1;
    }

    void attach(Processor[] all) {
        processors = all;
        activeMask = all.length == 64 ? -1L : (1L << all.length) - 1;
    }

    void attach(SystemSoftware software) {
        windowStart = software.serviceWindow();
        windowSize = software.serviceWindowSize();
    }

    boolean isService(long address) {
        return Long.compareUnsigned(address - windowStart, windowSize) < 0;
    }

    long nowNs() {
        Processor now = running;
        return now == null ? eventNs : now.clockNs;
    }

    /** The time before which nothing happens any more. */
    long nextNs() {
        Processor first = furthestBehind(-1);
        long firstNs = first == null ? Long.MAX_VALUE : first.readyNs();
        long nextNs = Math.min(firstNs, machine.queue().nextTimeNs());
        return nextNs == Long.MAX_VALUE ? eventNs : nextNs;
    }

    long steps() {
        return steps;
    }

    /** See {@link Machine#boundary}. */
    long boundary() {
        Processor now = running;
        if (now != null && uncounted) {
            return steps + now.steps - engineSteps + 1;
        }
        // Once a processor tried in vain to go on from here, this moment is no boundary any more.
        return attemptedAt == steps && !machine.hasEnded() ? steps + 1 : steps;
    }

    /** Whether this moment is the one at which {@link #pauseAtStep} of its steps stops. */
    boolean isAtBoundary() {
        return attemptedAt != steps;
    }

    void requestPause() {
        pauseRequested = true;
    }

    void pauseAtStep(long totalSteps) {
        pauseAtStep = totalSteps;
    }

    void pauseAtBoundary() {
        pauseAtStep = Math.min(pauseAtStep, boundary());
        Processor now = running;
        if (now != null) {
            now.limitNs = Long.MIN_VALUE;
        }
    }

    void setStops(@Nullable StepStops newStops) {
        stops = newStops;
    }

    /** The processor that is doing a step, or null. */
    @Nullable Processor running() {
        return running;
    }

    void run() {
        pauseRequested = false;
        while (!machine.hasEnded() && !pauseRequested) {
            Processor current = slice;
            if (current == null) {
                next();
            } else {
                go(current);
            }
            if (machine.hasEnded()) {
                machine.speakLastWords();
            }
        }
    }

    /** Lets the next thing due happen, or chooses the processor of the next slice. */
    private void next() {
        Processor first = furthestBehind(-1);
        long dueNs = machine.queue().nextTimeNs();
        long firstNs = first == null ? Long.MAX_VALUE : first.readyNs();
        if (first == null
                && !machine.queue().hasWork()
                && machine.software().nextDeadlineNs() == Long.MAX_VALUE) {
            RunEnd reason = machine.software().quiescent();
            machine.end(reason, machine.software().quiescentDetail());
            return;
        }
        if (Math.min(dueNs, firstNs) > machine.settings().timeLimitNs()) {
            eventNs = machine.settings().timeLimitNs();
            machine.end(
                    RunEnd.BUDGET,
                    "the time limit of " + machine.settings().timeLimitNs() + " ns was reached");
            return;
        }
        if (dueNs <= firstNs || first == null) {
            eventNs = dueNs;
            changed();
            machine.queue().expireNext();
            return;
        }
        Processor chosen = first;
        int active = Long.bitCount(activeMask);
        int length = 0;
        if (active > 1) {
            int choice =
                    machine.decide(
                            DecisionKind.RUN_PROCESSOR, Stamp.NO_PROCESSOR, active, first.number());
            for (int i = 0; i < choice; i++) {
                chosen = nextAfter(chosen);
            }
            length =
                    machine.decide(
                            DecisionKind.SLICE_LENGTH, chosen.number(), SLICE_STEPS.length, 0);
            if (choice != 0) {
                delayOthers(chosen);
            }
        }
        chosen.wake(chosen.readyNs());
        chosen.clearYield();
        slice = chosen;
        if (length != 0) {
            sliceEndNs = chosen.clockNs + SLICE_STEPS[length] * stepNs;
        } else {
            long others = horizon(chosen);
            sliceEndNs = others == Long.MAX_VALUE ? Long.MAX_VALUE : others + quantumNs;
        }
    }

    /**
     * Who can go first: by time, then those that did not yield, then by number; {@code except} is
     * left out.
     */
    private @Nullable Processor furthestBehind(int except) {
        Processor best = null;
        for (long mask = activeMask; mask != 0; mask &= mask - 1) {
            Processor candidate = processors[Long.numberOfTrailingZeros(mask)];
            if (candidate.number() != except && (best == null || before(candidate, best))) {
                best = candidate;
            }
        }
        return best;
    }

    private static boolean before(Processor a, Processor b) {
        if (a.readyNs() != b.readyNs()) {
            return a.readyNs() < b.readyNs();
        }
        if (a.hasYielded() != b.hasYielded()) {
            return b.hasYielded();
        }
        return a.number() < b.number();
    }

    private Processor nextAfter(Processor processor) {
        Processor best = null;
        for (long mask = activeMask; mask != 0; mask &= mask - 1) {
            Processor candidate = processors[Long.numberOfTrailingZeros(mask)];
            if (candidate != processor
                    && before(processor, candidate)
                    && (best == null || before(candidate, best))) {
                best = candidate;
            }
        }
        return best == null ? processor : best;
    }

    /** Another order than that of the clocks means that those behind the chosen one were slower. */
    private void delayOthers(Processor chosen) {
        long time = chosen.readyNs();
        for (long mask = activeMask; mask != 0; mask &= mask - 1) {
            Processor other = processors[Long.numberOfTrailingZeros(mask)];
            if (other.readyNs() < time) {
                other.clockNs = time;
            }
        }
    }

    private long horizon(Processor processor) {
        if ((activeMask & ~(1L << processor.number())) == 0) {
            return Long.MAX_VALUE;
        }
        Processor other = furthestBehind(processor.number());
        return other == null ? Long.MAX_VALUE : other.readyNs();
    }

    /** Runs a slice of one processor until it is over or the run pauses. */
    private void go(Processor processor) {
        running = processor;
        long nextHorizonNs = horizon(processor);
        while (!machine.hasEnded() && !pauseRequested) {
            if (!processor.isRunnable() || processor.hasYielded()) {
                slice = null;
                break;
            }
            processor.horizonNs = nextHorizonNs;
            long limitNs = Math.min(sliceEndNs, machine.queue().nextTimeNs());
            if (nextHorizonNs != Long.MAX_VALUE) {
                limitNs = Math.min(limitNs, nextHorizonNs + quantumNs);
            }
            limitNs = Math.min(limitNs, lastNs);
            if (processor.clockNs >= limitNs) {
                slice = null;
                break;
            }
            long stepsLeft = Math.min(pauseAtStep, stepLimit) - steps;
            if (stepsLeft <= 0) {
                if (steps >= stepLimit) {
                    machine.end(RunEnd.BUDGET, "the limit of " + stepLimit + " steps was reached");
                }
                pauseRequested = true;
                break;
            }
            if (stepsLeft < stepsFar) {
                limitNs = Math.min(limitNs, processor.clockNs + stepsLeft * stepNs);
            }
            processor.limitNs = limitNs;
            processor.visibleDone = false;
            long before = steps;
            stopped = false;
            boolean goesOn = step(processor);
            uncounted = false;
            if (steps == before && !stopped) {
                attemptedAt = steps;
            }
            if (!goesOn) {
                slice = null;
                break;
            }
            if (processor.visibleDone) {
                nextHorizonNs = horizon(processor);
            }
        }
        if (processor.hasYielded() && slice == null) {
            passTime(processor);
        }
        eventNs = processor.clockNs;
        running = null;
    }

    /** Does one visible step or a stretch of invisible ones. False if the slice is over. */
    private boolean step(Processor processor) {
        boolean service = isService(processor.rip);
        boolean interrupt = processor.takesInterrupt();
        if (interrupt || (service && !processor.halfDone.pending)) {
            if (processor.clockNs > processor.horizonNs) {
                return false;
            }
            if (stopsBefore(processor, interrupt)) {
                return true;
            }
            processor.steps++;
            steps++;
            if (interrupt) {
                changed();
                takeInterrupt(processor);
            } else {
                processor.interruptShadow = false;
                machine.software().service(processor);
                if (!processor.hasYielded()) {
                    changed();
                }
            }
            processor.clockNs += stepNs;
            processor.visibleDone = true;
            return true;
        }
        if (stopsBefore(processor, false)) {
            return true;
        }
        engineSteps = processor.steps;
        uncounted = true;
        InstructionEngine.Stop stop = machine.engine().run(processor);
        steps += processor.steps - engineSteps;
        engineSteps = processor.steps;
        uncounted = stop == InstructionEngine.Stop.TRAP;
        switch (stop) {
            case LIMIT, SERVICE, VISIBLE -> {
                return true;
            }
            case AHEAD -> {
                return false;
            }
            case YIELD -> processor.yieldToOthers();
            case HALT -> {
                processor.visibleDone = true;
                if (!processor.takesInterrupt()) {
                    processor.waitForInterrupt();
                }
            }
            case TRAP -> {
                // A fault is found anew when the others caught up; int n asked before it was done.
                if (!processor.trap.software && processor.clockNs > processor.horizonNs) {
                    return false;
                }
                changed();
                machine.software().trap(processor);
                processor.steps++;
                steps++;
                processor.clockNs += stepNs;
                processor.visibleDone = true;
            }
            case NOT_MODELLED -> {
                if (processor.clockNs > processor.horizonNs) {
                    return false;
                }
                machine.end(RunEnd.NOT_MODELLED, processor.trap.text);
            }
        }
        return true;
    }

    private boolean stopsBefore(Processor processor, boolean interrupt) {
        StepStops watch = stops;
        if (watch == null) {
            return false;
        }
        if (watch.isEveryStep(processor)) {
            processor.limitNs = Math.min(processor.limitNs, processor.clockNs + stepNs);
        }
        stopped = watch.stops(processor, interrupt);
        pauseRequested |= stopped;
        return stopped;
    }

    private void takeInterrupt(Processor processor) {
        int vector = processor.interruptUnit().acknowledge();
        machine.emit(processor, new Event.InterruptTaken(vector, processor.rip));
        machine.software().interrupt(processor, vector);
    }

    /**
     * Giving way costs its step. Only a processor that has done so for long, and in vain, goes on
     * when another one can that has not, or when something is due.
     */
    private void passTime(Processor processor) {
        if (!waitsInVain(processor)) {
            return;
        }
        long nextNs = machine.queue().nextTimeNs();
        for (long mask = activeMask; mask != 0; mask &= mask - 1) {
            Processor other = processors[Long.numberOfTrailingZeros(mask)];
            if (other != processor && !waitsInVain(other)) {
                nextNs = Math.min(nextNs, other.readyNs());
            }
        }
        if (nextNs != Long.MAX_VALUE) {
            processor.clockNs = Math.max(processor.clockNs, nextNs);
        }
    }

    private boolean waitsInVain(Processor processor) {
        return processor.isRunnable() && processor.yieldsSince(changes) >= PATIENCE;
    }

    // ---- what processors tell ----

    /** Something happened that a processor which gives way again and again may wait for. */
    void changed() {
        changes++;
    }

    long changes() {
        return changes;
    }

    void waitBegan(Processor processor) {
        if (processor.readyNs() == Long.MAX_VALUE) {
            activeMask &= ~(1L << processor.number());
        }
    }

    void waitEnded(Processor processor) {
        activeMask |= 1L << processor.number();
        shortenSlice();
    }

    /**
     * Something changed that the running processor must look at: it ends its stretch of invisible
     * steps.
     */
    void shortenSlice() {
        Processor now = running;
        if (now != null) {
            now.endVisibleStep();
        }
    }

    @Override
    public void save(StateWriter out) {
        Processor current = slice;
        out.value(current == null ? -1 : current.number());
        out.time(current == null ? Long.MAX_VALUE : sliceEndNs);
        out.counter(eventNs);
        out.counter(steps);
        out.counter(attemptedAt == steps ? 1 : 0);
    }

    /** Reads the state back; the processors are restored before. */
    @Override
    public void restore(StateReader in) {
        running = null;
        uncounted = false;
        activeMask = 0;
        for (Processor processor : processors) {
            if (processor.readyNs() != Long.MAX_VALUE) {
                activeMask |= 1L << processor.number();
            }
        }
        int current = in.intValue();
        slice = current < 0 ? null : processors[current];
        sliceEndNs = in.time();
        eventNs = in.counter();
        steps = in.counter();
        attemptedAt = in.counter() == 0 ? -1 : steps;
    }
}
