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

/** The same work of four processors in a machine of four and in one with 60 idle ones besides. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class IdleProcessorsBenchmark {
    private static final int STEPS = 100_000;
    private static final int BUSY = 4;

    /** Processors of the machine. */
    @Param({"4", "64"})
    public int processors = BUSY;

    private GuestMachine guest = new GuestMachine(BUSY);

    /** Lets two processors take one lock in turns, and two compute. */
    @Setup
    public void start() {
        guest = new GuestMachine(processors);
        guest.startLocking(0, GuestMachine.DATA);
        guest.startLocking(1, GuestMachine.DATA);
        for (int i = 2; i < BUSY; i++) {
            long data = GuestMachine.DATA + 0x1_0000L * i;
            guest.start(i, GuestPrograms.MEMORY, data, data + 0x8000, 0, 0);
        }
    }

    /** One step of any processor. */
    @Benchmark
    @OperationsPerInvocation(STEPS)
    public void steps() {
        guest.run(STEPS);
    }
}
