package dev.dirql.debugger;

import dev.dirql.machine.Machine;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The steps of some processors before a position, the last one first. It is made by executing again
 * what leads there, a stretch at a time and each longer than the one before.
 */
final class Trail {
    private static final long FIRST_STRETCH = 2_048;
    private static final int KEPT = 1 << 16;

    private final TimeTravel travel;
    private final Machine machine;
    private final long processors;
    private final Predicate<Moment> wanted;
    private final Deque<Moment> steps = new ArrayDeque<>();
    private long begins;
    private long stretch = FIRST_STRETCH;

    /**
     * @param end steps at or behind this position are left out
     * @param processors whose steps count, a bit each
     * @param wanted which of their steps count
     */
    Trail(TimeTravel travel, Machine machine, long end, long processors, Predicate<Moment> wanted) {
        this.travel = travel;
        this.machine = machine;
        this.processors = processors;
        this.wanted = wanted;
        begins = end;
    }

    /** The step before the last one that was given; empty where the run begins. */
    Optional<Moment> next() {
        while (steps.isEmpty() && begins > 0) {
            long end = begins;
            begins = Math.max(0, end - stretch);
            stretch *= 2;
            travel.retrace(
                    begins,
                    end,
                    processors,
                    (processor, interrupt) -> keep(Moment.of(machine, processor, interrupt)));
            steps.removeIf(step -> step.position() >= end);
        }
        return Optional.ofNullable(steps.pollLast());
    }

    /** A step that is tried again replaces the trial before. */
    private void keep(Moment step) {
        if (!wanted.test(step)) {
            return;
        }
        if (!steps.isEmpty()) {
            Moment last = steps.peekLast();
            if (last.processor() == step.processor() && last.ordinal() == step.ordinal()) {
                steps.removeLast();
            }
        }
        steps.addLast(step);
        if (steps.size() > KEPT) {
            begins = steps.removeFirst().position() + 1;
        }
    }
}
