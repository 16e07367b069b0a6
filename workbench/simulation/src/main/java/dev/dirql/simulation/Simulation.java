package dev.dirql.simulation;

import dev.dirql.events.RunEnd;
import dev.dirql.machine.Machine;
import dev.dirql.scenario.language.Scenario;
import dev.dirql.simulation.RunResult.TraceState;
import dev.dirql.simulation.decisions.DecisionRecorder;
import dev.dirql.simulation.decisions.SeededPolicy;
import dev.dirql.simulation.figures.RunFigures;
import dev.dirql.store.TraceHeader;
import dev.dirql.store.TraceWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Runs a scenario from its beginning to its end, and records it if that is wanted. */
public final class Simulation {
    /** Name of the policy that every decision is measured against. */
    static final String POLICY = "default";

    /** Prefix of the header's options that are values of parameters. */
    static final String PARAMETER = "parameter ";

    /** Steps between two looks at the world outside; a fraction of a second. */
    private static final long STEPS_AT_A_TIME = 2_000_000;

    private final CheckedScenario checked;
    private final CheckedScenario.Parts parts;
    private Optional<ExportUse> exportUse = Optional.empty();

    private Simulation(CheckedScenario checked, CheckedScenario.Parts parts) {
        this.checked = checked;
        this.parts = parts;
    }

    /**
     * @param checked a scenario that is right
     */
    public static Simulation of(CheckedScenario checked) {
        return new Simulation(
                checked,
                checked.parts()
                        .orElseThrow(
                                () -> new IllegalArgumentException(checked.name() + " is wrong")));
    }

    /**
     * Tells somebody of every use of an export in the run. Each memory access of the run is looked
     * at for that, so it takes longer; what happens in it is the same.
     */
    public Simulation watchExports(ExportUse told) {
        exportUse = Optional.of(told);
        return this;
    }

    /**
     * Runs the scenario.
     *
     * @param target where to record it; empty for nowhere
     * @param version version of dirql, for the trace's header
     */
    public RunResult record(Optional<TraceTarget> target, String version, RunMonitor monitor) {
        // Opened first, because opening goes on in the background while the machine is assembled.
        Optional<TraceWriter> writer =
                target.map(place -> TraceWriter.open(place.directory(), place.settings()));
        try {
            return run(writer, version, monitor);
        } finally {
            writer.ifPresent(TraceWriter::close);
        }
    }

    private RunResult run(Optional<TraceWriter> writer, String version, RunMonitor monitor) {
        Scenario scenario = parts.scenario();
        DeviationCount deviations = new DeviationCount();
        SeededPolicy policy = new SeededPolicy(scenario.machine().seed());
        AssembledMachine assembled =
                new AssembledMachine(
                        parts,
                        places -> deviations.of(new DecisionRecorder(policy, places, deviations)));
        Machine machine = assembled.machine();
        exportUse.ifPresent(assembled::watchExports);
        machine.addObserverPart(deviations.recorder());
        Optional<TraceSink> sink = writer.map(open -> new TraceSink(open, machine));
        if (writer.isPresent() && sink.isPresent()) {
            TraceWriter open = writer.get();
            open.begin(header(version), parts.inputs(), assembled.symbols());
            machine.addSink(sink.get());
            deviations.tell(sink.get()::decision);
        }
        assembled.start();
        writer.ifPresent(open -> open.symbols(assembled.symbols()));
        go(machine, sink, monitor);
        TraceState trace = sink.map(TraceSink::state).orElse(TraceState.NONE);
        return result(assembled, deviations, trace);
    }

    private static void go(Machine machine, Optional<TraceSink> sink, RunMonitor monitor) {
        while (machine.ended() == null) {
            machine.pauseAtStep(machine.steps() + STEPS_AT_A_TIME);
            machine.run();
            if (sink.map(TraceSink::state).orElse(TraceState.NONE) == TraceState.DISK_FULL) {
                machine.end(RunEnd.STOPPED, "no more room on the disk for the trace");
            } else if (monitor.isStopRequested()) {
                machine.end(RunEnd.STOPPED, "stopped by its user");
            }
            monitor.progress(machine.nowNs(), machine.steps(), machine.sequence());
        }
    }

    private RunResult result(
            AssembledMachine assembled, DeviationCount deviations, TraceState trace) {
        Machine machine = assembled.machine();
        RunFigures figures = assembled.figures();
        RunEnd end = machine.ended();
        if (end == null) {
            throw new IllegalStateException("the run has not ended");
        }
        return new RunResult(
                checked.name(),
                parts.scenario().title(),
                parts.scenario().machine().seed(),
                machine.processorCount(),
                end,
                machine.endDetail(),
                figures.lastNs(),
                machine.steps(),
                machine.sequence(),
                deviations.recorder().asked(),
                deviations.count(),
                trace,
                assembled.expectations(end),
                figures.findings(),
                figures.bugCheck(),
                figures.locks(),
                figures.heldLocks(),
                figures.processors(),
                figures.spuriousInterrupts(),
                figures.requests(),
                figures.debugLines(),
                assembled.symbols());
    }

    private TraceHeader header(String version) {
        Scenario scenario = parts.scenario();
        Map<String, String> options = new LinkedHashMap<>();
        checked.overrides()
                .parameters()
                .forEach((name, value) -> options.put(PARAMETER + name, value));
        return new TraceHeader(
                TraceHeader.FORMAT_VERSION,
                version,
                KernelAssembly.WINDOWS_BUILD,
                scenario.file().name(),
                POLICY,
                scenario.machine().seed(),
                scenario.machine().processors(),
                options,
                List.of());
    }
}
