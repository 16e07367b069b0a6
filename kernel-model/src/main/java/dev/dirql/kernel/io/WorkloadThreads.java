package dev.dirql.kernel.io;

import dev.dirql.machine.Processor;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.function.Consumer;

/** Which threads of the workload are done. */
public final class WorkloadThreads implements StatePart {
    private int expected;
    private long[] done = new long[1];
    private Consumer<Processor> listener = _ -> {};

    WorkloadThreads() {}

    /** Says how many threads the workload has, before the first starts. */
    public void expect(int count) {
        expected = count;
        done = new long[(count + 63) / 64];
    }

    /** Says who is told when the last thread is done. */
    public void onAllFinished(Consumer<Processor> newListener) {
        listener = newListener;
    }

    void finished(Processor processor, int thread) {
        if (thread < 0 || thread >= expected) {
            throw new IllegalStateException("thread %d of %d finished".formatted(thread, expected));
        }
        done[thread >>> 6] |= 1L << thread;
        if (areFinished()) {
            listener.accept(processor);
        }
    }

    public boolean isFinished(int thread) {
        return (done[thread >>> 6] >>> thread & 1) != 0;
    }

    /** Whether all threads are done. */
    public boolean areFinished() {
        int count = 0;
        for (long word : done) {
            count += Long.bitCount(word);
        }
        return count == expected;
    }

    @Override
    public void save(StateWriter out) {
        out.values(done);
    }

    @Override
    public void restore(StateReader in) {
        in.values(done);
    }
}
