package dev.dirql.kernel.threads;

import dev.dirql.kernel.Irql;
import dev.dirql.kernel.NtStatus;
import dev.dirql.kernel.dpcs.DpcQueues;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.Pending;
import dev.dirql.kernel.services.Resumes;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.structures.ObjectAttributes;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;

/** Routines on threads and times. Source: WDK, the page of each routine. */
public final class ThreadServices {
    private static final long CURRENT_PROCESS = -1;

    /** WDK, PsCreateSystemThread. */
    private static final int NO_THREAD_ATTRIBUTES =
            ObjectAttributes.PERMANENT | ObjectAttributes.EXCLUSIVE | ObjectAttributes.OPEN_IF;

    private static final int DEFAULT_PRIORITY = 8;
    private static final int PRIORITY_MAXIMUM = 31;
    private static final int CLIENT_ID = 0x478;
    private static final int APC_PROCESS = 0xB8;
    private static final int UNIQUE_PROCESS_ID = 0x440;

    /** Highest priority that is not a real-time one. */
    private static final int VARIABLE_MAXIMUM = 15;

    private final Machine machine;
    private final ServiceEngine engine;
    private final Scheduler scheduler;
    private final Waits waits;
    private final Threads threads;
    private final long tickNs;

    public ThreadServices(
            Machine machine,
            ServiceEngine engine,
            Scheduler scheduler,
            Waits waits,
            Threads threads,
            long tickNs) {
        this.machine = machine;
        this.engine = engine;
        this.scheduler = scheduler;
        this.waits = waits;
        this.threads = threads;
        this.tickNs = tickNs;
    }

    private long allProcessors() {
        return (1L << (machine.processorCount() - 1) << 1) - 1;
    }

    @Ddi(value = "PsCreateSystemThread", maximum = Irql.PASSIVE_LEVEL, rule = "IrqlPsPassive")
    int create(
            Processor processor,
            long handlePointer,
            int access,
            long attributesPointer,
            long process,
            long clientId,
            long routine,
            long context) {
        processor.memory().probe(handlePointer, 8, true);
        if (clientId != 0) {
            processor.memory().probe(clientId, 16, true);
        }
        if (attributesPointer != 0) {
            var attributes = new ObjectAttributes(processor.memory(), attributesPointer);
            if (!attributes.isValid() || attributes.has(NO_THREAD_ATTRIBUTES)) {
                return NtStatus.INVALID_PARAMETER;
            }
        }
        if (process != 0 && process != CURRENT_PROCESS) {
            // There is no other process than System, and no handle of it.
            return threads.isHandle(process)
                    ? NtStatus.OBJECT_TYPE_MISMATCH
                    : NtStatus.INVALID_HANDLE;
        }
        KernelThread thread =
                threads.create(
                        processor,
                        "",
                        routine,
                        context,
                        DEFAULT_PRIORITY,
                        allProcessors(),
                        machine.kernelSpace(),
                        threads.systemProcess(),
                        Threads.SYSTEM_PROCESS_ID);
        if (thread == null) {
            return NtStatus.INSUFFICIENT_RESOURCES;
        }
        processor
                .memory()
                .store64(handlePointer, threads.openSystemThread(processor, thread, access));
        if (clientId != 0) {
            for (int i = 0; i < 16; i += 8) {
                long id = processor.memory().load64(thread.address() + CLIENT_ID + i);
                processor.memory().store64(clientId + i, id);
            }
        }
        return NtStatus.SUCCESS;
    }

    @Ddi(value = "PsTerminateSystemThread", maximum = Irql.PASSIVE_LEVEL, rule = "IrqlPsPassive")
    Outcome terminate(Processor processor, int status) {
        return new Outcome.Then(new Threads.EndThread(status));
    }

    @Ddi("KeGetCurrentThread")
    long currentThread(Processor processor) {
        return processor.thread;
    }

    @Ddi("PsGetCurrentThread")
    long currentExecutiveThread(Processor processor) {
        return processor.thread;
    }

    @Ddi(value = "PsGetCurrentThreadId", header = "ntddk.h")
    long currentThreadId(Processor processor) {
        return processor.memory().load64(processor.thread + CLIENT_ID + 8);
    }

