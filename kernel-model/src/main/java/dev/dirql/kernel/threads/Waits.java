package dev.dirql.kernel.threads;

import dev.dirql.events.Event;
import dev.dirql.events.LockKind;
import dev.dirql.kernel.Irql;
import dev.dirql.kernel.NtStatus;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.structures.ListEntry;
import dev.dirql.kernel.traps.BugChecks;
import dev.dirql.machine.GuestMemory;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;
import java.util.ArrayList;
import java.util.List;

/** Dispatcher objects and those who wait for them. */
public final class Waits {
    private static final int ATTEMPTED_SWITCH_FROM_DPC = 0xB8;
    private static final int CORRUPT_LIST_ENTRY = 3;
    private static final int KERNEL_MODE = 0;
    private static final int USER_MODE = 1;

    /** More wait blocks than all threads could have. */
    private static final int LIST_MAXIMUM = 1 << 16;

    private final Machine machine;
    private final Scheduler scheduler;
    private final WaitLocks locks;
    private final WaitDeadlocks deadlocks;
    private final BugChecks bugChecks;
    private final WaitObjects objects;

    public Waits(
            Machine machine,
            Scheduler scheduler,
            WaitLocks locks,
            WaitDeadlocks deadlocks,
            BugChecks bugChecks,
            Rules rules) {
        this.machine = machine;
        this.scheduler = scheduler;
        this.locks = locks;
        this.deadlocks = deadlocks;
        this.bugChecks = bugChecks;
        objects = new WaitObjects(rules);
    }

    // ---- signaling ----

    /** Signals an event, a timer or a thread, and gives the state before. */
    public int signal(Processor processor, DispatcherHeader object, long caller) {
        return signal(processor, object, 1, caller);
    }

    /** Gives an object another state, satisfies waits, and gives the state before. */
    int signal(Processor processor, DispatcherHeader object, int state, long caller) {
        object.memory().probe(object.address(), DispatcherHeader.SIZE, true);
        int before = object.signalState();
        objects.check(processor, object, caller);
        if (machine.ended() != null) {
            return before;
        }
        machine.emit(processor, new Event.ObjectSignaled(object.address(), object.kind(), caller));
        object.setSignalState(state);
        satisfyWaits(processor, object);
        return before;
    }

    /** Satisfies what waits it can, the longest first. */
    private void satisfyWaits(Processor processor, DispatcherHeader object) {
        GuestMemory memory = processor.memory();
        long head = object.waitList().address();
        List<Long> blocks = new ArrayList<>();
        for (long entry = object.waitList().flink(); entry != head; ) {
            blocks.add(entry);
            entry = new ListEntry(memory, entry).flink();
            if (blocks.size() > LIST_MAXIMUM) {
                corrupt(processor);
                return;
            }
        }
        List<KernelThread> done = new ArrayList<>();
        for (long block : blocks) {
            if (!object.isSignaled()) {
                return;
            }
            KernelThread thread = scheduler.find(KThread.ofWaitEntry(memory, block));
            if (thread == null
                    || KThread.objectOf(memory, block) != object.address()
                    || (thread.state() != KernelThread.State.WAITING && !done.contains(thread))) {
                corrupt(processor);
                return;
            }
            if (!done.contains(thread) && satisfyWait(processor, thread, block)) {
                done.add(thread);
            }
        }
    }

    private boolean satisfyWait(Processor processor, KernelThread thread, long block) {
        GuestMemory memory = processor.memory();
        if (KThread.isAny(memory, block)) {
            take(object(memory, block), thread.address(), false);
            scheduler.endWait(processor, thread, KThread.keyOf(memory, block));
            return true;
        }
        KThread view = Scheduler.view(processor, thread);
        int count = view.waitBlockCount();
        for (int i = 0; i < count; i++) {
            if (!isFree(object(memory, view.waitBlock(i)), thread.address())) {
                return false;
            }
        }
        for (int i = 0; i < count; i++) {
            take(object(memory, view.waitBlock(i)), thread.address(), false);
        }
        scheduler.endWait(processor, thread, NtStatus.SUCCESS);
        return true;
    }

    private static DispatcherHeader object(GuestMemory memory, long block) {
        return new DispatcherHeader(memory, KThread.objectOf(memory, block));
    }

    private void corrupt(Processor processor) {
        bugChecks.fastFail(processor, CORRUPT_LIST_ENTRY, processor.rip);
    }

    // ---- what a wait does to an object ----

    /** Whether an object would end the wait of a thread now. */
    static boolean isFree(DispatcherHeader object, long thread) {
        return object.isSignaled()
                || (object.type() == DispatcherHeader.MUTANT
                        && new KMutant(object.memory(), object.address()).owner() == thread);
    }

    /** Whether a thread owns a mutex that it cannot acquire once more. */
    static boolean isMutexAtLimit(DispatcherHeader object, long thread) {
        return object.type() == DispatcherHeader.MUTANT
                && object.signalState() == Integer.MIN_VALUE
                && new KMutant(object.memory(), object.address()).owner() == thread;
    }

