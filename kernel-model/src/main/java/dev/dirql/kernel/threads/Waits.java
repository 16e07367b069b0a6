package dev.dirql.kernel.threads;

import dev.dirql.events.Event;
import dev.dirql.kernel.NtStatus;
import dev.dirql.kernel.traps.BugChecks;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;

/** Dispatcher objects and those who wait for them. */
public final class Waits {
    private static final int KERNEL_SECURITY_CHECK_FAILURE = 0x139;
    private static final int CORRUPT_LIST_ENTRY = 3;

    private final Machine machine;
    private final Scheduler scheduler;
    private final BugChecks bugChecks;

    public Waits(Machine machine, Scheduler scheduler, BugChecks bugChecks) {
        this.machine = machine;
        this.scheduler = scheduler;
        this.bugChecks = bugChecks;
    }

    /** Signals an event, a timer or a thread, and gives the state before. */
    public int signal(Processor processor, DispatcherHeader object, long caller) {
        object.memory().probe(object.address(), DispatcherHeader.SIZE, true);
        int before = object.signalState();
        machine.emit(processor, new Event.ObjectSignaled(object.address(), object.kind(), caller));
        boolean one = object.isSynchronization();
        if (one && !object.waitList().isEmpty()) {
            release(processor, object);
            return before;
        }
        object.setSignaled(true);
        while (!one && !object.waitList().isEmpty() && release(processor, object)) {}
        return before;
    }

    /** Ends the wait of whoever waits longest. */
    private boolean release(Processor processor, DispatcherHeader object) {
        long entry = object.waitList().flink();
        KernelThread thread = scheduler.find(KThread.ofWaitEntry(processor.memory(), entry));
        if (thread == null || thread.waitObject() != object.address()) {
            bugChecks.raise(
                    processor,
                    KERNEL_SECURITY_CHECK_FAILURE,
                    CORRUPT_LIST_ENTRY,
                    0,
                    0,
                    0,
                    processor.rip);
            return false;
        }
        scheduler.endWait(processor, thread, NtStatus.SUCCESS);
        return true;
    }

    /** Whether a wait for the object is satisfied now; a synchronization object is then reset. */
    boolean satisfy(DispatcherHeader object) {
        if (!object.isSignaled()) {
            return false;
        }
        if (object.isSynchronization()) {
            object.setSignaled(false);
        }
        return true;
    }

    /** Enters the current thread as one that waits; the service answers with Block. */
    void begin(
            Processor processor,
            DispatcherHeader object,
            int mode,
            int reason,
            long deadlineNs,
            long caller) {
        KernelThread thread = scheduler.current(processor);
        Scheduler.view(processor, thread).enterWait(object, mode, reason);
        scheduler.beginWait(processor, object.address(), deadlineNs);
        machine.emit(
                processor,
                new Event.WaitStarted(
                        object.address(), object.kind(), timeout(processor, deadlineNs), caller));
    }

    /** Enters the current thread as one that sleeps. */
    void beginDelay(Processor processor, long deadlineNs, long caller) {
        scheduler.beginWait(processor, 0, deadlineNs);
        machine.emit(
                processor,
                new Event.WaitStarted(0, "delay", timeout(processor, deadlineNs), caller));
    }

    private static long timeout(Processor processor, long deadlineNs) {
        return deadlineNs == KernelThread.NEVER ? -1 : Math.max(0, deadlineNs - processor.clockNs);
    }

    /** Ends the waits and delays whose time has come. */
    void expire(Processor processor, long nowNs) {
        for (KernelThread thread : scheduler.threads()) {
            if (thread.deadlineNs() <= nowNs) {
                boolean delay = thread.waitObject() == 0;
                scheduler.endWait(processor, thread, delay ? NtStatus.SUCCESS : NtStatus.TIMEOUT);
            }
        }
    }
}
