package dev.dirql.debugger;

import dev.dirql.machine.Machine;
import dev.dirql.machine.Snapshot;
import java.util.ArrayList;
import java.util.List;

/**
 * The line of history that the machine moves on: the run itself, and above it branches, each from
 * where a person changed something. A position before a branch is the same moment as without it;
 * from its start on the edits count.
 */
final class History {
    /**
     * @param before the moment at which the branch begins, without its edits
     */
    private record Line(Branch branch, Snapshot before) {
        long from() {
            return branch.from();
        }
    }

    private final Machine machine;
    private final Checkpoints checkpoints;
    private final List<Line> lines = new ArrayList<>();

    /** Sequence number of the last event that was told, on each line; the run itself first. */
    private final List<Long> told = new ArrayList<>(List.of(0L));

    /** Each branch keeps two moments. */
    private static final int DEPTH_MAXIMUM = 64;

    /** The furthest position that was visited, on each line. */
    private final List<Long> frontiers = new ArrayList<>(List.of(0L));

    History(Machine machine, Checkpoints checkpoints) {
        this.machine = machine;
        this.checkpoints = checkpoints;
    }

    /** The branch that a position lies on: 0 for the run itself. */
    int branchAt(long steps) {
        int branch = lines.size();
        while (branch > 0 && lines.get(branch - 1).from() > steps) {
            branch--;
        }
        return branch;
    }

    /** Where the next branch begins behind a position; MAX_VALUE if none does. */
    long nextStart(long steps) {
        int branch = branchAt(steps);
        return branch == lines.size() ? Long.MAX_VALUE : lines.get(branch).from();
    }

    /** The innermost branch last. */
    List<Branch> branches() {
        return lines.stream().map(Line::branch).toList();
    }

    int depth() {
        return lines.size();
    }

    /** Notes how far the innermost line was visited. */
    void visited(long steps) {
        if (branchAt(steps) == lines.size()) {
            frontiers.set(lines.size(), Math.max(frontiers.get(lines.size()), steps));
        }
    }

    long frontier() {
        return frontiers.getLast();
    }

    /** Whether an event at a position is told for the first time. */
    boolean isNews(long steps, long sequence) {
        int branch = branchAt(steps);
        if (sequence <= told.get(branch)) {
            return false;
        }
        told.set(branch, sequence);
        return true;
    }

    /**
     * Changes the present moment, from which a branch goes on; branches from later positions are
     * gone. A second edit at the start of a branch belongs to it.
     */
    void edit(Edit edit) {
        long here = machine.steps();
        while (!lines.isEmpty() && lines.getLast().from() > here) {
            forgetLast();
        }
        if (lines.size() == DEPTH_MAXIMUM) {
            throw new IllegalArgumentException(
                    DEPTH_MAXIMUM + " branches lie above each other: drop one first");
        }
        boolean again = !lines.isEmpty() && lines.getLast().from() == here;
        List<Edit> edits = new ArrayList<>();
        Snapshot before;
        if (again) {
            Line last = lines.removeLast();
            edits.addAll(last.branch().edits());
            before = last.before();
            told.set(told.size() - 1, machine.sequence());
            frontiers.set(frontiers.size() - 1, here);
        } else {
            before = machine.snapshot();
            told.add(machine.sequence());
            frontiers.add(here);
        }
        edits.add(edit);
        lines.add(new Line(new Branch(here, edits), before));
    }

    /** The edits of the present moment are done: everything that was known behind it is not. */
    void edited() {
        checkpoints.dropFrom(machine.steps());
        checkpoints.add(machine.steps(), Checkpoints.Kind.PINNED);
    }

    /** Takes the machine to where the innermost branch began, and forgets the branch. */
    void drop() {
        Line last = lines.getLast();
        checkpoints.dropFrom(last.from());
        machine.restore(last.before());
        forgetLast();
        checkpoints.add(
                machine.steps(),
                machine.steps() == 0 ? Checkpoints.Kind.PINNED : Checkpoints.Kind.REGULAR);
    }

    private void forgetLast() {
        Line last = lines.removeLast();
        checkpoints.dropFrom(last.from());
        machine.giveBack(last.before());
        told.removeLast();
        frontiers.removeLast();
    }
}
