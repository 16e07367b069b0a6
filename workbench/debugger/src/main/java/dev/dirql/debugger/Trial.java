package dev.dirql.debugger;

import dev.dirql.machine.Machine;
import dev.dirql.machine.Snapshot;
import dev.dirql.simulation.OpenRun;
import java.util.function.Supplier;

/** Lets the machine try what comes next, and takes it back: nobody is told of it. */
final class Trial {
    private final OpenRun run;
    private final Machine machine;
    private final History history;
    private int depth;

    Trial(OpenRun run, History history) {
        this.run = run;
        this.history = history;
        machine = run.machine();
    }

    /** Whether something is being tried. */
    boolean isOn() {
        return depth > 0;
    }

    /** Tries something, and gives what it showed. */
    <T> T of(Supplier<T> what) {
        Snapshot here = machine.snapshot();
        depth++;
        run.setBranch(true);
        try {
            return what.get();
        } finally {
            machine.restore(here);
            machine.giveBack(here);
            depth--;
            run.setBranch(isOn() || history.branchAt(machine.steps()) > 0);
        }
    }
}
