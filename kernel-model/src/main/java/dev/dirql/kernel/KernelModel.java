package dev.dirql.kernel;

import dev.dirql.events.Event;
import dev.dirql.events.RunEnd;
import dev.dirql.kernel.dpcs.DpcDispatch;
import dev.dirql.kernel.dpcs.DpcQueues;
import dev.dirql.kernel.dpcs.DpcServices;
import dev.dirql.kernel.executive.SystemQueryServices;
import dev.dirql.kernel.images.LoadedImages;
import dev.dirql.kernel.images.Unwinder;
import dev.dirql.kernel.interrupts.InterruptConnectionServices;
import dev.dirql.kernel.interrupts.InterruptConnections;
import dev.dirql.kernel.interrupts.InterruptDispatch;
import dev.dirql.kernel.interrupts.InterruptObjects;
import dev.dirql.kernel.interrupts.InterruptServices;
import dev.dirql.kernel.interrupts.InterruptStorms;
import dev.dirql.kernel.interrupts.InterruptVectors;
import dev.dirql.kernel.interrupts.PassiveInterrupts;
import dev.dirql.kernel.io.CancelServices;
import dev.dirql.kernel.irql.IrqlServices;
import dev.dirql.kernel.irql.Irqls;
import dev.dirql.kernel.loader.UnmodelledImports;
import dev.dirql.kernel.locks.Deadlocks;
import dev.dirql.kernel.locks.HeldLocks;
import dev.dirql.kernel.locks.InterlockedServices;
import dev.dirql.kernel.locks.LockInPageableStorage;
import dev.dirql.kernel.locks.LockTable;
import dev.dirql.kernel.locks.LockUses;
import dev.dirql.kernel.locks.QueuedSpinLockServices;
import dev.dirql.kernel.locks.ReaderWriterSpinLockServices;
import dev.dirql.kernel.locks.ResolvedLockNames;
import dev.dirql.kernel.locks.SListServices;
import dev.dirql.kernel.locks.SpinLockAboveDispatchLevel;
import dev.dirql.kernel.locks.SpinLockHeldTooLong;
import dev.dirql.kernel.locks.SpinLockLeavesIrqlRaised;
import dev.dirql.kernel.locks.SpinLockServices;
import dev.dirql.kernel.locks.SpinLocks;
import dev.dirql.kernel.memory.LookasideLists;
import dev.dirql.kernel.memory.Residency;
import dev.dirql.kernel.objects.EventObjectServices;
import dev.dirql.kernel.objects.KernelObjects;
import dev.dirql.kernel.objects.ObjectServices;
import dev.dirql.kernel.objects.ObjectTypes;
import dev.dirql.kernel.objects.OtherObjects;
import dev.dirql.kernel.pnp.PnpActions;
import dev.dirql.kernel.processors.GenericCalls;
import dev.dirql.kernel.processors.ProcessorServices;
import dev.dirql.kernel.rules.Budget;
import dev.dirql.kernel.rules.IrqlRange;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.runtime.DebugServices;
import dev.dirql.kernel.runtime.RandomServices;
import dev.dirql.kernel.runtime.StringConversionServices;
import dev.dirql.kernel.services.Arguments;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.services.ServiceHost;
import dev.dirql.kernel.services.ServiceSlot;
import dev.dirql.kernel.services.ServiceTable;
import dev.dirql.kernel.threads.ApcServices;
import dev.dirql.kernel.threads.Apcs;
import dev.dirql.kernel.threads.Clock;
import dev.dirql.kernel.threads.DispatcherHeader;
import dev.dirql.kernel.threads.DpcThreads;
import dev.dirql.kernel.threads.IdleLoop;
import dev.dirql.kernel.threads.KernelThread;
import dev.dirql.kernel.threads.MutexServices;
import dev.dirql.kernel.threads.Scheduler;
import dev.dirql.kernel.threads.StackServices;
import dev.dirql.kernel.threads.SystemTime;
import dev.dirql.kernel.threads.ThreadServices;
import dev.dirql.kernel.threads.Threads;
import dev.dirql.kernel.threads.UnusedStacks;
import dev.dirql.kernel.threads.WaitDeadlocks;
import dev.dirql.kernel.threads.WaitLocks;
import dev.dirql.kernel.threads.WaitServices;
import dev.dirql.kernel.threads.Waits;
import dev.dirql.kernel.timers.ExTimerServices;
import dev.dirql.kernel.timers.ExTimers;
import dev.dirql.kernel.timers.IoTimers;
import dev.dirql.kernel.timers.QueuedObjects;
import dev.dirql.kernel.timers.TimeServices;
import dev.dirql.kernel.timers.TimerExpiration;
import dev.dirql.kernel.timers.TimerQueue;
import dev.dirql.kernel.timers.TimerServices;
import dev.dirql.kernel.timers.Timers;
import dev.dirql.kernel.traps.BreakPointServices;
import dev.dirql.kernel.traps.BugCheckServices;
import dev.dirql.kernel.traps.BugChecks;
import dev.dirql.kernel.traps.Exceptions;
import dev.dirql.kernel.traps.InterruptEntry;
import dev.dirql.kernel.watchdogs.RoutineTimes;
import dev.dirql.kernel.watchdogs.WatchdogServices;
import dev.dirql.kernel.watchdogs.Watchdogs;
import dev.dirql.machine.Machine;
import dev.dirql.machine.MemoryFault;
import dev.dirql.machine.Processor;
import dev.dirql.machine.SystemSoftware;
import dev.dirql.machine.Trap;
import dev.dirql.machine.UnusedMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * NT on a machine: makes its parts, starts the processors, and hands each call of the machine to
 * the part that answers it. The machine needs its interrupt controller before, and gets this as its
 * system software.
 */
