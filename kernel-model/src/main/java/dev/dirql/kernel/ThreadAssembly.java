package dev.dirql.kernel;

import dev.dirql.kernel.objects.EventObjectServices;
import dev.dirql.kernel.objects.KernelObjects;
import dev.dirql.kernel.objects.ObjectServices;
import dev.dirql.kernel.threads.AnnouncedWaits;
import dev.dirql.kernel.threads.ApcServices;
import dev.dirql.kernel.threads.Apcs;
import dev.dirql.kernel.threads.DelayServices;
import dev.dirql.kernel.threads.EventServices;
import dev.dirql.kernel.threads.MutexServices;
import dev.dirql.kernel.threads.Scheduler;
import dev.dirql.kernel.threads.StackServices;
import dev.dirql.kernel.threads.ThreadServices;
import dev.dirql.kernel.threads.Threads;
import dev.dirql.kernel.threads.WaitDeadlocks;
import dev.dirql.kernel.threads.WaitLocks;
import dev.dirql.kernel.threads.WaitServices;
import dev.dirql.kernel.threads.Waits;
import dev.dirql.kernel.traps.InterruptEntry;
import dev.dirql.machine.StatePart;
import java.util.List;

/** Threads, what they wait for, their APCs, and the objects that have references and handles. */
final class ThreadAssembly implements Assembly {
    private final Foundation base;
    private final LockAssembly locks;
    final Scheduler scheduler;
    final WaitLocks waitLocks;
    final Waits waits;
    final Apcs apcs;
    final ApcServices apcServices;
    final KernelObjects objects = new KernelObjects();
    final ObjectServices objectServices;
    final Threads threads;

    ThreadAssembly(Foundation base, LockAssembly locks, InterruptEntry entry) {
        this.base = base;
        this.locks = locks;
        scheduler = new Scheduler(base.machine, locks.irqls, base.settings.quantumTicks());
        waitLocks = new WaitLocks(base.machine, base.engine, locks.names, base.rules);
        WaitDeadlocks deadlocks =
                new WaitDeadlocks(
                        base.machine,
                        scheduler,
                        waitLocks,
                        base.rules,
                        base.images,
                        base.unwinder,
                        base.settings.verifiesResourceDeadlocks());
        waits =
                new Waits(
                        base.machine, scheduler, waitLocks, deadlocks, base.bugChecks, base.rules);
        apcs = new Apcs(base.machine, scheduler);
        apcServices =
                new ApcServices(
                        base.machine,
                        base.engine,
                        locks.irqls,
                        scheduler,
                        apcs,
                        entry,
                        base.rules,
                        base.bugChecks);
        threads =
                new Threads(
                        base.machine,
                        base.memory,
                        base.engine,
                        scheduler,
                        waits,
                        locks.held,
                        waitLocks,
                        base.bugChecks,
                        objects);
        objectServices =
                new ObjectServices(base.engine, objects, base.bugChecks, threads::systemProcess);
    }

    @Override
    public List<Object> services() {
        AnnouncedWaits announced = new AnnouncedWaits(scheduler, locks.irqls);
        return List.of(
                threads,
                new ThreadServices(
                        base.machine,
                        base.engine,
                        scheduler,
                        waits,
                        threads,
                        base.settings.tickNs()),
                new EventServices(base.machine, base.engine, waits, announced, base.rules),
                new WaitServices(
                        base.machine,
                        base.engine,
                        locks.irqls,
                        scheduler,
                        waits,
                        announced,
                        base.rules,
                        base.bugChecks,
                        base.exceptions,
                        base.settings.waitsAtApcLevel()),
                new DelayServices(base.engine, locks.irqls, scheduler, waits),
                new MutexServices(
                        base.machine,
                        base.engine,
                        waits,
                        announced,
                        waitLocks,
                        apcs,
                        base.exceptions,
                        base.rules),
                apcServices,
                new StackServices(),
                objectServices,
                new EventObjectServices(base.engine, base.memory, objects, waits));
    }

    @Override
    public List<StatePart> parts() {
        return List.of(scheduler, threads, objects);
    }

    @Override
    public List<StatePart> observers() {
        return List.of(waitLocks);
    }
}
