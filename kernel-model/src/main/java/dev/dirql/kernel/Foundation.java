package dev.dirql.kernel;

import dev.dirql.kernel.executive.SystemQueryServices;
import dev.dirql.kernel.images.LoadedImages;
import dev.dirql.kernel.images.Unwinder;
import dev.dirql.kernel.loader.UnmodelledImports;
import dev.dirql.kernel.memory.LookasideLists;
import dev.dirql.kernel.memory.Residency;
import dev.dirql.kernel.processors.ProcessorServices;
import dev.dirql.kernel.rules.Budget;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.services.ServiceHost;
import dev.dirql.kernel.traps.BreakPointServices;
import dev.dirql.kernel.traps.BugCheckCallbacks;
import dev.dirql.kernel.traps.BugCheckServices;
import dev.dirql.kernel.traps.BugChecks;
import dev.dirql.kernel.traps.Exceptions;
import dev.dirql.kernel.watchdogs.RoutineTimes;
import dev.dirql.kernel.watchdogs.WatchdogServices;
import dev.dirql.kernel.watchdogs.Watchdogs;
import dev.dirql.machine.Machine;
import dev.dirql.machine.StatePart;
import java.util.List;

/** What every other assembly stands on: memory, images, exceptions, bug checks, rules. */
final class Foundation implements Assembly {
    final Machine machine;
    final KernelSettings settings;
    final ServiceEngine engine;
    final LoadedImages images = new LoadedImages();
    final UnmodelledImports unmodelled;
    final KernelMemory memory;
    final Unwinder unwinder;
    final BugChecks bugChecks;
    final Rules rules;
    final Watchdogs watchdogs;
    final RoutineTimes routineTimes;
    final LookasideLists lookasides;
    final Residency residency;
    final Exceptions exceptions;
    final BugCheckCallbacks bugCheckCallbacks;

    Foundation(Machine machine, KernelSettings settings, ServiceHost host) {
        this.machine = machine;
        this.settings = settings;
        engine = new ServiceEngine(host);
        unmodelled = new UnmodelledImports(images, settings);
        memory = new KernelMemory(machine);
        unwinder = new Unwinder(machine, images);
        bugChecks = new BugChecks(machine, unwinder);
        rules = new Rules(machine, bugChecks, unwinder, settings.verifier());
        watchdogs = new Watchdogs(machine, engine, memory, bugChecks, settings);
        routineTimes =
                new RoutineTimes(
                        rules,
                        watchdogs,
                        new Budget(settings.dpcTimeNs()),
                        new Budget(settings.isrTimeNs()));
        lookasides = new LookasideLists(machine, memory, rules);
        residency = new Residency(machine, settings.paging());
        exceptions = new Exceptions(machine, images, residency, bugChecks);
        bugCheckCallbacks = new BugCheckCallbacks(engine, rules, bugChecks, images);
    }

    @Override
    public List<Object> services() {
        return List.of(
                new WatchdogServices(watchdogs),
                new BugCheckServices(engine, bugChecks),
                bugCheckCallbacks,
                new BreakPointServices(engine, exceptions, bugChecks),
                new ProcessorServices(machine),
                new SystemQueryServices(engine, images, settings.verifier()));
    }

    @Override
    public List<StatePart> parts() {
        return List.of(memory, watchdogs, lookasides, residency, bugChecks, images, unmodelled);
    }

    @Override
    public List<StatePart> observers() {
        return List.of(rules);
    }
}
