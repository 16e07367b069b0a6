package dev.dirql.console;

import dev.dirql.scenario.language.Overrides;
import dev.dirql.simulation.CheckedScenario;
import dev.dirql.simulation.DeviceLibrary;
import dev.dirql.simulation.LiveRun;
import dev.dirql.simulation.ScenarioFolder;
import dev.dirql.simulation.ScenarioSource;
import dev.dirql.simulation.Simulation;
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
final class Runs {
    private static final Path ROOT = findRoot();

    private Runs() {}

    /** The folder of the checkout. */
    static Path root() {
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
        return open(new TextScenario(text), OptionalInt.of(processors), seed);
    }

    private static LiveRun open(ScenarioSource source, OptionalInt processors, long seed) {
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
        return Simulation.of(checked).open(Optional.empty(), "test");
    }
}
