package dev.dirql.kernel.threads;

import dev.dirql.kernel.Irql;
import dev.dirql.kernel.NtStatus;
import dev.dirql.kernel.interrupts.InterruptVectors;
import dev.dirql.kernel.services.Walk;
import dev.dirql.kernel.structures.ListEntry;
import dev.dirql.machine.GuestMemory;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;

/**
 * APC queues of threads, and when what is in them may run. Source: WDK, "Types of APCs" and
 * "Disabling APCs".
 */
public final class Apcs {
    private static final int KERNEL_MODE = 0;

    private final Machine machine;
    private final Scheduler scheduler;

    public Apcs(Machine machine, Scheduler scheduler) {
        this.machine = machine;
        this.scheduler = scheduler;
    }

    private static KThread current(Processor processor) {
        return new KThread(processor.memory(), processor.thread);
    }

    // ---- regions ----

    public void enterCriticalRegion(Processor processor) {
        current(processor).addKernelApcDisable(-1);
    }

    /** Takes back what regions and mutexes took, and lets APCs run that waited for it. */
    public void leaveCriticalRegion(Processor processor, int count) {
        KThread thread = current(processor);
        thread.addKernelApcDisable(count);
        if (thread.kernelApcDisable() == 0) {
            requestQueued(processor, thread);
        }
    }

    public void enterGuardedRegion(Processor processor) {
        current(processor).addSpecialApcDisable(-1);
    }

    public void leaveGuardedRegion(Processor processor) {
        KThread thread = current(processor);
        thread.addSpecialApcDisable(1);
        if (thread.specialApcDisable() == 0) {
            requestQueued(processor, thread);
        }
    }

    private static void requestQueued(Processor processor, KThread thread) {
        if (!thread.apcs(KERNEL_MODE).isEmpty()) {
            thread.setKernelApcPending(true);
            processor.interruptUnit().requestSelf(InterruptVectors.APC, "kernel APC");
        }
    }

    /** Whether normal kernel APCs cannot run: in a critical or guarded region. */
    public static boolean areDisabled(Processor processor) {
        return current(processor).combinedApcDisable() != 0;
    }

    /** Whether no APC can run: in a guarded region, or at APC_LEVEL and above. */
    public static boolean areAllDisabled(Processor processor) {
        return current(processor).specialApcDisable() != 0 || processor.irql() >= Irql.APC_LEVEL;
    }

    /** Both disable counts of the current thread, as CombinedApcDisable. */
    public static int disableCounts(Processor processor) {
        return current(processor).combinedApcDisable();
    }

    // ---- queues ----

    /** Queues an APC: a special one behind its like, before the normal ones. */
    boolean insert(Processor processor, KApc apc, KernelThread thread) {
        if (apc.isInserted()) {
            return false;
        }
        apc.setInserted(true);
        KThread view = Scheduler.view(processor, thread);
        ListEntry head = view.apcs(apc.mode());
        ListEntry place = head;
        if (apc.mode() == KERNEL_MODE && apc.normalRoutine() == 0) {
            place = firstNormal(processor.memory(), head);
        }
        place.insertBefore(apc.listEntry());
        if (apc.mode() == KERNEL_MODE) {
            notifyKernel(processor, thread, view, apc.normalRoutine() == 0);
        } else {
            notifyUser(processor, thread, view);
        }
        return true;
    }

    private static ListEntry firstNormal(GuestMemory memory, ListEntry head) {
        ListEntry entry = new ListEntry(memory, head.flink());
        Walk walk = new Walk("queued APCs");
        while (entry.address() != head.address()
                && KApc.ofListEntry(memory, entry.address()).normalRoutine() == 0) {
            walk.at(entry.address());
            entry = new ListEntry(memory, entry.flink());
        }
        return entry;
    }

    private void notifyKernel(
            Processor processor, KernelThread thread, KThread view, boolean special) {
        view.setKernelApcPending(true);
        switch (thread.state()) {
            case RUNNING -> request(processor, thread.processor());
            case WAITING -> {
                boolean may =
                        view.waitIrql() == Irql.PASSIVE_LEVEL
                                && view.specialApcDisable() == 0
                                && (special
                                        || (view.kernelApcDisable() == 0
                                                && !view.isNormalApcInProgress()));
                if (may) {
                    // It runs inside the wait, which then goes on.
                    scheduler.endWait(processor, thread, NtStatus.KERNEL_APC);
                }
            }
            case READY, TERMINATED -> {}
        }
    }

    private void request(Processor processor, int target) {
        if (target == processor.number()) {
            processor.interruptUnit().requestSelf(InterruptVectors.APC, "kernel APC");
        } else {
            machine.controller().sendToProcessor(target, InterruptVectors.APC, "kernel APC");
        }
    }

    private void notifyUser(Processor processor, KernelThread thread, KThread view) {
        if (thread.state() == KernelThread.State.WAITING && thread.alertable) {
            if (view.waitMode() != KERNEL_MODE) {
                view.setUserApcPending();
            }
            scheduler.endWait(processor, thread, NtStatus.USER_APC);
        }
    }

    // ---- alerts ----

    /**
     * Alerts a thread: ends an alertable wait, or the next one. An alert for kernel mode ends a
     * wait in user mode, too.
     *
     * @return whether the thread was alerted already
     */
    boolean alert(Processor processor, KernelThread thread, int mode) {
        KThread view = Scheduler.view(processor, thread);
        boolean before = view.isAlerted(mode);
        if (before) {
            return true;
        }
        if (thread.state() == KernelThread.State.WAITING
                && thread.alertable
                && (mode == KERNEL_MODE || view.waitMode() != KERNEL_MODE)) {
            scheduler.endWait(processor, thread, NtStatus.ALERTED);
        } else {
            view.setAlerted(mode, true);
        }
        return false;
    }

    /** Takes an alert of the current thread, and says whether there was one. */
    boolean testAlert(Processor processor, int mode) {
        KThread view = current(processor);
        boolean alerted = view.isAlerted(mode);
        if (alerted) {
            view.setAlerted(mode, false);
        } else if (mode != KERNEL_MODE && !view.apcs(mode).isEmpty()) {
            view.setUserApcPending();
        }
        return alerted;
    }
}
