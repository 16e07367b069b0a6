package dev.dirql.kernel.threads;

import dev.dirql.events.Event;
import dev.dirql.kernel.KernelMemory;
import dev.dirql.kernel.locks.HeldLocks;
import dev.dirql.kernel.objects.KernelObjects;
import dev.dirql.kernel.objects.ObjectType;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.Pending;
import dev.dirql.kernel.services.PendingFrame;
import dev.dirql.kernel.services.Resumes;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.structures.ListEntry;
import dev.dirql.kernel.traps.BugChecks;
import dev.dirql.machine.AddressSpace;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Makes threads and ends them. */
public final class Threads implements StatePart {
    /** Client ID of the System process. */
    public static final long SYSTEM_PROCESS_ID = 4;

    private static final int KERNEL_APC_PENDING_DURING_EXIT = 0x20;
    private static final int KERNEL_STACK_LOCKED_AT_EXIT = 0x94;
    private static final int THREAD_TERMINATE_HELD_MUTEX = 0x4000_008A;
    private static final int IDLE_PRIORITY = -1;
    private static final int EPROCESS_SIZE = 0xA40;
    private static final int DISPATCHER_PROCESS = 3;
    private static final int EPROCESS_UNIQUE_ID = 0x440;
    private static final int FIRST_THREAD_ID = 8;
    private static final int ID_STEP = 4;

    /** From the top of a stack down to the first return address: home space and alignment. */
    private static final long FIRST_RETURN = 0x28;

    private final Machine machine;
    private final KernelMemory memory;
    private final ServiceEngine engine;
    private final Scheduler scheduler;
    private final Waits waits;
    private final HeldLocks heldLocks;
    private final WaitLocks waitLocks;
    private final BugChecks bugChecks;
    private final KernelObjects objects;
    private ThreadIo io = ThreadIo.NONE;
    private long systemProcess;
    private int created;
    private StackCheck stackCheck = (_, _, _, _) -> {};

    /** Is told of the stack of a thread that ends, while it is whole; it may end the run. */
    @FunctionalInterface
    public interface StackCheck {
        /**
         * @param routine that with which the thread began
         */
        void goes(Processor processor, long start, long size, long routine);
    }

    public Threads(
            Machine machine,
            KernelMemory memory,
            ServiceEngine engine,
            Scheduler scheduler,
            Waits waits,
            HeldLocks heldLocks,
            WaitLocks waitLocks,
            BugChecks bugChecks,
            KernelObjects objects) {
        this.machine = machine;
        this.memory = memory;
        this.engine = engine;
        this.scheduler = scheduler;
        this.waits = waits;
        this.heldLocks = heldLocks;
        this.waitLocks = waitLocks;
        this.bugChecks = bugChecks;
        this.objects = objects;
    }

    /** A thread that runs its routine first. */
    record StartThread(long routine, long context) implements Pending {}

    /** The routine runs: this is what a stack of the thread shows below it. */
    record RunThread() implements Pending {}

    /** The thread ended itself, or its routine returned. */
    record EndThread(int status) implements Pending {}

    /** Makes the System process, and the idle thread of every processor, which then runs there. */
    public void boot(long[] idleStacks) {
        Processor first = machine.processor(0);
        systemProcess = memory.allocateObject(EPROCESS_SIZE);
        new DispatcherHeader(first.memory(), systemProcess)
                .initialize(DISPATCHER_PROCESS, DispatcherHeader.SIZE, false);
        first.memory().store64(systemProcess + EPROCESS_UNIQUE_ID, SYSTEM_PROCESS_ID);
        objects.add(systemProcess, ObjectType.PROCESS);
        for (int i = 0; i < machine.processorCount(); i++) {
            Processor processor = machine.processor(i);
            long address = memory.allocateObject(KThread.SIZE);
            long top = idleStacks[i];
            new KThread(processor.memory(), address)
                    .initialize(
                            systemProcess,
                            top,
                            KernelMemory.STACK_SIZE,
                            0,
                            1L << i,
                            engine.table().address("KiIdleLoop"),
                            0,
                            0);
            KernelThread thread =
                    new KernelThread(address, "idle " + i, machine.kernelSpace(), top, true);
            thread.priority = IDLE_PRIORITY;
            scheduler.addIdle(processor, thread);
            processor.memory().store64(top - FIRST_RETURN, 0);
            processor.registers[Processor.RSP] = top - FIRST_RETURN;
            processor.rip = engine.table().address("KiIdleLoop");
        }
    }

    public void onStackFreed(StackCheck newCheck) {
        stackCheck = newCheck;
    }

    /** The System process, the process of every system thread. */
    public long systemProcess() {
        return systemProcess;
    }

