package dev.dirql.tests.benchmarks;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Guest instructions a second on one processor; the clock ticks as on any machine. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class InterpreterBenchmark {
    private static final int STEPS = 1_000_000;

    /** Name of the program. */
    @Param({"INTEGER", "MEMORY", "CRC32"})
    public String program = "INTEGER";

    private GuestMachine guest = new GuestMachine(1);

    /** Makes a machine that runs the program. */
    @Setup
    public void start() {
        guest = new GuestMachine(1);
        guest.start(
                0,
                GuestPrograms.valueOf(program),
                GuestMachine.DATA,
                GuestMachine.DATA + 0x8000,
                0,
                -1);
    }

    /** One guest instruction. */
    @Benchmark
    @OperationsPerInvocation(STEPS)
    public void instructions() {
        guest.run(STEPS);
    }
}
