package dev.dirql.simulation;

import dev.dirql.machine.Machine;
import dev.dirql.scenario.language.Scenario;
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
        try (LiveRun run = open(target, version)) {
            Machine machine = run.machine();
            while (machine.ended() == null) {
                run.go(machine.steps() + STEPS_AT_A_TIME);
                if (monitor.isStopRequested()) {
                    run.stop("stopped by its user");
                }
                monitor.progress(machine.nowNs(), machine.steps(), machine.sequence());
            }
            return run.result();
        }
    }

    /**
     * Opens a run of the scenario for somebody who drives it; it stands before its first step.
     *
     * @param target where to record it; empty for nowhere
     * @param version version of dirql, for the trace's header
     */
    public LiveRun open(Optional<TraceTarget> target, String version) {
        // Opened first, because opening goes on in the background while the machine is assembled.
        Optional<TraceWriter> writer =
                target.map(place -> TraceWriter.open(place.directory(), place.settings()));
        try {
            LiveRun run = new LiveRun(checked, parts, writer);
            exportUse.ifPresent(run::watchExports);
            run.begin(header(version));
            return run;
        } catch (RuntimeException | Error e) {
            writer.ifPresent(TraceWriter::close);
            throw e;
        }
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
