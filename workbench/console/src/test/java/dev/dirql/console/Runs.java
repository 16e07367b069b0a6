package dev.dirql.console;

import dev.dirql.scenario.language.Overrides;
import dev.dirql.simulation.CheckedScenario;
import dev.dirql.simulation.DeviceLibrary;
import dev.dirql.simulation.LiveRun;
import dev.dirql.simulation.ScenarioFolder;
import dev.dirql.simulation.ScenarioSource;
import dev.dirql.simulation.ScenarioText;
import dev.dirql.simulation.Simulation;
import dev.dirql.simulation.TraceTarget;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** Runs for these tests to debug. */
public final class Runs {
    private static final Path ROOT = findRoot();

    private Runs() {}

    /** The folder of the checkout. */
    public static Path root() {
        return ROOT;
    }

    private static Path findRoot() {
        Path at = Path.of("").toAbsolutePath();
        while (at != null && !Files.exists(at.resolve("scripts/using-spin-locks.scn"))) {
            at = at.getParent();
        }
        if (at == null) {
            throw new IllegalStateException("the tests run outside of a checkout");
        }
        return at;
    }

    /** Names of all sample scripts. */
    static List<String> scripts() {
        try (Stream<Path> files = Files.list(ROOT.resolve("scripts"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".scn"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static LiveRun script(String name) {
        return open(ScenarioFolder.open(ROOT.resolve("scripts"), name), OptionalInt.empty(), 0);
    }

    /** A sample script with another number of processors, and disturbed by a seed. */
    static LiveRun script(String name, int processors, long seed) {
        return open(
                ScenarioFolder.open(ROOT.resolve("scripts"), name),
                OptionalInt.of(processors),
                seed);
    }

    static LiveRun text(String text, int processors, long seed) {
        return open(new ScenarioText("test.scn", text), OptionalInt.of(processors), seed);
    }

    /** A run that is recorded, if there is a place for its trace. */
    public static LiveRun open(ScenarioText source, int processors, Optional<TraceTarget> trace) {
        return open(source, OptionalInt.of(processors), 0, trace);
    }

    private static LiveRun open(ScenarioSource source, OptionalInt processors, long seed) {
        return open(source, processors, seed, Optional.empty());
    }

    private static LiveRun open(
            ScenarioSource source, OptionalInt processors, long seed, Optional<TraceTarget> trace) {
        CheckedScenario checked =
                CheckedScenario.check(
                        source,
                        new Overrides(
                                new LinkedHashMap<>(),
                                processors,
                                seed == 0 ? OptionalLong.empty() : OptionalLong.of(seed)),
                        DeviceLibrary.BUILT_IN);
        if (!checked.isRight()) {
            throw new IllegalStateException(checked.diagnostics().toString());
        }
        return Simulation.of(checked).open(trace, "test");
    }
}
