package dev.dirql.kernel;

import dev.dirql.events.Event;
import dev.dirql.events.RunEnd;
import dev.dirql.kernel.dpcs.DpcQueues;
import dev.dirql.kernel.images.LoadedImages;
import dev.dirql.kernel.images.Unwinder;
import dev.dirql.kernel.interrupts.InterruptObjects;
import dev.dirql.kernel.interrupts.InterruptVectors;
import dev.dirql.kernel.io.CancelServices;
import dev.dirql.kernel.irql.Irqls;
import dev.dirql.kernel.loader.UnmodelledImports;
import dev.dirql.kernel.locks.HeldLocks;
import dev.dirql.kernel.locks.LockTable;
import dev.dirql.kernel.locks.ResolvedLockNames;
import dev.dirql.kernel.locks.SpinLocks;
import dev.dirql.kernel.memory.LookasideLists;
import dev.dirql.kernel.objects.KernelObjects;
import dev.dirql.kernel.objects.ObjectTypes;
import dev.dirql.kernel.objects.OtherObjects;
import dev.dirql.kernel.pnp.PnpActions;
import dev.dirql.kernel.processors.ProcessorServices;
import dev.dirql.kernel.rules.IrqlRange;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.rules.Violation;
import dev.dirql.kernel.runtime.DebugServices;
import dev.dirql.kernel.runtime.RandomServices;
import dev.dirql.kernel.runtime.StringConversionServices;
import dev.dirql.kernel.services.Arguments;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.EndlessWalk;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.services.ServiceHost;
import dev.dirql.kernel.services.ServiceSlot;
import dev.dirql.kernel.services.ServiceTable;
import dev.dirql.kernel.structures.ListEntry;
import dev.dirql.kernel.threads.Apcs;
import dev.dirql.kernel.threads.DispatcherHeader;
import dev.dirql.kernel.threads.KernelThread;
import dev.dirql.kernel.threads.Scheduler;
import dev.dirql.kernel.threads.SystemTime;
import dev.dirql.kernel.threads.Threads;
import dev.dirql.kernel.threads.UnusedStacks;
import dev.dirql.kernel.threads.WaitLocks;
import dev.dirql.kernel.threads.Waits;
import dev.dirql.kernel.timers.IoTimers;
import dev.dirql.kernel.timers.QueuedObjects;
import dev.dirql.kernel.timers.TimerQueue;
import dev.dirql.kernel.traps.BreakPointServices;
import dev.dirql.kernel.traps.BugCheckCallbacks;
import dev.dirql.kernel.traps.BugChecks;
import dev.dirql.kernel.traps.InterruptEntry;
import dev.dirql.machine.Machine;
import dev.dirql.machine.MemoryFault;
import dev.dirql.machine.Processor;
import dev.dirql.machine.SystemSoftware;
import dev.dirql.machine.Trap;
import dev.dirql.machine.UnusedMemory;
import java.util.List;
import java.util.function.Function;

/**
 * NT on a machine: puts its assemblies on top of each other, starts the processors, and hands each
 * call of the machine to the part that answers it. The machine needs its interrupt controller
 * before, and gets this as its system software.
 */
