package dev.dirql.tests.benchmarks;

import dev.dirql.scenario.language.Overrides;
import dev.dirql.simulation.CheckedScenario;
import dev.dirql.simulation.Replay;
import dev.dirql.simulation.ReplayResult;
import dev.dirql.simulation.RunMonitor;
import dev.dirql.simulation.RunResult;
import dev.dirql.simulation.ScenarioFolder;
import dev.dirql.simulation.Simulation;
import dev.dirql.simulation.TraceTarget;
import dev.dirql.store.TraceReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** A whole scenario, from its text to its end: recorded, and replayed from its trace. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class ScenarioBenchmark {
    private static final String SCENARIO =
            """
            scenario "Two processors share a lock"

            machine {
                processors 2
            }

            driver counter {
                KSPIN_LOCK Lock;
                ULONG Count;

                VOID CountMany(ULONG Rounds) {
                    KIRQL irql;
                    ULONG i;

                    for (i = 0; i < Rounds; i++) {
                        KeAcquireSpinLock(&Lock, &irql);
                        Count++;
                        KeReleaseSpinLock(&Lock, irql);
                    }
                }

                NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath) {
                    UNREFERENCED_PARAMETER(Driver);
                    UNREFERENCED_PARAMETER(RegistryPath);
                    KeInitializeSpinLock(&Lock);
                    return STATUS_SUCCESS;
                }
            }

            workload {
                thread on 0 { call counter.CountMany(50000) }
                thread on 1 { call counter.CountMany(50000) }
            }

            expect {
                counter.Count == 100000
            }
            """;

    private Path directory = Path.of("");
    private int recorded;

    /** Writes the scenario, and records it once for the replays. */
    @Setup
    public void start() {
        directory = TemporaryFiles.directory("scenario");
        try {
            Files.writeString(directory.resolve("locks.scn"), SCENARIO);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        RunResult result = record(directory.resolve("kept"));
        if (result.events() < 400_000) {
            throw new IllegalStateException("the run ended early: " + result);
        }
    }

    /** Removes everything. */
    @TearDown
    public void stop() {
        TemporaryFiles.delete(directory);
    }

    private RunResult record(Path trace) {
        CheckedScenario checked =
                CheckedScenario.check(ScenarioFolder.open(directory, "locks.scn"), Overrides.NONE);
        return Simulation.of(checked)
                .record(
                        Optional.of(new TraceTarget(trace, TraceTarget.NO_LIMIT, true)),
                        "benchmark",
                        RunMonitor.none());
    }

    /** Runs the scenario and writes a trace, which is removed again. */
    @Benchmark
    public RunResult record() {
        Path trace = directory.resolve("trace-" + recorded++);
        RunResult result = record(trace);
        TemporaryFiles.delete(trace);
        return result;
    }

    /** Replays the recorded run and compares every event. */
    @Benchmark
    public ReplayResult replay() {
        try (TraceReader reader = TraceReader.open(directory.resolve("kept"))) {
            ReplayResult result =
                    Replay.of(reader, Replay.recorded(reader))
                            .run(Optional.empty(), RunMonitor.none());
            if (result.difference().isPresent()) {
                throw new IllegalStateException("the replay differs: " + result.difference());
            }
            return result;
        }
    }
}