public final class KernelModel implements SystemSoftware, ServiceHost {
    private final Machine machine;
    private final KernelSettings settings;
    private final ServiceEngine engine = new ServiceEngine(this);
    private final LoadedImages images = new LoadedImages();
    private final UnmodelledImports unmodelled;
    private final KernelMemory memory;
    private final Unwinder unwinder;
    private final BugChecks bugChecks;
    private final Rules rules;
    private final Irqls irqls;
    private final Scheduler scheduler;
    private final ResolvedLockNames names;
    private final LockTable lockTable;
    private final SpinLocks locks;
    private final LookasideLists lookasides;
    private final Residency residency;
    private final Exceptions exceptions;
    private final InterruptEntry entry;
    private final InterruptObjects interruptObjects;
    private final InterruptDispatch interruptDispatch;
    private final InterruptConnections interruptConnections = new InterruptConnections();
    private final PassiveInterrupts passiveInterrupts;
    private final DpcQueues dpcQueues;
    private final DpcDispatch dpcDispatch;
    private final HeldLocks heldLocks;
    private final WaitLocks waitLocks;
    private final Waits waits;
    private final Apcs apcs;
    private final ApcServices apcServices;
    private final Threads threads;
    private final DpcThreads dpcThreads;
    private final TimerQueue timerQueue;
    private final IoTimers ioTimers;
    private final QueuedObjects queuedObjects;
    private final GenericCalls genericCalls;
    private final KernelObjects objects = new KernelObjects();
    private final ObjectServices objectServices;
    private final Clock clock;
    private final Unfinished unfinished;

