package dev.dirql.tests.benchmarks;

import dev.dirql.machine.PhysicalMemory;
import dev.dirql.machine.ProcessorMemory;
import dev.dirql.machine.Snapshot;
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
import org.openjdk.jmh.annotations.Warmup;

/** Keeping, going back to and hashing moments of a machine with four processors. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class SnapshotBenchmark {
    private static final int DIRTY_PAGES = 64;

    private GuestMachine guest = new GuestMachine(4);
    private Snapshot start = guest.machine.snapshot();
    private long value;

    /** Makes a machine that has used some locks, and keeps that moment. */
    @Setup
    public void start() {
        guest = new GuestMachine(4);
        for (int i = 0; i < 4; i++) {
            guest.startLocking(i, GuestMachine.DATA + 0x40L * i);
        }
        guest.run(10_000);
        start = guest.machine.snapshot();
    }

    private void writePages() {
        ProcessorMemory memory = guest.machine.processor(0).memory();
        value++;
        for (int i = 0; i < DIRTY_PAGES; i++) {
            memory.store64(GuestMachine.DATA + 0x800 + (long) i * PhysicalMemory.FRAME_SIZE, value);
        }
    }

    /** Keeps the moment and goes back to it. */
    @Benchmark
    public Snapshot snapshotAndRestore() {
        Snapshot moment = guest.machine.snapshot();
        guest.machine.restore(moment);
        return moment;
    }

    /** Writes 64 pages, which copies them, and goes back: the cost of the writes is in it. */
    @Benchmark
    public void writeAndRestore() {
        writePages();
        guest.machine.restore(start);
    }

    /** Writes 64 pages, keeps the moment, goes back to the one before, and gives it back. */
    @Benchmark
    public void writeSnapshotAndRestore() {
        writePages();
        Snapshot moment = guest.machine.snapshot();
        guest.machine.restore(start);
        guest.machine.giveBack(moment);
    }

    /** The same, with the moment left to the garbage collector. */
    @Benchmark
    public Snapshot writeSnapshotAndForget() {
        writePages();
        Snapshot moment = guest.machine.snapshot();
        guest.machine.restore(start);
        return moment;
    }

    /** The exact hash with 64 pages written since the last one. */
    @Benchmark
    public long writeAndHash() {
        writePages();
        return guest.machine.exactHash();
    }
}
