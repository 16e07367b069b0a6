package dev.dirql.kernel;

import dev.dirql.kernel.dpcs.DpcDispatch;
import dev.dirql.kernel.dpcs.DpcQueues;
import dev.dirql.kernel.dpcs.DpcServices;
import dev.dirql.kernel.processors.GenericCalls;
import dev.dirql.kernel.threads.DpcThreads;
import dev.dirql.kernel.threads.Scheduler;
import dev.dirql.kernel.traps.InterruptEntry;
import dev.dirql.machine.Processor;
import dev.dirql.machine.StatePart;
import java.util.List;

/** DPCs, the dispatch interrupt, and calls of a routine on every processor. */
final class DpcAssembly implements Assembly {
    private final Foundation base;
    private final Scheduler scheduler;
    final DpcQueues queues;
    final DpcDispatch dispatch;
    final DpcThreads dpcThreads;
    final GenericCalls genericCalls;

    DpcAssembly(Foundation base, LockAssembly locks, InterruptEntry entry, ThreadAssembly threads) {
        this.base = base;
        scheduler = threads.scheduler;
        queues =
                new DpcQueues(
                        base.machine,
                        base.bugChecks,
                        base.settings.dpcDepthMaximum(),
                        base.settings.dpcsToAvailableProcessors());
        dispatch =
                new DpcDispatch(
                        base.machine,
                        base.engine,
                        queues,
                        entry,
                        new Preemption(),
                        base.routineTimes,
                        locks.held,
                        base.rules,
                        base.bugChecks);
        dpcThreads =
                new DpcThreads(
                        base.machine,
                        base.engine,
                        scheduler,
                        threads.threads,
                        dispatch,
                        locks.held);
        genericCalls = new GenericCalls(base.machine, base.engine, locks.irqls, entry, queues);
    }

    /** What the dispatch interrupt asks about threads. */
    private final class Preemption implements DpcDispatch.Preemption {
        @Override
        public boolean isDue(Processor processor) {
            return scheduler.isSwitchDue(processor);
        }

        @Override
        public void wakeDpcThread(Processor processor) {
            dpcThreads.wake(processor);
        }
    }

    @Override
    public List<Object> services() {
        return List.of(
                dispatch,
                new DpcServices(base.machine, base.engine, queues, base.rules, dpcThreads::make),
                dpcThreads,
                genericCalls);
    }

    @Override
    public List<StatePart> parts() {
        return List.of(dpcThreads, queues);
    }
}