    /**
     * Makes the kernel and starts its processors, which are idle until there is a thread.
     *
     * @param more makes further objects with services, which may use the parts of this one
     */
    public KernelModel(
            Machine machine,
            KernelSettings settings,
            Function<KernelModel, ? extends List<?>> more) {
        this.machine = machine;
        this.settings = settings;
        unmodelled = new UnmodelledImports(images, settings);
        memory = new KernelMemory(machine);
        unwinder = new Unwinder(machine, images);
        bugChecks = new BugChecks(machine, unwinder);
        rules = new Rules(machine, bugChecks, unwinder, settings.verifier());
        Watchdogs watchdogs = new Watchdogs(machine, engine, memory, bugChecks, settings);
        RoutineTimes routineTimes =
                new RoutineTimes(
                        rules,
                        watchdogs,
                        new Budget(settings.dpcTimeNs()),
                        new Budget(settings.isrTimeNs()));
        names = new ResolvedLockNames(images);
        lockTable =
                new LockTable(
                        machine,
                        names,
                        new LockInPageableStorage(engine, rules),
                        new SpinLockAboveDispatchLevel(rules),
                        new SpinLockHeldTooLong(rules, new Budget(settings.spinLockTimeNs())),
                        new SpinLockLeavesIrqlRaised(rules));
        heldLocks = new HeldLocks(machine, lockTable, rules, images);
        irqls = new Irqls(machine, heldLocks::lowered);
        scheduler = new Scheduler(machine, irqls, settings.quantumTicks());
        Deadlocks deadlocks =
                new Deadlocks(machine, lockTable, rules, images, unwinder, scheduler::affinityOf);
        LockUses lockUses = new LockUses(rules, settings.listLocks());
        locks = new SpinLocks(machine, lockTable, deadlocks, bugChecks, rules, lockUses);
        machine.offerWritesInOrder(settings.longestSpinnerWins());
        lookasides = new LookasideLists(machine, memory, rules);
        residency = new Residency(machine, settings.paging());
        exceptions = new Exceptions(machine, images, residency, bugChecks);
        entry = new InterruptEntry(engine, irqls, exceptions::doubleFault);
        interruptObjects = new InterruptObjects(machine, memory, this::variableName);
        names.setInterrupts(interruptObjects);
        InterruptStorms storms = new InterruptStorms(machine, settings.stormMaximum());
        interruptDispatch =
                new InterruptDispatch(
                        machine,
                        irqls,
                        locks,
                        interruptObjects,
                        entry,
                        storms,
                        routineTimes,
                        heldLocks,
                        rules,
                        bugChecks,
                        settings.stormMaximum());
        dpcQueues =
                new DpcQueues(
                        machine,
                        bugChecks,
                        settings.dpcDepthMaximum(),
                        settings.dpcsToAvailableProcessors());
        dpcDispatch =
                new DpcDispatch(
                        machine,
                        engine,
                        dpcQueues,
                        entry,
                        new Preemption(),
                        routineTimes,
                        heldLocks,
                        rules,
                        bugChecks);
        waitLocks = new WaitLocks(machine, engine, names, rules);
        WaitDeadlocks waitDeadlocks =
                new WaitDeadlocks(
                        machine,
                        scheduler,
                        waitLocks,
                        rules,
                        images,
                        unwinder,
                        settings.verifiesResourceDeadlocks());
        waits = new Waits(machine, scheduler, waitLocks, waitDeadlocks, bugChecks, rules);
        apcs = new Apcs(machine, scheduler);
        apcServices =
                new ApcServices(machine, engine, irqls, scheduler, apcs, entry, rules, bugChecks);
        threads =
                new Threads(
                        machine, memory, engine, scheduler, waits, heldLocks, waitLocks, bugChecks,
                        objects);
        dpcThreads = new DpcThreads(machine, engine, scheduler, threads, dpcDispatch, heldLocks);
        unfinished = new Unfinished(machine, scheduler, dpcThreads, unwinder);
        timerQueue = new TimerQueue();
        clock =
                new Clock(
                        machine,
                        scheduler,
                        waits,
                        timerQueue,
                        lookasides,
                        watchdogs,
                        entry,
                        settings.tickNs());
        Timers timers = new Timers(timerQueue, clock, waits, dpcQueues, bugChecks);
        ExTimers exTimers = new ExTimers(memory, timerQueue, clock, waits);
        ioTimers = new IoTimers(engine, memory, timers, heldLocks, rules);
        queuedObjects = new QueuedObjects(timerQueue, dpcQueues, rules);
        threads.onStackFreed((processor, start, size, routine) ->
                goes(processor, "the stack of a thread that ends", start, size, routine));
        genericCalls = new GenericCalls(machine, engine, irqls, entry, dpcQueues);
        passiveInterrupts =
                new PassiveInterrupts(
                        machine,
                        engine,
                        memory,
                        threads,
                        waits,
                        interruptObjects,
                        interruptDispatch);
        List<Object> services = new ArrayList<>();
        services.add(entry);
        services.add(new IrqlServices(machine, engine, irqls, rules));
        services.add(new SpinLockServices(machine, engine, irqls, locks));
        services.add(
                new QueuedSpinLockServices(
                        machine, engine, irqls, lockTable, deadlocks, rules, lockUses));
        services.add(
                new ReaderWriterSpinLockServices(
                        machine, engine, irqls, lockTable, deadlocks, rules));
        services.add(new InterlockedServices(machine, engine, locks, bugChecks, rules));
        services.add(new SListServices(machine, engine, bugChecks, rules, lookasides));
        services.add(interruptDispatch);
        services.add(
                new InterruptServices(
                        machine,
                        engine,
                        irqls,
                        locks,
                        interruptObjects,
                        passiveInterrupts,
                        rules,
                        bugChecks));
        services.add(passiveInterrupts);
        services.add(
                new InterruptConnectionServices(
                        engine,
                        memory,
                        locks,
                        interruptObjects,
                        interruptConnections,
                        passiveInterrupts,
                        rules,
                        bugChecks,
                        settings.oneMessageLock()));
        services.add(dpcDispatch);
        services.add(new DpcServices(machine, engine, dpcQueues, rules, dpcThreads::make));
        services.add(threads);
        services.add(dpcThreads);
        services.add(
                new ThreadServices(machine, engine, scheduler, waits, threads, settings.tickNs()));
        WaitServices waitServices =
                new WaitServices(
                        machine,
                        engine,
                        irqls,
                        scheduler,
                        waits,
                        rules,
                        bugChecks,
                        exceptions,
                        settings.waitsAtApcLevel());
        services.add(waitServices);
        services.add(
                new MutexServices(
                        machine, engine, waits, waitServices, waitLocks, apcs, exceptions, rules));
        services.add(apcServices);
        objectServices = new ObjectServices(engine, objects, bugChecks, threads::systemProcess);
        services.add(objectServices);
        services.add(new EventObjectServices(engine, memory, objects, waits));
        services.add(clock);
        services.add(new IdleLoop(scheduler, clock));
        services.add(
                new TimerExpiration(
                        machine,
                        engine,
                        clock,
                        timerQueue,
                        timers,
                        exTimers,
                        lookasides,
                        heldLocks));
        services.add(new TimerServices(engine, timers, rules));
        services.add(new ExTimerServices(engine, exTimers, rules, bugChecks));
        services.add(ioTimers);
        services.add(
                new TimeServices(
                        engine,
                        clock,
                        rules,
                        settings.tickNs(),
                        new Budget(settings.stallTimeNs()),
                        new Budget(settings.dpcTimeNs())));
        services.add(new WatchdogServices(watchdogs));
        services.add(genericCalls);
        services.add(new BugCheckServices(engine, bugChecks));
        services.add(new BreakPointServices(engine, exceptions, bugChecks));
        services.add(new StackServices());
        services.add(new ProcessorServices(machine));
        services.add(new SystemQueryServices(engine, images, settings.verifier()));
        services.addAll(more.apply(this));
        ServiceTable.Builder table = new ServiceTable.Builder();
        ObjectTypes.declare(table);
        engine.load(
                table.addAll(services)
                        .variable(ProcessorServices.PROCESSOR_COUNT, 1)
                        .variable(StringConversionServices.MULTI_BYTE_CODE_PAGE, 1)
                        .variable(BreakPointServices.DEBUGGER_ENABLED, 1)
                        .variable(BreakPointServices.DEBUGGER_NOT_PRESENT, 1)
                        .internalVariable(DebugServices.MASKS, DebugServices.MASKS_BYTES)
                        .internalVariable(RandomServices.RAND_STATE, Integer.BYTES)
                        .internalVariable(RandomServices.UUID_COUNT, Long.BYTES)
                        .internalVariable(CancelServices.LOCK, Long.BYTES)
                        .internalVariable(PnpActions.LOCK, DispatcherHeader.SIZE)
                        .build());
        new KernelStart(machine, settings, engine.table(), images, memory).run(threads, clock);
        objectServices.boot(machine.processor(0).memory());
        machine.addMachinePart(memory);
        machine.addMachinePart(scheduler);
        machine.addMachinePart(threads);
        machine.addMachinePart(dpcThreads);
        machine.addMachinePart(clock);
        machine.addMachinePart(dpcQueues);
        machine.addMachinePart(timerQueue);
        machine.addMachinePart(exTimers);
        machine.addMachinePart(ioTimers);
        machine.addMachinePart(watchdogs);
        machine.addMachinePart(objects);
        machine.addMachinePart(interruptObjects);
        machine.addMachinePart(interruptConnections);
        machine.addMachinePart(passiveInterrupts);
        machine.addMachinePart(storms);
        machine.addMachinePart(lookasides);
        machine.addMachinePart(residency);
        machine.addMachinePart(bugChecks);
        machine.addMachinePart(images);
        machine.addMachinePart(unmodelled);
        machine.addObserverPart(lockTable);
        machine.addObserverPart(heldLocks);
        machine.addObserverPart(waitLocks);
        machine.addObserverPart(rules);
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

    private String variableName(long address) {
        String name = names.resolve(machine.processor(0), address).name();
        return name.startsWith("0x") ? "" : name;
    }

    // ---- parts, for those who build on this ----

    public Machine machine() {
        return machine;
    }

    public KernelSettings settings() {
        return settings;
    }

    public ServiceEngine engine() {
        return engine;
    }

    public ServiceTable table() {
        return engine.table();
    }

    public LoadedImages images() {
        return images;
    }

    /** Imports of drivers that are not modelled. */
    public UnmodelledImports unmodelledImports() {
        return unmodelled;
    }

    public KernelMemory memory() {
        return memory;
    }

    public Unwinder unwinder() {
        return unwinder;
    }

    public BugChecks bugChecks() {
        return bugChecks;
    }

    public Rules rules() {
        return rules;
    }

    public Irqls irqls() {
        return irqls;
    }

    public ResolvedLockNames names() {
        return names;
    }

    public LockTable lockTable() {
        return lockTable;
    }

    public HeldLocks heldLocks() {
        return heldLocks;
    }

    public SpinLocks locks() {
        return locks;
    }

    public InterruptObjects interrupts() {
        return interruptObjects;
    }

    public DpcQueues dpcs() {
        return dpcQueues;
    }

    /** Timers of device objects. */
    public IoTimers ioTimers() {
        return ioTimers;
    }

    /** All lookaside lists. */
    public LookasideLists lookasides() {
        return lookasides;
    }

    /**
     * Memory is about to be freed: tells of what must not be in it. The run may end.
     *
     * @param what the memory in words, as in "pool that is freed"
     */
    public void goes(Processor processor, String what, long start, long size, long caller) {
        queuedObjects.goes(processor, what, start, size, caller);
        heldLocks.goes(processor, what, start, size, caller);
        waitLocks.goes(processor, what, start, size, caller);
        lookasides.goes(processor, what, start, size, caller);
    }

    /** Timers that are set. */
    public TimerQueue timers() {
        return timerQueue;
    }

    /** What must not be in memory that is freed. */
    public QueuedObjects queuedObjects() {
        return queuedObjects;
    }

    public Scheduler scheduler() {
        return scheduler;
    }

    public Threads threads() {
        return threads;
    }

    public Waits waits() {
        return waits;
    }

    /** Lets references to objects be counted that are not the kernel's. */
    public void add(OtherObjects others) {
        objectServices.add(others);
    }

    /** References and handles of objects. */
    public KernelObjects objects() {
        return objects;
    }

    public Apcs apcs() {
        return apcs;
    }

    /** The locks whose waiters do not spin. */
    public WaitLocks waitLocks() {
        return waitLocks;
    }

    /** Adds somebody whose work decides whether a run is done. */
    public void addWork(OutstandingWork more) {
        unfinished.add(more);
    }

    // ---- what the machine asks ----

    @Override
    public long serviceWindow() {
        return engine.table().windowStart();
    }

    @Override
    public long serviceWindowSize() {
        return engine.table().windowSize();
    }

    @Override
    public void service(Processor processor) {
        engine.service(processor);
    }

    @Override
    public void interrupt(Processor processor, int vector) {
        clock.interrupted(processor);
        switch (vector) {
            case InterruptVectors.DISPATCH -> dpcDispatch.enter(processor);
            case InterruptVectors.CLOCK -> clock.enter(processor);
            case InterruptVectors.IPI -> genericCalls.enter(processor);
            case InterruptVectors.APC -> apcServices.enter(processor);
            default -> interruptDispatch.enter(processor, vector);
        }
    }

    @Override
    public void trap(Processor processor) {
        if (unmodelled.isUsed(processor)) {
            return;
        }
        exceptions.trap(processor);
    }

    @Override
    public void priorityWritten(Processor processor, int from) {
        int to = processor.irql();
        if (from == to) {
            return;
        }
        machine.emit(processor, new Event.IrqlChanged(from, to, processor.rip));
        irqls.lowered(processor, from, to, rules);
    }

    @Override
    public boolean isResident(Processor processor, long address) {
        return residency.isResident(processor, address);
    }

    @Override
    public void unusedMemory(UnusedMemory unused) {
        new UnusedStacks(machine, scheduler).addTo(unused);
        unused.add(SystemTime.SHARED_DATA, SystemTime.TIMES_END);
        unused.add(SystemTime.SHARED_DATA + SystemTime.TICK_COUNT, SystemTime.TICK_COUNT_SIZE);
    }

    @Override
    public long nextDeadlineNs() {
        return unfinished.isWorkDone()
                ? KernelThread.NEVER
                : Math.min(scheduler.nextDeadlineNs(), timerQueue.nextWakeNs());
    }

    @Override
    public RunEnd quiescent() {
        return unfinished.isNone() ? RunEnd.DONE : RunEnd.STUCK;
    }

    @Override
    public String quiescentDetail() {
        return String.join("\n", unfinished.lines());
    }

    // ---- what the service engine asks ----

    private IrqlRange range(Ddi ddi) {
        return settings.irqlsOfRules() ? IrqlRange.ofRule(ddi) : IrqlRange.ofPage(ddi);
    }

    @Override
    public int allowedIrqls(Ddi ddi) {
        return range(ddi).mask();
    }

    @Override
    public boolean calledAtWrongIrql(Processor processor, ServiceSlot service, int irql) {
        Ddi ddi = service.ddi();
        if (ddi != null) {
            range(ddi)
                    .broken(
                            processor,
                            ddi,
                            irql,
                            Arguments.argument(processor, 0),
                            engine.caller(processor),
                            rules);
        }
        return machine.ended() == null;
    }

    @Override
    public void faulted(Processor processor, MemoryFault fault) {
        if (!unmodelled.isTouched(processor, fault.address())) {
            exceptions.serviceFault(processor, fault);
        }
    }

    @Override
    public void block(Processor processor) {
        scheduler.switchAway(processor);
    }

    @Override
    public void notAService(Processor processor) {
        processor.trap.exception(Trap.INVALID_OPCODE);
        exceptions.trap(processor);
    }
}