public final class KernelModel implements SystemSoftware, ServiceHost {
    private final Foundation base;
    private final LockAssembly locks;
    private final ThreadAssembly threads;
    private final InterruptAssembly interrupts;
    private final DpcAssembly dpcs;
    private final TimeAssembly time;
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
        base = new Foundation(machine, settings, this);
        locks = new LockAssembly(base, this::affinityOf);
        InterruptEntry entry =
                new InterruptEntry(base.engine, locks.irqls, base.exceptions::doubleFault);
        threads = new ThreadAssembly(base, locks, entry);
        interrupts = new InterruptAssembly(base, locks, entry, threads);
        dpcs = new DpcAssembly(base, locks, entry, threads);
        time = new TimeAssembly(base, locks, entry, threads, dpcs);
        unfinished = new Unfinished(machine, threads.scheduler, dpcs.dpcThreads, base.unwinder);
        threads.threads.onStackFreed((processor, start, size, routine) ->
                goes(processor, "the stack of a thread that ends", start, size, routine));
        List<Assembly> assemblies = List.of(base, locks, threads, interrupts, dpcs, time);
        ServiceTable.Builder table = new ServiceTable.Builder().add(entry);
        assemblies.forEach(assembly -> table.addAll(assembly.services()));
        table.addAll(more.apply(this));
        addVariables(table);
        base.engine.load(table.build());
        new KernelStart(machine, settings, base.engine.table(), base.images, base.memory)
                .run(threads.threads, time.clock);
        threads.objectServices.boot(machine.processor(0).memory());
        for (Assembly assembly : assemblies) {
            assembly.parts().forEach(machine::addMachinePart);
            assembly.observers().forEach(machine::addObserverPart);
        }
    }

    private static void addVariables(ServiceTable.Builder table) {
        ObjectTypes.declare(table);
        table.variable(ProcessorServices.PROCESSOR_COUNT, 1)
                .variable(StringConversionServices.MULTI_BYTE_CODE_PAGE, 1)
                .variable(BreakPointServices.DEBUGGER_ENABLED, 1)
                .variable(BreakPointServices.DEBUGGER_NOT_PRESENT, 1)
                .internalVariable(DebugServices.MASKS, DebugServices.MASKS_BYTES)
                .internalVariable(RandomServices.RAND_STATE, Integer.BYTES)
                .internalVariable(RandomServices.UUID_COUNT, Long.BYTES)
                .internalVariable(BugCheckCallbacks.LIST, ListEntry.BYTES)
                .internalVariable(BugCheckCallbacks.REASON_LIST, ListEntry.BYTES)
                .internalVariable(CancelServices.LOCK, Long.BYTES)
                .internalVariable(PnpActions.LOCK, DispatcherHeader.SIZE);
    }

    private long affinityOf(long thread) {
        return threads.scheduler.affinityOf(thread);
    }

    // ---- parts, for those who build on this ----

    public Machine machine() {
        return base.machine;
    }

    public KernelSettings settings() {
        return base.settings;
    }

    public ServiceEngine engine() {
        return base.engine;
    }

    public ServiceTable table() {
        return base.engine.table();
    }

    public LoadedImages images() {
        return base.images;
    }

    /** Imports of drivers that are not modelled. */
    public UnmodelledImports unmodelledImports() {
        return base.unmodelled;
    }

    public KernelMemory memory() {
        return base.memory;
    }

    public Unwinder unwinder() {
        return base.unwinder;
    }

    public BugChecks bugChecks() {
        return base.bugChecks;
    }

    /** The routines that drivers registered for bug checks. */
    public BugCheckCallbacks bugCheckCallbacks() {
        return base.bugCheckCallbacks;
    }

    public Rules rules() {
        return base.rules;
    }

    public Irqls irqls() {
        return locks.irqls;
    }

    public ResolvedLockNames names() {
        return locks.names;
    }

    public LockTable lockTable() {
        return locks.table;
    }

    public HeldLocks heldLocks() {
        return locks.held;
    }

    public SpinLocks locks() {
        return locks.spinLocks;
    }

    public InterruptObjects interrupts() {
        return interrupts.objects;
    }

    public DpcQueues dpcs() {
        return dpcs.queues;
    }

    /** Timers of device objects. */
    public IoTimers ioTimers() {
        return time.ioTimers;
    }

    /** All lookaside lists. */
    public LookasideLists lookasides() {
        return base.lookasides;
    }

    /**
     * Memory is about to be freed: tells of what must not be in it. The run may end.
     *
     * @param what the memory in words, as in "pool that is freed"
     */
    public void goes(Processor processor, String what, long start, long size, long caller) {
        time.queuedObjects.goes(processor, what, start, size, caller);
        locks.held.goes(processor, what, start, size, caller);
        threads.waitLocks.goes(processor, what, start, size, caller);
        base.lookasides.goes(processor, what, start, size, caller);
        base.bugCheckCallbacks.goes(processor, what, start, size, caller);
    }

    /** Timers that are set. */
    public TimerQueue timers() {
        return time.queue;
    }

    /** What must not be in memory that is freed. */
    public QueuedObjects queuedObjects() {
        return time.queuedObjects;
    }

    public Scheduler scheduler() {
        return threads.scheduler;
    }

    public Threads threads() {
        return threads.threads;
    }

    public Waits waits() {
        return threads.waits;
    }

    /** Lets references to objects be counted that are not the kernel's. */
    public void add(OtherObjects others) {
        threads.objectServices.add(others);
    }

    /** References and handles of objects. */
    public KernelObjects objects() {
        return threads.objects;
    }

    public Apcs apcs() {
        return threads.apcs;
    }

    /** The locks whose waiters do not spin. */
    public WaitLocks waitLocks() {
        return threads.waitLocks;
    }

    /** Adds somebody whose work decides whether a run is done. */
    public void addWork(OutstandingWork more) {
        unfinished.add(more);
    }

    // ---- what the machine asks ----

    @Override
    public long serviceWindow() {
        return base.engine.table().windowStart();
    }

    @Override
    public long serviceWindowSize() {
        return base.engine.table().windowSize();
    }

    @Override
    public void service(Processor processor) {
        base.engine.service(processor);
    }

    @Override
    public void interrupt(Processor processor, int vector) {
        time.clock.interrupted(processor);
        switch (vector) {
            case InterruptVectors.DISPATCH -> dpcs.dispatch.enter(processor);
            case InterruptVectors.CLOCK -> time.clock.enter(processor);
            case InterruptVectors.IPI -> dpcs.genericCalls.enter(processor);
            case InterruptVectors.APC -> threads.apcServices.enter(processor);
            default -> interrupts.dispatch.enter(processor, vector);
        }
    }

    @Override
    public void trap(Processor processor) {
        if (base.unmodelled.isUsed(processor)) {
            return;
        }
        base.exceptions.trap(processor);
    }

    @Override
    public void priorityWritten(Processor processor, int from) {
        int to = processor.irql();
        if (from == to) {
            return;
        }
        base.machine.emit(processor, new Event.IrqlChanged(from, to, processor.rip));
        locks.irqls.lowered(processor, from, to, base.rules);
    }

    @Override
    public boolean isResident(Processor processor, long address) {
        return base.residency.isResident(processor, address);
    }

    @Override
    public void unusedMemory(UnusedMemory unused) {
        new UnusedStacks(base.machine, threads.scheduler).addTo(unused);
        unused.add(SystemTime.SHARED_DATA, SystemTime.TIMES_END);
        unused.add(SystemTime.SHARED_DATA + SystemTime.TICK_COUNT, SystemTime.TICK_COUNT_SIZE);
    }

    @Override
    public long nextDeadlineNs() {
        return unfinished.isWorkDone()
                ? KernelThread.NEVER
                : Math.min(threads.scheduler.nextDeadlineNs(), time.queue.nextWakeNs());
    }

    @Override
    public RunEnd quiescent() {
        if (base.bugChecks.last() == null) {
            interrupts.lost.tellLost();
        }
        return unfinished.isNone() ? RunEnd.DONE : RunEnd.STUCK;
    }

    @Override
    public String quiescentDetail() {
        return String.join("\n", unfinished.lines());
    }

    // ---- what the service engine asks ----

    private IrqlRange range(Ddi ddi) {
        return base.settings.irqlsOfRules() ? IrqlRange.ofRule(ddi) : IrqlRange.ofPage(ddi);
    }

    @Override
    public int allowedIrqls(Ddi ddi) {
        return range(ddi).mask();
    }

    @Override
    public boolean calledAtWrongIrql(Processor processor, ServiceSlot service, int irql) {
        Ddi ddi = service.ddi();
        if (ddi != null && !base.bugCheckCallbacks.mayCall(ddi.value())) {
            range(ddi)
                    .broken(
                            processor,
                            ddi,
                            irql,
                            Arguments.argument(processor, 0),
                            base.engine.caller(processor),
                            base.rules);
        }
        return base.machine.ended() == null;
    }

    @Override
    public void faulted(Processor processor, MemoryFault fault) {
        if (!base.unmodelled.isTouched(processor, fault.address())) {
            base.exceptions.serviceFault(processor, fault);
        }
    }

    @Override
    public void walksForEver(Processor processor, EndlessWalk walk) {
        String text = walk.text();
        long caller = base.engine.outermostCaller(processor);
        if (caller == 0) {
            // A thread of the kernel's own.
            caller = processor.rip;
        }
        base.rules.broken(
                processor,
                Violation.error("EndlessList", "", text, Violation.Verifier.NONE),
                caller);
        if (!base.bugChecks.hangs(processor, "walks along a list without an end", caller)) {
            base.machine.end(RunEnd.BUDGET, text);
        }
    }

    @Override
    public void block(Processor processor) {
        if (!base.bugChecks.hangs(processor, "waits", base.engine.caller(processor))) {
            threads.scheduler.switchAway(processor);
        }
    }

    @Override
    public void notAService(Processor processor) {
        processor.trap.exception(Trap.INVALID_OPCODE);
        base.exceptions.trap(processor);
    }
}
