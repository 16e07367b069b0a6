package dev.dirql.tests.benchmarks;

import dev.dirql.events.Event;
import dev.dirql.events.Stamp;
import dev.dirql.machine.Snapshot;
import dev.dirql.store.SymbolTable;
import dev.dirql.store.TraceHeader;
import dev.dirql.store.TraceWriter;
import dev.dirql.store.TraceWriterSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Pairs of KeAcquireSpinLock and KeReleaseSpinLock a second, called by guest code. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class SpinLockBenchmark {
    private static final int PAIRS = 100_000;

    /** Whether every event is written to a trace. */
    @Param({"false", "true"})
    public boolean traced;

    private GuestMachine guest = new GuestMachine(1);
    private Snapshot start = guest.machine.snapshot();
    private @Nullable TraceWriter writer;

    /** Makes the machine, which is used for all iterations so that its code is compiled once. */
    @Setup
    public void makeMachine() {
        guest = new GuestMachine(1);
        if (traced) {
            guest.machine.addSink(this::write);
        }
        start = guest.machine.snapshot();
    }

    private void write(Stamp stamp, Event event) {
        TraceWriter opened = writer;
        if (opened != null) {
            opened.accept(stamp, event);
        }
    }

    /**
     * Goes back to the start, and begins a trace if there is to be one, so that none gets large.
     */
    @Setup(Level.Iteration)
    public void start() {
        guest.machine.restore(start);
        if (traced) {
            Path directory = TemporaryFiles.directory("trace");
            TraceWriter opened = TraceWriter.open(directory, TraceWriterSettings.standard());
            opened.begin(
                    new TraceHeader(
                            TraceHeader.FORMAT_VERSION,
                            "benchmark",
                            "none",
                            "spin-locks",
                            "default",
                            0,
                            1,
                            Map.of(),
                            List.of()),
                    List.of(),
                    SymbolTable.EMPTY);
            writer = opened;
        }
        guest.startLocking(0, GuestMachine.DATA + 0x40);
    }

    /** Removes the trace. */
    @TearDown(Level.Iteration)
    public void stop() {
        TraceWriter opened = writer;
        if (opened != null) {
            opened.close();
            TemporaryFiles.delete(opened.trace());
            writer = null;
        }
    }

    /** One acquisition and release. */
    @Benchmark
    @OperationsPerInvocation(PAIRS)
    public void pairs() {
        guest.run(PAIRS * GuestPrograms.STEPS_PER_PAIR);
    }
}
