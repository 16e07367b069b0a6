package dev.dirql.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.dirql.kernel.services.DdiTable;
import dev.dirql.scenario.language.Overrides;
import dev.dirql.simulation.CheckedScenario;
import dev.dirql.simulation.Ddis;
import dev.dirql.simulation.ExpectationResult;
import dev.dirql.simulation.Replay;
import dev.dirql.simulation.ReplayResult;
import dev.dirql.simulation.RunMonitor;
import dev.dirql.simulation.RunResult;
import dev.dirql.simulation.ScenarioFolder;
import dev.dirql.simulation.Simulation;
import dev.dirql.simulation.TraceTarget;
import dev.dirql.simulation.figures.BugCheckFigures;
import dev.dirql.simulation.figures.DebugLine;
import dev.dirql.store.SymbolTable;
import dev.dirql.store.TraceReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every routine that the kernel model exports does for guest code what its page says. The checks
 * are drivers in {@code src/test/resources/ddi}, one scenario a family; a routine that none of them
 * calls fails the build.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DdiCoverageTest {
    private static final Path FOLDER =
            Repository.root().resolve("workbench/system-tests/src/test/resources/ddi");

    private static final Path BUG_CHECKS = FOLDER.resolve("mistakes/bug-checks.golden");

    private final Set<String> run = new TreeSet<>();
    private final Set<String> used = new TreeSet<>();
    private final TreeMap<String, String> bugChecks = new TreeMap<>();

    @TempDir static Path directory;

    static List<String> scenarios() {
        try (Stream<Path> files = Files.walk(FOLDER)) {
            return files.map(file -> FOLDER.relativize(file).toString().replace('\\', '/'))
                    .filter(name -> name.endsWith(".scn"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    @Order(1)
    void guestCodeSeesWhatThePagesSayTheSameWayEachTime(String name) {
        CheckedScenario scenario =
                CheckedScenario.check(ScenarioFolder.open(FOLDER, name), Overrides.NONE);
        assertThat(scenario.diagnostics()).isEmpty();
        Path trace = directory.resolve(name.replace('/', '-'));

        RunResult result =
                Simulation.of(scenario)
                        .watchExports(used::add)
                        .record(
                                Optional.of(new TraceTarget(trace, TraceTarget.NO_LIMIT, true)),
                                "test",
                                RunMonitor.none());
        run.add(name);
        result.bugCheck()
                .ifPresent(bugCheck -> bugChecks.put(name, text(bugCheck, result.symbols())));

        assertThat(result.expectations())
                .describedAs(report(name, result))
                .isNotEmpty()
                .allMatch(ExpectationResult::held);
        assertThat(replay(scenario, trace).isIdentical())
                .describedAs("replay of %s", name)
                .isTrue();
    }

    /** With the scenario as it was compiled for the run: its copies in the trace are equal. */
    private static ReplayResult replay(CheckedScenario scenario, Path trace) {
        try (TraceReader reader = TraceReader.open(trace)) {
            return Replay.of(reader, scenario).run(Optional.empty(), RunMonitor.none());
        }
    }

    private static String report(String name, RunResult result) {
        List<String> lines = new ArrayList<>();
        lines.add("%s ended %s".formatted(name, result.end()));
        result.expectations().stream()
                .filter(expectation -> !expectation.held())
                .map(ExpectationResult::toString)
                .forEach(lines::add);
        result.debugLines().stream().map(DebugLine::text).forEach(lines::add);
        return String.join("\n", lines);
    }

    /**
     * A scenario leaves out the parameters of a bug check that are addresses. {@code
     * -Ddirql.goldens=rewrite} writes the file anew; the difference is reviewed like code.
     */
    @Test
    @Order(3)
    void everyBugCheckHasTheParametersThatItsPageSays() throws IOException {
        assumeThat(run).describedAs("scenarios that ran").containsAll(scenarios());
        String shown =
                bugChecks.entrySet().stream()
                        .map(entry -> entry.getKey() + ": " + entry.getValue() + "\n")
                        .collect(Collectors.joining());

        if ("rewrite".equals(System.getProperty("dirql.goldens"))) {
            Files.writeString(BUG_CHECKS, shown);
        }

        assertThat(shown).isEqualTo(Files.readString(BUG_CHECKS));
    }

    private static String text(BugCheckFigures bugCheck, SymbolTable symbols) {
        return "0x%X %s (%s)"
                .formatted(
                        bugCheck.code(),
                        bugCheck.name(),
                        bugCheck.parameters().stream()
                                .map(parameter -> parameter(parameter, symbols))
                                .collect(Collectors.joining(", ")));
    }

    /** An address by its name, so that it does not matter where things lie exactly. */
    private static String parameter(long value, SymbolTable symbols) {
        return symbols.locate(value)
                .map(location ->
                        "%s!%s%s"
                                .formatted(
                                        location.image(),
                                        location.symbol(),
                                        location.offset() == 0 ? "" : "+"))
                .orElse("0x%x".formatted(value));
    }

    /** What counts is what the machine saw, not what is written. */
    @Test
    @Order(2)
    void everyExportIsUsedByGuestCode() {
        assumeThat(run).describedAs("scenarios that ran").containsAll(scenarios());

        Set<String> missing = new TreeSet<>();
        Ddis.all().stream().map(DdiTable.Row::name).forEach(missing::add);
        missing.addAll(Ddis.variables());
        missing.removeAll(used);

        assertThat(missing)
                .describedAs("exports that no scenario in %s calls or reads", FOLDER)
                .isEmpty();
    }
}
