package dev.dirql.kernel;

import dev.dirql.kernel.rules.Budget;
import dev.dirql.kernel.threads.Clock;
import dev.dirql.kernel.threads.IdleLoop;
import dev.dirql.kernel.threads.Scheduler;
import dev.dirql.kernel.timers.ExTimerServices;
import dev.dirql.kernel.timers.ExTimers;
import dev.dirql.kernel.timers.IoTimers;
import dev.dirql.kernel.timers.QueuedObjects;
import dev.dirql.kernel.timers.TimeServices;
import dev.dirql.kernel.timers.TimerExpiration;
import dev.dirql.kernel.timers.TimerQueue;
import dev.dirql.kernel.timers.TimerServices;
import dev.dirql.kernel.timers.Timers;
import dev.dirql.kernel.traps.InterruptEntry;
import dev.dirql.machine.StatePart;
import java.util.List;

/** The clock, and timers of every kind. */
final class TimeAssembly implements Assembly {
    private final Foundation base;
    private final LockAssembly locks;
    private final Scheduler scheduler;
    private final Timers timers;
    private final ExTimers exTimers;
    final TimerQueue queue = new TimerQueue();
    final Clock clock;
    final IoTimers ioTimers;
    final QueuedObjects queuedObjects;

    TimeAssembly(
            Foundation base,
            LockAssembly locks,
            InterruptEntry entry,
            ThreadAssembly threads,
            DpcAssembly dpcs) {
        this.base = base;
        this.locks = locks;
        scheduler = threads.scheduler;
        clock =
                new Clock(
                        base.machine,
                        threads.scheduler,
                        threads.waits,
                        queue,
                        base.lookasides,
                        base.watchdogs,
                        entry,
                        base.settings.tickNs());
        timers = new Timers(queue, clock, threads.waits, dpcs.queues, base.bugChecks);
        exTimers = new ExTimers(base.memory, queue, clock, threads.waits);
        ioTimers = new IoTimers(base.engine, base.memory, timers, locks.held, base.rules);
        queuedObjects = new QueuedObjects(queue, dpcs.queues, base.rules);
    }

    @Override
    public List<Object> services() {
        KernelSettings settings = base.settings;
        return List.of(
                clock,
                new IdleLoop(scheduler, clock),
                new TimerExpiration(
                        base.machine,
                        base.engine,
                        clock,
                        queue,
                        timers,
                        exTimers,
                        base.lookasides,
                        locks.held),
                new TimerServices(base.engine, timers, base.rules),
                new ExTimerServices(base.engine, exTimers, base.rules, base.bugChecks),
                ioTimers,
                new TimeServices(
                        base.engine,
                        clock,
                        base.rules,
                        settings.tickNs(),
                        new Budget(settings.stallTimeNs()),
                        new Budget(settings.dpcTimeNs())));
    }

    @Override
    public List<StatePart> parts() {
        return List.of(clock, queue, exTimers, ioTimers);
    }
}
