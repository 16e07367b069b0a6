package dev.dirql.simulation;

import dev.dirql.events.RunEnd;
import dev.dirql.machine.Machine;
import dev.dirql.simulation.RunResult.TraceState;
import dev.dirql.simulation.decisions.DecisionRecorder;
import dev.dirql.simulation.decisions.SeededPolicy;
import dev.dirql.simulation.figures.RunFigures;
import dev.dirql.store.TraceHeader;
import dev.dirql.store.TraceWriter;
import java.util.Optional;

/** A run of a scenario, recorded if that is wanted. */
public final class LiveRun extends OpenRun {
    private final CheckedScenario checked;
    private final CheckedScenario.Parts parts;
    private final DeviationCount deviations;
    private final Optional<TraceWriter> writer;
    private final Optional<TraceSink> sink;
    private final Optional<FirstTime> recorded;

    LiveRun(CheckedScenario checked, CheckedScenario.Parts parts, Optional<TraceWriter> writer) {
        this(checked, parts, writer, new DeviationCount());
    }

    private LiveRun(
            CheckedScenario checked,
            CheckedScenario.Parts parts,
            Optional<TraceWriter> writer,
            DeviationCount deviations) {
        super(
                new AssembledMachine(
                        parts,
                        places ->
                                deviations.of(
                                        new DecisionRecorder(
                                                new SeededPolicy(parts.scenario().machine().seed()),
                                                places,
                                                deviations))));
        this.checked = checked;
        this.parts = parts;
        this.writer = writer;
        this.deviations = deviations;
        Machine machine = machine();
        machine.addObserverPart(deviations.recorder());
        machine.addObserverPart(deviations);
        sink = writer.map(open -> new TraceSink(open, machine));
        recorded = sink.map(to -> new FirstTime(to, to::decision));
    }

    void watchExports(ExportUse told) {
        assembled().watchExports(told);
    }

    /** Lets the run begin, and its record. */
    void begin(TraceHeader header) {
        writer.ifPresent(open -> open.begin(header, parts.inputs(), symbols()));
        recorded.ifPresent(first -> {
            machine().addSink(first);
            deviations.tell(first::decision);
        });
        assembled().start();
        writer.ifPresent(open -> open.symbols(symbols()));
    }

    @Override
    public String scenario() {
        return checked.name();
    }

    @Override
    void paused() {
        if (sink.map(TraceSink::state).orElse(TraceState.NONE) == TraceState.DISK_FULL) {
            machine().end(RunEnd.STOPPED, "no more room on the disk for the trace");
        }
    }

    /** Ends the run though it could go on. */
    public void stop(String detail) {
        machine().end(RunEnd.STOPPED, detail);
    }

    @Override
    public Optional<String> trouble() {
        return switch (sink.map(TraceSink::state).orElse(TraceState.NONE)) {
            case NONE, COMPLETE -> Optional.empty();
            case LIMIT_REACHED -> Optional.of("the trace has reached its limit");
            case DISK_FULL -> Optional.of("no more room on the disk for the trace");
        };
    }

    @Override
    public void setBranch(boolean on) {
        recorded.ifPresent(first -> first.setBranch(on));
    }

    @Override
    public void close() {
        writer.ifPresent(TraceWriter::close);
    }

    /** What came of the run, which has ended. */
    public RunResult result() {
        Machine machine = machine();
        RunFigures figures = figures();
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
                sink.map(TraceSink::state).orElse(TraceState.NONE),
                assembled().expectations(end),
                figures.findings(),
                figures.bugCheck(),
                figures.locks(),
                figures.heldLocks(),
                figures.processors(),
                figures.spuriousInterrupts(),
                figures.requests(),
                figures.debugLines(),
                symbols());
    }
}
