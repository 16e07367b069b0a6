package dev.dirql.kernel;

import dev.dirql.kernel.images.Unwinder;
import dev.dirql.kernel.threads.DpcThreads;
import dev.dirql.kernel.threads.KernelThread;
import dev.dirql.kernel.threads.Scheduler;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;
import java.util.ArrayList;
import java.util.List;

/** What keeps a run from being done: work that somebody waits for, processors that spin. */
final class Unfinished {
    private final Machine machine;
    private final Scheduler scheduler;
    private final DpcThreads dpcThreads;
    private final Unwinder unwinder;
    private final List<OutstandingWork> work = new ArrayList<>();

    Unfinished(Machine machine, Scheduler scheduler, DpcThreads dpcThreads, Unwinder unwinder) {
        this.machine = machine;
        this.scheduler = scheduler;
        this.dpcThreads = dpcThreads;
        this.unwinder = unwinder;
    }

    void add(OutstandingWork more) {
        work.add(more);
    }

    /** Whether there is somebody with work, and all of it is done. */
    boolean isWorkDone() {
        return !work.isEmpty() && outstanding().isEmpty();
    }

    boolean isNone() {
        return lines().isEmpty();
    }

    /** A line each, with the places of those who spin or wait. */
    List<String> lines() {
        List<String> lines = outstanding();
        addSpinning(lines);
        if (!lines.isEmpty() || work.isEmpty()) {
            addWaiting(lines);
        }
        return lines;
    }

    private List<String> outstanding() {
        List<String> lines = new ArrayList<>();
        for (OutstandingWork part : work) {
            lines.addAll(part.outstanding());
        }
        return lines;
    }

    private void addSpinning(List<String> lines) {
        for (int i = 0; i < machine.processorCount(); i++) {
            Processor processor = machine.processor(i);
            if (processor.waiting() == Processor.Wait.WRITE) {
                lines.add(
                        "cpu%d spins at %s in %s"
                                .formatted(
                                        i,
                                        Irql.name(processor.irql()),
                                        unwinder.stackOf(processor).oneLine()));
            }
        }
    }

    private void addWaiting(List<String> lines) {
        for (KernelThread thread : scheduler.threads()) {
            if (!thread.isIdle()
                    && !dpcThreads.isIdle(thread)
                    && thread.state() != KernelThread.State.RUNNING) {
                lines.add(
                        "thread 0x%x %s waits for 0x%x in %s"
                                .formatted(
                                        thread.address(),
                                        thread.name(),
                                        thread.waitObject(),
                                        scheduler.stackOf(thread, unwinder).oneLine()));
            }
        }
    }
}
