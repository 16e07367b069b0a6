package dev.dirql.kernel.timers;

import dev.dirql.kernel.threads.Clock;
import dev.dirql.kernel.threads.KernelThread;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The timers that are set, in the order in which they are due; among equals the first one set. */
public final class TimerQueue implements Clock.DueTimers, StatePart {
    /**
     * A timer that is set.
     *
     * @param timer address of the object
     * @param nominalNs time from which its next period counts
     * @param dueNs time from which on a clock interrupt lets it expire
     * @param wakeNs time at which even an idle machine is interrupted for it
     * @param precise whether the clock interrupts for it between two ticks
     */
    record Entry(long timer, long nominalNs, long dueNs, long wakeNs, boolean precise) {
        /** A timer that is due at a time, and not at another one. */
        static Entry at(long timer, long dueNs) {
            return new Entry(timer, dueNs, dueNs, dueNs, false);
        }
    }

    private final List<Entry> entries = new ArrayList<>();

    void add(Entry entry) {
        int at = entries.size();
        while (at > 0 && entries.get(at - 1).dueNs > entry.dueNs) {
            at--;
        }
        entries.add(at, entry);
    }

    /** Takes a timer out, and says whether it was in. */
    boolean remove(long timer) {
        return entries.removeIf(entry -> entry.timer == timer);
    }

    boolean contains(long timer) {
        for (Entry entry : entries) {
            if (entry.timer == timer) {
                return true;
            }
        }
        return false;
    }

    /** The timer that is due first, or null. */
    @Nullable Entry first() {
        return entries.isEmpty() ? null : entries.getFirst();
    }

    /** Addresses of all timers that are set. */
    public List<Long> all() {
        return entries.stream().map(Entry::timer).toList();
    }

    /** When the first timer is due. */
    @Override
    public long nextDueNs() {
        return entries.isEmpty() ? KernelThread.NEVER : entries.getFirst().dueNs;
    }

    /** When a timer has to be looked for, even if nobody does anything. */
    @Override
    public long nextWakeNs() {
        long next = KernelThread.NEVER;
        for (Entry entry : entries) {
            next = Math.min(next, entry.wakeNs);
        }
        return next;
    }

    /** When the first timer is due that does not wait for the next tick. */
    @Override
    public long nextPreciseNs() {
        for (Entry entry : entries) {
            if (entry.precise) {
                return entry.dueNs;
            }
        }
        return KernelThread.NEVER;
    }

    @Override
    public void save(StateWriter out) {
        out.value(entries.size());
        for (Entry entry : entries) {
            out.value(entry.timer);
            out.time(entry.nominalNs);
            out.time(entry.dueNs);
            out.time(entry.wakeNs);
            out.value(entry.precise);
        }
    }

    @Override
    public void restore(StateReader in) {
        entries.clear();
        for (int i = in.intValue(); i > 0; i--) {
            entries.add(new Entry(in.value(), in.time(), in.time(), in.time(), in.booleanValue()));
        }
    }
}