    @Ddi(value = "PsGetCurrentProcessId", header = "ntddk.h")
    long currentProcessId(Processor processor) {
        return processor.memory().load64(processor.thread + CLIENT_ID);
    }

    /** PsGetCurrentProcess is a macro for it. */
    @Ddi("IoGetCurrentProcess")
    long currentProcess(Processor processor) {
        return processor.memory().load64(processor.thread + APC_PROCESS);
    }

    @Ddi(value = "PsGetThreadId", header = "ntddk.h", maximum = Irql.DISPATCH_LEVEL)
    long threadId(Processor processor, long thread) {
        return processor.memory().load64(thread + CLIENT_ID + 8);
    }

    @Ddi(value = "PsGetThreadProcessId", header = "ntddk.h")
    long threadProcessId(Processor processor, long thread) {
        return processor.memory().load64(thread + CLIENT_ID);
    }

    @Ddi(value = "PsGetProcessId", header = "ntddk.h")
    long processId(Processor processor, long process) {
        return processor.memory().load64(process + UNIQUE_PROCESS_ID);
    }

    @Ddi(value = "PsGetThreadExitStatus", header = "ntddk.h", maximum = Irql.APC_LEVEL)
    int exitStatus(Processor processor, long thread) {
        KThread view = new KThread(processor.memory(), thread);
        return view.state() == KThread.TERMINATED ? view.waitStatus() : NtStatus.PENDING;
    }

    @Ddi(value = "PsIsThreadTerminating", header = "ntifs.h", maximum = Irql.DISPATCH_LEVEL)
    boolean isTerminating(Processor processor, long thread) {
        return new KThread(processor.memory(), thread).state() == KThread.TERMINATED;
    }

    @Ddi(value = "PsIsSystemThread", header = "ntifs.h", maximum = Irql.DISPATCH_LEVEL)
    boolean isSystemThread(Processor processor, long address) {
        KernelThread thread = scheduler.find(address);
        return thread != null && thread.system;
    }

    @Ddi(value = "IoIsSystemThread", header = "ntifs.h", maximum = Irql.DISPATCH_LEVEL)
    boolean isSystemThreadToo(Processor processor, long address) {
        return isSystemThread(processor, address);
    }

    /** The increment is to the priority of the process, and stays below real-time priorities. */
    @Ddi(value = "KeSetBasePriorityThread", header = "ntddk.h", maximum = Irql.PASSIVE_LEVEL)
    int setBasePriority(Processor processor, long address, int increment) {
        KernelThread thread = scheduler.find(address);
        if (thread == null) {
            return 0;
        }
        KThread view = Scheduler.view(processor, thread);
        int before = view.basePriority();
        int base = Math.clamp((long) DEFAULT_PRIORITY + increment, 1, VARIABLE_MAXIMUM);
        view.setBasePriority(base);
        scheduler.setPriority(processor, thread, base);
        return before - DEFAULT_PRIORITY;
    }

    /** A thread whose stack may not be paged out must not end. */
    @Ddi(value = "KeSetKernelStackSwapEnable", header = "ntifs.h", maximum = Irql.APC_LEVEL)
    boolean setStackSwaps(Processor processor, boolean enable) {
        KernelThread thread = scheduler.current(processor);
        boolean before = thread.stackSwaps;
        thread.stackSwaps = enable;
        return before;
    }

    @Ddi(value = "KeSetPriorityThread", maximum = Irql.PASSIVE_LEVEL)
    int setPriority(Processor processor, long address, int priority) {
        KernelThread thread = scheduler.find(address);
        boolean valid = priority >= 1 && priority <= PRIORITY_MAXIMUM;
        return thread == null || !valid ? 0 : scheduler.setPriority(processor, thread, priority);
    }

    @Ddi(value = "KeQueryPriorityThread", maximum = Irql.PASSIVE_LEVEL)
    int queryPriority(Processor processor, long address) {
        KernelThread thread = scheduler.find(address);
        return thread == null ? 0 : thread.priority();
    }

    @Ddi(value = "KeSetSystemAffinityThread", maximum = Irql.DISPATCH_LEVEL)
    void setAffinity(Processor processor, long affinity) {
        setAffinityEx(processor, affinity);
    }

