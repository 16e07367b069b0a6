package dev.dirql.console.gdb;

import dev.dirql.scenario.language.IncludeReader;
import dev.dirql.scenario.language.Overrides;
import dev.dirql.scenario.source.SourceFile;
import dev.dirql.simulation.CheckedScenario;
import dev.dirql.simulation.DeviceLibrary;
import dev.dirql.simulation.LiveRun;
import dev.dirql.simulation.ScenarioSource;
import dev.dirql.simulation.Simulation;
import dev.dirql.simulation.TraceTarget;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The sample script of spin locks on any number of processors: the ISR runs on processor 0, threads
 * and DPCs on others if there are any.
 */
record DiskRun(String text) implements ScenarioSource {
    static LiveRun open(int processors, Optional<TraceTarget> trace) {
        return open(text(processors), processors, trace);
    }

    static String text(int processors) {
        int first = Math.min(1, processors - 1);
        int second = Math.min(2, processors - 1);
        return script().replace("transfers = 200", "transfers = 20")
                .replace("thread on 1 ", "thread on " + first + " ")
                .replace("thread on 2 ", "thread on " + second + " ")
                .replace("(&device->Dpc, 1)", "(&device->Dpc, " + first + ")");
    }

    static LiveRun openText(String text, int processors) {
        return open(text, processors, Optional.empty());
    }

    private static LiveRun open(String text, int processors, Optional<TraceTarget> trace) {
        CheckedScenario checked =
                CheckedScenario.check(
                        new DiskRun(text),
                        new Overrides(
                                new LinkedHashMap<>(),
                                OptionalInt.of(processors),
                                OptionalLong.empty()),
                        DeviceLibrary.BUILT_IN);
        if (!checked.isRight()) {
            throw new IllegalStateException(checked.diagnostics().toString());
        }
        return Simulation.of(checked).open(trace, "test");
    }

    private static String script() {
        Path at = Path.of("").toAbsolutePath();
        while (at != null) {
            Path file = at.resolve("scripts/using-spin-locks.scn");
            if (Files.exists(file)) {
                try {
                    return Files.readString(file);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
            at = at.getParent();
        }
        throw new IllegalStateException("the tests run outside of a checkout");
    }

    @Override
    public SourceFile main() {
        return new SourceFile("disk.scn", text);
    }

    @Override
    public IncludeReader includes() {
        return (_, _) -> new IncludeReader.Answer.Refused("there are no files");
    }
}