    /**
     * Makes a thread that calls a routine with one argument and ends when it returns.
     *
     * @param processor who makes it; before the machine runs, any
     * @param affinity the processors it may run on, a bit each
     * @return the thread, or null if there is no memory
     */
    public @Nullable KernelThread create(
            Processor processor,
            String name,
            long routine,
            long context,
            int priority,
            long affinity,
            AddressSpace space,
            long process,
            long processId) {
        long stack = memory.allocateStack();
        long address = stack == 0 ? 0 : memory.allocateObject(KThread.SIZE);
        if (address == 0) {
            return null;
        }
        int number = created++;
        KThread view = new KThread(processor.memory(), address);
        view.initialize(
                process,
                stack,
                KernelMemory.STACK_SIZE,
                priority,
                affinity,
                routine,
                processId,
                FIRST_THREAD_ID + (long) ID_STEP * number);
        long returnSlot = stack - FIRST_RETURN;
        processor.memory().store64(returnSlot, 0);
        long frame = returnSlot - PendingFrame.SIZE;
        long rip = engine.prepare(processor.memory(), frame, new StartThread(routine, context));
        view.setKernelStack(SwitchFrame.start(processor.memory(), frame, rip));
        KernelThread thread = new KernelThread(address, name, space, stack, false);
        thread.priority = priority;
        thread.affinity = affinity;
        thread.processor = Long.numberOfTrailingZeros(affinity);
        objects.add(address, ObjectType.THREAD);
        machine.emit(
                processor, new Event.ThreadCreated(address, name, priority, affinity, routine));
        scheduler.add(processor, thread);
        return thread;
    }

    /** Says what is done for threads that end. */
    public void setIo(ThreadIo newIo) {
        io = newIo;
    }

    /** Makes a thread a system thread, which runs in a critical region, and gives its handle. */
    long openSystemThread(Processor processor, KernelThread thread, int access) {
        thread.system = true;
        Scheduler.view(processor, thread).addKernelApcDisable(-1);
        return objects.open(thread.address(), access);
    }

    boolean isHandle(long handle) {
        return objects.objectOf(handle) != 0;
    }

    @Resumes("KiStartSystemThread")
    Outcome start(Processor processor, StartThread pending) {
        return new Outcome.Call(pending.routine, new RunThread(), pending.context);
    }

    @Resumes("PspSystemThreadStartup")
    Outcome returned(Processor processor, RunThread pending) {
        return end(processor, new EndThread(0));
    }

    @Resumes("PspTerminateSystemThread")
    Outcome end(Processor processor, EndThread pending) {
        KernelThread thread = scheduler.current(processor);
        OptionalLong routine = io.endRoutine(thread.address());
        if (routine.isPresent()) {
            return new Outcome.Call(routine.getAsLong(), pending);
        }
        long caller = engine.caller(processor);
        heldLocks.threadEnds(processor, thread.address(), caller);
        waitLocks.threadEnds(processor, thread.address(), caller);
        KThread view = Scheduler.view(processor, thread);
        if (thread.system) {
            thread.system = false;
            view.addKernelApcDisable(1);
        }
        checkEnd(processor, thread, view, caller);
        if (machine.ended() != null) {
            return Outcome.stay();
        }
        stackCheck.goes(
                processor,
                thread.stackTop() - KernelMemory.STACK_SIZE,
                KernelMemory.STACK_SIZE,
                Scheduler.view(processor, thread).startAddress());
        if (machine.ended() != null) {
            return Outcome.stay();
        }
        machine.emit(processor, new Event.ThreadEnded(thread.address(), pending.status));
        view.setWaitStatus(pending.status);
        waits.signal(processor, view.header(), engine.caller(processor));
        scheduler.terminate(processor);
        objects.dereference(thread.address());
        // The switch is part of this step, so nobody gets the stack before it is left.
        memory.freeStack(thread.stackTop());
        return new Outcome.Block(pending);
    }

    /** What a thread must not leave behind. WDK, "Bug Check Code Reference". */
    private void checkEnd(Processor processor, KernelThread thread, KThread view, long caller) {
        ListEntry mutants = view.mutants();
        if (!mutants.isEmpty()) {
            KMutant held = KMutant.ofListEntry(processor.memory(), mutants.flink());
            bugChecks.raise(
                    processor,
                    THREAD_TERMINATE_HELD_MUTEX,
                    thread.address(),
                    held.address(),
                    0,
                    0,
                    caller);
        } else if (view.combinedApcDisable() != 0) {
            bugChecks.raise(
                    processor,
                    KERNEL_APC_PENDING_DURING_EXIT,
                    0,
                    view.combinedApcDisable() & 0xFFFF_FFFFL,
                    processor.irql(),
                    0,
                    caller);
        } else if (!thread.stackSwaps) {
            bugChecks.raise(processor, KERNEL_STACK_LOCKED_AT_EXIT, 0, 0, 0, 0, caller);
        }
    }

    @Override
    public void save(StateWriter out) {
        out.value(systemProcess);
        out.value(created);
    }

    @Override
    public void restore(StateReader in) {
        systemProcess = in.value();
        created = in.intValue();
    }
}
