package dev.dirql.cli;

import dev.dirql.cli.json.Json;
import dev.dirql.cli.json.ReplayJson;
import dev.dirql.cli.text.DifferenceText;
import dev.dirql.cli.text.MomentText;
import dev.dirql.simulation.CheckedScenario;
import dev.dirql.simulation.DeviceLibrary;
import dev.dirql.simulation.Replay;
import dev.dirql.simulation.ReplayResult;
import dev.dirql.simulation.RunPosition;
import dev.dirql.simulation.ScenarioFolder;
import dev.dirql.simulation.UserError;
import dev.dirql.simulation.view.EventText;
import dev.dirql.simulation.view.Texts;
import dev.dirql.store.TraceReader;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dirql replay}: repeats a recorded run exactly, and says so. */
@Command(
        name = "replay",
        description = "Repeats a recorded run and compares every event with the recorded one.",
        mixinStandardHelpOptions = true)
final class ReplayCommand implements Callable<Integer> {
    private final Host host;

    @Parameters(paramLabel = "TRACE", description = "Directory of the trace.")
    private String trace = "";

    @Option(
            names = "--until",
            paramLabel = "POSITION",
            description =
                    "Stop at an event (18204), steps behind it (18204:12) or a time (1.5ms), and"
                            + " show where the machine stands.")
    private @Nullable String until;

    @Option(
            names = "--scenario",
            paramLabel = "FILE",
            description = "Take the scenario from here instead of from the trace.")
    private @Nullable String scenario;

    @Option(
            names = "--anyway",
            description =
                    "Replay even if that scenario was changed since: recorded decisions are then"
                            + " matched by context, routine and occurrence.")
    private boolean anyway;

    @Mixin private DeviceOptions deviceOptions = new DeviceOptions();

    @Option(names = "--json", description = "One JSON document.")
    private boolean json;

    ReplayCommand(Host host) {
        this.host = host;
    }

    @Override
    public Integer call() {
        Optional<RunPosition> position =
                until == null ? Optional.empty() : Optional.of(RunPosition.parse(until));
        if (anyway && scenario == null && deviceOptions.isEmpty()) {
            throw new UserError(
                    "--anyway says something about --scenario FILE or --devices FILE.jar: name"
                            + " one.");
        }
        DeviceLibrary library = deviceOptions.library(host);
        try (TraceReader reader = TraceReader.open(host.resolve(trace))) {
            Replay.requireJars(reader, library);
            CheckedScenario checked =
                    scenario == null
                            ? Replay.recorded(reader, library)
                            : Replay.with(
                                    reader,
                                    ScenarioFolder.open(host.directory(), scenario),
                                    library);
            Scenarios.show(host, checked);
            Replay replay = Replay.of(reader, Scenarios.require(checked));
            if (replay.isChanged() && !anyway) {
                throw new UserError(
                        "%s: not what was recorded in %s. Replay it all the same with --anyway."
                                .formatted(checked.name(), trace));
            }
            Progress progress = new Progress(host, "replaying", true);
            ReplayResult result;
            try {
                result = replay.run(position, progress);
            } finally {
                progress.clear();
            }
            int exit = exit(result);
            if (json) {
                Json.print(host.out(), ReplayJson.document(result, exit));
            } else {
                print(result);
            }
            return exit;
        }
    }

    private static int exit(ReplayResult result) {
        if (result.stopped()) {
            return ExitCode.INTERRUPTED;
        }
        if (result.isIdentical()) {
            return ExitCode.SUCCESS;
        }
        return result.inputsChanged() ? ExitCode.DIFFERENCE : ExitCode.FAULT;
    }

    private void print(ReplayResult result) {
        EventText names = new EventText(result.symbols());
        if (result.difference().isPresent()) {
            host.out()
                    .println(
                            result.inputsChanged()
                                    ? "The changed scenario runs differently."
                                    : "The replay differs from the recording: a fault of dirql.");
            host.out()
                    .print(
                            DifferenceText.of(
                                    result.difference().get(),
                                    "recorded",
                                    new EventText(result.recordedSymbols()),
                                    "replayed",
                                    names));
        }
        result.decisionMismatch().ifPresent(mismatch -> host.out().println(mismatch));
        if (result.isIdentical()) {
            String text = "Identical: " + Texts.plural(result.events(), "event");
            host.out().println(host.style().good(text) + ".");
        }
        if (!result.recordingEnds().isEmpty()) {
            host.out().println("There is no more to compare with: " + result.recordingEnds() + ".");
        }
        result.moment()
                .ifPresent(moment -> host.out().print(MomentText.of(moment, names, host.style())));
    }
}