    /** Does to a free object what the end of a wait does to it. */
    static void take(DispatcherHeader object, long thread, boolean raised) {
        if (object.isSynchronization()) {
            object.setSignaled(false);
        } else if (object.type() == DispatcherHeader.SEMAPHORE) {
            object.setSignalState(object.signalState() - 1);
        } else if (object.type() == DispatcherHeader.MUTANT) {
            own(object, thread, raised);
        }
    }

    private static void own(DispatcherHeader object, long thread, boolean raised) {
        int state = object.signalState() - 1;
        object.setSignalState(state);
        if (state == 0) {
            KMutant mutant = new KMutant(object.memory(), object.address());
            KThread owner = new KThread(object.memory(), thread);
            mutant.setOwner(thread);
            mutant.setAcquiredAtDispatchLevel(raised);
            owner.addKernelApcDisable(-mutant.apcDisable());
            owner.mutants().insertBefore(mutant.listEntry());
        }
    }

    /** Tells that the current thread has an object that its wait was for, if it is a lock. */
    void told(Processor processor, DispatcherHeader object, int irql, long caller, long sinceNs) {
        if (object.type() == DispatcherHeader.MUTANT) {
            WaitLock lock = locks.at(processor, object.address(), LockKind.MUTEX);
            locks.acquired(processor, lock, irql, caller, sinceNs, false);
        }
    }

    /** An object is waited for: what it must be. With the verifier on this may end the run. */
    void check(Processor processor, DispatcherHeader object, long caller) {
        objects.check(processor, object, caller);
    }

    /** An event is initialized, perhaps that of a fast mutex. */
    void eventInitialized(Processor processor, long event, long caller) {
        locks.eventInitialized(processor, event, caller);
    }

    // ---- beginning ----

    /**
     * How a thread waits.
     *
     * @param mode WaitMode of the WDK
     * @param reason WaitReason of the WDK
     * @param deadlineNs when the wait ends anyway, {@link KernelThread#NEVER} for never
     */
    public record Manner(int mode, int reason, boolean alertable, long deadlineNs) {
        /** As the kernel waits for itself, without end. */
        public static Manner kernel(int reason) {
            return new Manner(0, reason, false, KernelThread.NEVER);
        }
    }

    /**
     * Enters the current thread as one that waits for objects; the service answers with Block.
     *
     * @param waitType {@link KThread#WAIT_ALL} or {@link KThread#WAIT_ANY}
     * @param blocks wait blocks, one for each object, or 0 for those of the thread
     */
    void begin(
            Processor processor,
            long[] objects,
            int waitType,
            long blocks,
            Manner manner,
            long caller) {
        KernelThread thread = scheduler.current(processor);
        KThread view = Scheduler.view(processor, thread);
        view.enterWait(objects, waitType, blocks == 0 ? view.ownWaitBlocks() : blocks);
        DispatcherHeader first = new DispatcherHeader(processor.memory(), objects[0]);
        enter(processor, objects[0], first.kind(), manner, caller);
        long needed = neededLock(processor, objects, waitType);
        if (needed != 0) {
            locks.contended(processor, locks.at(processor, needed, LockKind.MUTEX), caller);
            needs(processor, needed, manner, caller);
        }
    }

    /** The mutex that keeps the thread from going on, or 0. */
    private static long neededLock(Processor processor, long[] objects, int waitType) {
        if (objects.length > 1 && waitType == KThread.WAIT_ANY) {
            return 0;
        }
        for (long address : objects) {
            DispatcherHeader object = new DispatcherHeader(processor.memory(), address);
            if (object.type() == DispatcherHeader.MUTANT && !isFree(object, processor.thread)) {
                return address;
            }
        }
        return 0;
    }

    /** Enters the current thread as one that waits for an event that stands for a lock. */
    public void beginForLock(
            Processor processor, DispatcherHeader event, long lock, int reason, long caller) {
        KThread view = Scheduler.view(processor, scheduler.current(processor));
        Manner manner = Manner.kernel(reason);
        view.enterWait(new long[] {event.address()}, KThread.WAIT_ANY, view.ownWaitBlocks());
        enter(processor, event.address(), event.kind(), manner, caller);
        needs(processor, lock, manner, caller);
    }

    /**
     * Enters the current thread as one that waits for a lock without a dispatcher object; {@link
     * #end} ends it.
     */
    public void beginForLock(
            Processor processor, long lock, LockKind kind, int reason, long caller) {
        Manner manner = Manner.kernel(reason);
        enter(processor, lock, kind.text(), manner, caller);
        needs(processor, lock, manner, caller);
    }

    /** As {@link #beginForLock}, for what any thread may release. */
    public void beginForOthers(
            Processor processor, long lock, LockKind kind, int reason, long caller) {
        enter(processor, lock, kind.text(), Manner.kernel(reason), caller);
    }

