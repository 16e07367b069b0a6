package dev.dirql.tests.benchmarks;

import dev.dirql.debugger.Arrival;
import dev.dirql.debugger.Debugger;
import dev.dirql.debugger.Direction;
import dev.dirql.debugger.StepKind;
import dev.dirql.scenario.language.Overrides;
import dev.dirql.simulation.CheckedScenario;
import dev.dirql.simulation.LiveRun;
import dev.dirql.simulation.ScenarioFolder;
import dev.dirql.simulation.Simulation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Two processors that write all over 256 KiB, under the debugger and without it. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class DebuggerBenchmark {
    private static final int STEPS = 5_000_000;
    private static final long BEFORE_STEPPING_BACK = 100_000_000;

    private static final String SCENARIO =
            """
            scenario "Writes all over"
            machine {
                processors 2
            }
            driver writer {
                volatile ULONG Data[65536];

                VOID Write(ULONG Start) {
                    ULONG i = Start;
                    ULONG sum = 0;

                    for (;;) {
                        i = (i * 5 + 12345) & 65535;
                        sum += Data[i];
                        Data[i] = sum ^ i;
                    }
                }

                NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath) {
                    UNREFERENCED_PARAMETER(Driver);
                    UNREFERENCED_PARAMETER(RegistryPath);
                    return STATUS_SUCCESS;
                }
            }
            workload {
                thread { call writer.Write(1) }
                thread { call writer.Write(2) }
            }
            """;

    private static LiveRun open() {
        Path directory = TemporaryFiles.directory("debugger");
        try {
            Files.writeString(directory.resolve("writes.scn"), SCENARIO);
            return Simulation.of(
                            CheckedScenario.check(
                                    ScenarioFolder.open(directory, "writes.scn"), Overrides.NONE))
                    .open(Optional.empty(), "benchmark");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            TemporaryFiles.delete(directory);
        }
    }

    private static void mustReach(Arrival arrival) {
        if (!(arrival instanceof Arrival.Reached)) {
            throw new IllegalStateException("stopped early: " + arrival);
        }
    }

    /** A run that nobody debugs. */
    @State(Scope.Thread)
    public static class Bare {
        private LiveRun run = DebuggerBenchmark.open();

        /** Starts anew, so that each iteration does the same. */
        @Setup(Level.Iteration)
        public void start() {
            run = DebuggerBenchmark.open();
            run.go(STEPS);
        }
    }

    /** A run under the debugger, from its beginning. */
    @State(Scope.Thread)
    public static class Debugged {
        private Debugger debugger = new Debugger(DebuggerBenchmark.open());

        /** Starts anew, so that each iteration does the same. */
        @Setup(Level.Iteration)
        public void start() {
            debugger = new Debugger(DebuggerBenchmark.open());
            mustReach(debugger.goUpTo(STEPS));
        }

        /** Ends the run. */
        @TearDown(Level.Iteration)
        public void stop() {
            debugger.close();
        }
    }

    /** A run that is far from its beginning, further each time. */
    @State(Scope.Thread)
    public static class FarOn {
        private final Debugger debugger = new Debugger(DebuggerBenchmark.open());
        private long next = BEFORE_STEPPING_BACK;

        /** Goes on to where nobody was. */
        @Setup(Level.Invocation)
        public void goOn() {
            mustReach(debugger.goUpTo(next));
            next += 1_234_567;
        }
    }

    /** A step of the machine by itself. */
    @Benchmark
    @OperationsPerInvocation(STEPS)
    public void step(Bare bare) {
        bare.run.go(bare.run.machine().steps() + STEPS);
    }

    /** A step of the machine while checkpoints are made. */
    @Benchmark
    @OperationsPerInvocation(STEPS)
    public void stepWithCheckpoints(Debugged debugged) {
        mustReach(debugged.debugger.goUpTo(debugged.debugger.position().steps() + STEPS));
    }

    /** The first step back from where a run of 100 million steps stopped. */
    @Benchmark
    public void firstStepBack(FarOn far) {
        mustReach(far.debugger.step(StepKind.INSTRUCTION, 0, Direction.BACKWARD));
    }

    /** Ten steps back, of which each but the first follows another. */
    @Benchmark
    @OperationsPerInvocation(10)
    public void stepsBack(FarOn far) {
        for (int i = 0; i < 10; i++) {
            mustReach(far.debugger.step(StepKind.INSTRUCTION, 0, Direction.BACKWARD));
        }
    }
}
