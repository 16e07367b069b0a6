package dev.dirql.simulation;

import dev.dirql.devices.Device;
import dev.dirql.kernel.KernelModel;
import dev.dirql.kernel.io.IoManager;
import dev.dirql.kernel.memory.Pool;
import dev.dirql.machine.Machine;
import dev.dirql.simulation.decisions.DecisionPlace;
import dev.dirql.simulation.decisions.SteeredDecisions;
import dev.dirql.simulation.figures.RunFigures;
import dev.dirql.store.SymbolTable;
import java.util.List;
import java.util.Optional;

/**
 * A run that its owner drives piece by piece: before its first step at first, live or a recorded
 * one. Between two pieces the machine may be looked at, and taken back to a moment that it kept;
 * what is executed again is recorded and compared only the first time.
 */
public abstract sealed class OpenRun implements AutoCloseable permits LiveRun, ReplayedRun {
    private final AssembledMachine assembled;

    OpenRun(AssembledMachine assembled) {
        this.assembled = assembled;
    }

    final AssembledMachine assembled() {
        return assembled;
    }

    /** The scenario's file as its user named it. */
    public abstract String scenario();

    /**
     * Lets the machine run until all processors together did this many steps, or for a reason of
     * its own; what keeps a run from going on is then looked at.
     */
    public final void go(long totalSteps) {
        Machine machine = machine();
        machine.pauseAtStep(totalSteps);
        machine.run();
        paused();
    }

    /** Looks at whether the run may go on after a pause; ends it if not. */
    abstract void paused();

    /**
     * Why there is nothing behind this moment to compare a replay with, or nothing to record it in,
     * in words; empty while all is well. The run can go on all the same.
     */
    public abstract Optional<String> trouble();

    /** Says that what happens from now on belongs to a branch: it is not recorded or compared. */
    public abstract void setBranch(boolean on);

    /** Ends what accompanies the run. The machine can still be looked at. */
    @Override
    public abstract void close();

    // ---- what there is to look at ----

    public final Machine machine() {
        return assembled.machine();
    }

    public final KernelModel kernel() {
        return assembled.kernel().kernel();
    }

    public final IoManager io() {
        return assembled.kernel().io();
    }

    public final Pool pool() {
        return assembled.kernel().pool();
    }

    public final List<Device> devices() {
        return assembled.devices();
    }

    public final RunFigures figures() {
        return assembled.figures();
    }

    /** Names of everything that is or was loaded. */
    public final SymbolTable symbols() {
        return assembled.symbols();
    }

    public final LastEvent lastEvent() {
        return assembled.lastEvent();
    }

    public final SteeredDecisions decisions() {
        return assembled.steering();
    }

    /** Who runs on a processor: {@code "thread 2"}, {@code "dpc disk!OnDpc"}. */
    public final String context(int processor) {
        return assembled.contexts().of(processor).context();
    }

    /** Where a decision about a processor would be said to be asked. */
    public final DecisionPlace place(int processor) {
        return assembled.contexts().of(processor);
    }
}
