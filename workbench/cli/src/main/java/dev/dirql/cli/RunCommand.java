package dev.dirql.cli;

import dev.dirql.cli.json.Json;
import dev.dirql.cli.json.RunJson;
import dev.dirql.cli.text.RunReport;
import dev.dirql.scenario.language.Overrides;
import dev.dirql.simulation.DeviceLibrary;
import dev.dirql.simulation.RunResult;
import dev.dirql.simulation.ScenarioFolder;
import dev.dirql.simulation.Simulation;
import dev.dirql.simulation.TraceTarget;
import dev.dirql.simulation.UserError;
import dev.dirql.store.TraceDirectory;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dirql run}: runs a scenario once and reports. */
@Command(
        name = "run",
        description = "Runs a scenario, prints a report and writes a trace.",
        mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {
    private final Host host;

    @Parameters(paramLabel = "SCENARIO", description = "Scenario file.")
    private String scenario = "";

    @Option(
            names = "--trace",
            paramLabel = "DIR",
            description =
                    "Where to write the trace: a new or an empty directory (default: a new one"
                            + " under dirql-traces/).")
    private @Nullable String trace;

    @Option(names = "--no-trace", description = "Write no trace.")
    private boolean noTrace;

    @Option(
            names = "--trace-limit",
            paramLabel = "SIZE",
            description = "Stop recording at this size, as in 500MB; the run goes on.")
    private @Nullable String traceLimit;

    @Option(names = "--no-inputs", description = "Keep no copy of the scenario in the trace.")
    private boolean noInputs;

    @Mixin private OverrideOptions overrideOptions = new OverrideOptions();

    @Mixin private DeviceOptions deviceOptions = new DeviceOptions();

    @Option(names = "--json", description = "Print one JSON document instead of the report.")
    private boolean json;

    @Option(names = "--quiet", description = "Print only how it turned out.")
    private boolean quiet;

    RunCommand(Host host) {
        this.host = host;
    }

    @Override
    public Integer call() {
        if (trace != null && trace.isBlank()) {
            throw new UserError("--trace: name a directory, as in --trace mine.");
        }
        if (noTrace && (trace != null || traceLimit != null || noInputs)) {
            throw new UserError(
                    "--no-trace goes with neither --trace nor --trace-limit nor --no-inputs:"
                            + " there would be nothing to write.");
        }
        long limit = traceLimit == null ? TraceTarget.NO_LIMIT : Sizes.bytes(traceLimit);
        Overrides overrides = overrideOptions.overrides();
        DeviceLibrary library = deviceOptions.library(host);
        ScenarioFolder source = ScenarioFolder.open(host.directory(), scenario);
        Simulation simulation = Scenarios.assemble(host, source, overrides, library);
        String name = noTrace ? "" : trace != null ? trace : nextTrace();
        Optional<TraceTarget> target =
                noTrace
                        ? Optional.empty()
                        : Optional.of(new TraceTarget(host.resolve(name), limit, !noInputs));
        Progress progress = new Progress(host, "running", !quiet);
        RunResult result;
        try {
            result = simulation.record(target, Dirql.Version.number(), progress);
        } finally {
            progress.clear();
        }
        return report(result, name);
    }

    private String nextTrace() {
        String file = scenario.substring(scenario.replace('\\', '/').lastIndexOf('/') + 1);
        String base = file.endsWith(".scn") ? file.substring(0, file.length() - 4) : file;
        Path made = new TraceDirectory(host.resolve(TraceDirectory.NAME)).create(base);
        return TraceDirectory.NAME + "/" + made.getFileName();
    }

    private int report(RunResult result, String traceName) {
        int exit = exit(result);
        String replay =
                traceName.isEmpty() ? "" : host.command() + " replay " + Host.quoted(traceName);
        if (json) {
            Json.print(host.out(), RunJson.document(result, traceName, exit));
        } else if (quiet) {
            host.out().print(RunReport.verdict(result, host.style(), replay));
        } else {
            host.out().print(RunReport.of(result, host.style(), replay));
        }
        return exit;
    }

    private int exit(RunResult result) {
        if (host.interrupt().isRequested()) {
            return ExitCode.INTERRUPTED;
        }
        if (result.trace() == RunResult.TraceState.DISK_FULL) {
            return ExitCode.FAULT;
        }
        return result.passed() ? ExitCode.SUCCESS : ExitCode.DIFFERENCE;
    }
}
