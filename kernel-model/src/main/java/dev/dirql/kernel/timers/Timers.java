package dev.dirql.kernel.timers;

import dev.dirql.kernel.dpcs.DpcQueues;
import dev.dirql.kernel.dpcs.KDpc;
import dev.dirql.kernel.threads.Clock;
import dev.dirql.kernel.threads.KernelThread;
import dev.dirql.kernel.threads.SystemTime;
import dev.dirql.kernel.threads.Waits;
import dev.dirql.kernel.traps.BugChecks;
import dev.dirql.machine.Processor;

/**
 * Sets timers and lets them expire. A due time counts from the last clock interrupt, and is noticed
 * at the first one that is not before it. Source: WDK, "Timer Accuracy", "Timer Objects and DPCs".
 */
public final class Timers {
    private static final int CORRUPT_LIST_ENTRY = 3;

    /** To whole ones of these a timer is put off that may be late, the widest that fits first. */
    private static final long[] COALESCING_NS = {
        1_000_000_000L, 500_000_000L, 250_000_000L, 100_000_000L, 50_000_000L
    };

    private final TimerQueue queue;
    private final Clock clock;
    private final Waits waits;
    private final DpcQueues dpcs;
    private final BugChecks bugChecks;

    public Timers(TimerQueue queue, Clock clock, Waits waits, DpcQueues dpcs, BugChecks bugChecks) {
        this.queue = queue;
        this.clock = clock;
        this.waits = waits;
        this.dpcs = dpcs;
        this.bugChecks = bugChecks;
    }

    /** The time at which a due time of a routine lies. */
    long dueNs(long dueTime) {
        return SystemTime.deadlineNs(dueTime, clock.lastNs());
    }

    /**
     * Sets a timer, which is taken back before if it is set.
     *
     * @param dueTime in units of 100 ns: negative from now, else since 1601
     * @param periodMs milliseconds, 0 for a timer that expires once
     * @param toleranceMs how late it may be
     * @param dpc address of a KDPC, or 0
     * @return whether it was set before
     */
    boolean set(
            Processor processor,
            KTimer timer,
            long dueTime,
            int periodMs,
            long toleranceMs,
            long dpc,
            long caller) {
        timer.memory().probe(timer.address(), KTimer.SIZE, true);
        boolean before = cancel(processor, timer, caller);
        timer.header().setSignaled(false);
        timer.setDpc(dpc);
        timer.setPeriod(periodMs);
        timer.setTolerance(tolerance(toleranceMs));
        long dueNs = dueNs(dueTime);
        if (dueNs > clock.lastNs()) {
            insert(timer, dueNs);
            return before;
        }
        if (periodMs != 0) {
            insert(timer, clock.lastNs() + periodMs * 1_000_000L);
        }
        signal(processor, timer, caller);
        return before;
    }

    /** The widest grain that fits into a tolerance: 0 for none, else its number from 1. */
    private static int tolerance(long toleranceMs) {
        for (int i = 0; i < COALESCING_NS.length; i++) {
            if (COALESCING_NS[i] <= toleranceMs * 1_000_000) {
                return i + 1;
            }
        }
        return 0;
    }

    private void insert(KTimer timer, long nominalNs) {
        long dueNs = nominalNs;
        int grain = timer.tolerance();
        if (grain > 0 && grain <= COALESCING_NS.length && nominalNs != KernelThread.NEVER) {
            // A whole second, half of one, … : other timers that may wait are due then, too.
            long width = COALESCING_NS[grain - 1];
            dueNs = (nominalNs + width - 1) / width * width;
        }
        timer.setDueTime(SystemTime.interruptTime(dueNs));
        timer.setInserted(true);
        queue.add(new TimerQueue.Entry(timer.address(), nominalNs, dueNs, dueNs, false));
    }

    /**
     * Takes a timer back, and says whether it was set. A DPC that it queued before stays queued.
     */
    boolean cancel(Processor processor, KTimer timer, long caller) {
        timer.memory().probe(timer.address(), KTimer.SIZE, true);
        if (!queue.contains(timer.address())) {
            return false;
        }
        if (!timer.isInserted()) {
            corrupt(processor, caller);
            return false;
        }
        timer.setInserted(false);
        queue.remove(timer.address());
        return true;
    }

    boolean isSet(long timer) {
        return queue.contains(timer);
    }

    /** Lets the first timer of the queue expire, a KTIMER. */
    void expire(Processor processor, TimerQueue.Entry entry, long nowNs, long caller) {
        KTimer timer = new KTimer(processor.memory(), entry.timer());
        processor.memory().probe(entry.timer(), KTimer.SIZE, true);
        if (!timer.isInserted()) {
            // Something else is there now than the timer that was set.
            corrupt(processor, caller);
            return;
        }
        queue.remove(entry.timer());
        timer.setInserted(false);
        long periodNs = timer.period() * 1_000_000L;
        if (periodNs > 0) {
            insert(timer, next(entry.nominalNs(), periodNs, nowNs));
        }
        signal(processor, timer, caller);
    }

    /**
     * When a periodic timer is due next: periods count from the time at which it should have
     * expired, and those that are over are left out, so that it expires once a tick at most.
     */
    static long next(long nominalNs, long periodNs, long nowNs) {
        return nominalNs + ((nowNs - nominalNs) / periodNs + 1) * periodNs;
    }

    private void signal(Processor processor, KTimer timer, long caller) {
        waits.signal(processor, timer.header(), caller);
        long dpc = timer.dpc();
        if (dpc != 0) {
            // NT gives the time; drivers are told not to look at it.
            long time = SystemTime.START + SystemTime.interruptTime(clock.lastNs());
            dpcs.insertOfTimer(
                    processor,
                    new KDpc(processor.memory(), dpc),
                    time & 0xFFFF_FFFFL,
                    time >>> 32,
                    caller);
        }
    }

    private void corrupt(Processor processor, long caller) {
        bugChecks.fastFail(processor, CORRUPT_LIST_ENTRY, caller);
    }
}