    /** As {@link #beginForLock}, for what any thread may release. */
    public void beginForOthers(
            Processor processor, DispatcherHeader event, int reason, long caller) {
        KThread view = Scheduler.view(processor, scheduler.current(processor));
        view.enterWait(new long[] {event.address()}, KThread.WAIT_ANY, view.ownWaitBlocks());
        enter(processor, event.address(), event.kind(), Manner.kernel(reason), caller);
    }

    /** Whether the wait of the current thread was ended to run an APC, and is to go on. */
    public boolean wasInterrupted(Processor processor) {
        KernelThread thread = scheduler.current(processor);
        return Scheduler.view(processor, thread).waitStatus() == NtStatus.KERNEL_APC;
    }

    /** Takes a synchronization event that is set. */
    public boolean takeIfSignaled(DispatcherHeader event) {
        boolean signaled = event.isSignaled();
        if (signaled) {
            event.setSignaled(false);
        }
        return signaled;
    }

    /**
     * The WDK calls a wait at DISPATCH_LEVEL a fatal error, and names a code only for one in a DPC:
     * that of {@value #ATTEMPTED_SWITCH_FROM_DPC}, which stands for both here. Its parameters are
     * the thread, the one that would run next, and the stack address of the first.
     */
    public Outcome switchAtRaisedIrql(Processor processor, long caller) {
        KernelThread thread = scheduler.current(processor);
        bugChecks.raise(
                processor,
                ATTEMPTED_SWITCH_FROM_DPC,
                thread.address(),
                scheduler.successor(processor).address(),
                thread.stackTop(),
                0,
                caller);
        return Outcome.stay();
    }

    /** Ends a wait without a dispatcher object. */
    public void end(Processor processor, long thread) {
        KernelThread waiter = scheduler.find(thread);
        if (waiter == null || waiter.state() != KernelThread.State.WAITING) {
            return;
        }
        scheduler.endWait(processor, waiter, NtStatus.SUCCESS);
    }

    private void needs(Processor processor, long lock, Manner manner, long caller) {
        if (manner.deadlineNs() == KernelThread.NEVER) {
            scheduler.current(processor).waitedLock = lock;
            deadlocks.check(processor, caller);
        }
    }

    private void enter(Processor processor, long object, String kind, Manner manner, long caller) {
        KernelThread thread = scheduler.current(processor);
        Scheduler.view(processor, thread).setWaitReason(manner.mode(), manner.reason());
        scheduler.beginWait(processor, object, manner.deadlineNs());
        thread.alertable = manner.alertable();
        machine.emit(
                processor,
                new Event.WaitStarted(
                        object, kind, timeout(processor, manner.deadlineNs()), caller));
        thread.pagesOut = manner.mode() == USER_MODE && thread.stackSwaps;
    }

    /** Enters the current thread as one that sleeps. */
    void beginDelay(Processor processor, long deadlineNs, long caller) {
        beginDelay(processor, new Manner(0, 0, false, deadlineNs), caller);
    }

    void beginDelay(Processor processor, Manner manner, long caller) {
        enter(processor, 0, "delay", manner, caller);
    }

    private static long timeout(Processor processor, long deadlineNs) {
        return deadlineNs == KernelThread.NEVER ? -1 : Math.max(0, deadlineNs - processor.clockNs);
    }

    /**
     * With what status an alertable wait ends at once, or STATUS_SUCCESS. An alert for kernel mode
     * ends a wait in either mode. So does a user APC, which is delivered after one in user mode
     * only. WDK, "Waits and APCs".
     */
    int interruption(Processor processor, Manner manner) {
        KThread view = Scheduler.view(processor, scheduler.current(processor));
        if (!manner.alertable()) {
            return NtStatus.SUCCESS;
        }
        if (takeAlert(view, manner.mode())) {
            return NtStatus.ALERTED;
        }
        if (!view.apcs(USER_MODE).isEmpty()) {
            if (manner.mode() == USER_MODE) {
                view.setUserApcPending();
            }
            return NtStatus.USER_APC;
        }
        return takeAlert(view, KERNEL_MODE) ? NtStatus.ALERTED : NtStatus.SUCCESS;
    }

    private static boolean takeAlert(KThread view, int mode) {
        boolean alerted = view.isAlerted(mode);
        if (alerted) {
            view.setAlerted(mode, false);
        }
        return alerted;
    }

    // ---- ending ----

    /** Ends the waits and delays whose time has come. */
    void expire(Processor processor, long nowNs) {
        for (KernelThread thread : scheduler.threads()) {
            if (thread.deadlineNs() <= nowNs) {
                boolean delay = thread.waitObject() == 0;
                scheduler.endWait(processor, thread, delay ? NtStatus.SUCCESS : NtStatus.TIMEOUT);
            }
        }
    }

    /** Whether waits begun at an IRQL hold an acquisition at DISPATCH_LEVEL. */
    static boolean isRaised(int irql) {
        return irql >= Irql.DISPATCH_LEVEL;
    }
}