    /** Whether it names processors, and only such that there are; another has no effect. */
    private boolean isAffinity(long affinity) {
        return affinity != 0 && (affinity & ~allProcessors()) == 0;
    }

    @Ddi(value = "KeSetSystemAffinityThreadEx", maximum = Irql.DISPATCH_LEVEL)
    long setAffinityEx(Processor processor, long affinity) {
        KernelThread thread = scheduler.current(processor);
        long before = thread.userAffinity == 0 ? 0 : thread.affinity();
        if (!isAffinity(affinity)) {
            return before;
        }
        if (thread.userAffinity == 0) {
            thread.userAffinity = thread.affinity();
        }
        scheduler.setAffinity(processor, thread, affinity);
        return before;
    }

    @Ddi(value = "KeRevertToUserAffinityThread", maximum = Irql.DISPATCH_LEVEL)
    void revertAffinity(Processor processor) {
        revertAffinityEx(processor, 0);
    }

    /**
     * An affinity of zero goes back to that which the thread had at first; without a system
     * affinity set before, nothing happens.
     */
    @Ddi(value = "KeRevertToUserAffinityThreadEx", maximum = Irql.DISPATCH_LEVEL)
    void revertAffinityEx(Processor processor, long affinity) {
        KernelThread thread = scheduler.current(processor);
        long user = thread.userAffinity;
        if (user == 0) {
            return;
        }
        if (affinity == 0) {
            thread.userAffinity = 0;
            scheduler.setAffinity(processor, thread, user);
        } else if (isAffinity(affinity)) {
            scheduler.setAffinity(processor, thread, affinity);
        }
    }

    /**
     * Visits every processor: a thread runs there below DISPATCH_LEVEL only when what was queued
     * before has run.
     */
    @Ddi(value = "KeFlushQueuedDpcs", maximum = Irql.PASSIVE_LEVEL)
    Outcome flushDpcs(Processor processor) {
        return visit(processor, 0, scheduler.current(processor).affinity());
    }

    /** The thread is on its way to a processor. */
    record VisitProcessor(int number, long affinity) implements Pending {}

    /** The queue of the processor is being processed. */
    record FlushProcessor(int number, long affinity) implements Pending {}

    @Resumes("KiFlushProcessorDpcs")
    Outcome arrived(Processor processor, VisitProcessor pending) {
        DpcQueues.requestWaiting(processor);
        return new Outcome.Then(new FlushProcessor(pending.number, pending.affinity));
    }

    @Resumes("KiFlushQueuedDpcs")
    Outcome flushed(Processor processor, FlushProcessor pending) {
        if (DpcThreads.isBusy(processor)) {
            // Its thread waits, though it must not, or is one that this thread holds up.
            waits.beginDelay(processor, processor.clockNs + tickNs, engine.caller(processor));
            return new Outcome.Block(pending);
        }
        return visit(processor, pending.number + 1, pending.affinity);
    }

    private Outcome visit(Processor processor, int number, long affinity) {
        KernelThread thread = scheduler.current(processor);
        if (number == machine.processorCount()) {
            scheduler.setAffinity(processor, thread, affinity);
            return Outcome.done();
        }
        scheduler.setAffinity(processor, thread, 1L << number);
        return new Outcome.Then(new VisitProcessor(number, affinity));
    }

    @Ddi("KeGetCurrentProcessorNumberEx")
    int currentProcessor(Processor processor, long processorNumber) {
        if (processorNumber != 0) {
            processor.memory().store32(processorNumber, (long) processor.number() << 16);
        }
        return processor.number();
    }

    @Ddi("KeQueryActiveProcessorCount")
    int activeProcessorCount(Processor processor, long affinityPointer) {
        if (affinityPointer != 0) {
            processor.memory().store64(affinityPointer, allProcessors());
        }
        return machine.processorCount();
    }

    @Ddi("KeQueryActiveProcessorCountEx")
    int activeProcessorCountEx(Processor processor, short group) {
        return group == 0 || group == -1 ? machine.processorCount() : 0;
    }

    @Ddi("KeQueryActiveProcessors")
    long activeProcessors(Processor processor) {
        return allProcessors();
    }
}
