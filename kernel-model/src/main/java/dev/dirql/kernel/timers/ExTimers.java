package dev.dirql.kernel.timers;

import dev.dirql.kernel.KernelMemory;
import dev.dirql.kernel.threads.Clock;
import dev.dirql.kernel.threads.DispatcherHeader;
import dev.dirql.kernel.threads.KernelThread;
import dev.dirql.kernel.threads.SystemTime;
import dev.dirql.kernel.threads.Waits;
import dev.dirql.machine.Processor;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.Arrays;

/** The timers that ExAllocateTimer makes: their memory, and what becomes of them when due. */
public final class ExTimers implements StatePart {
    /** Attributes, WDK. */
    static final int HIGH_RESOLUTION = 4;

    static final int NO_WAKE = 8;
    static final int NOTIFICATION = 0x8000_0000;

    /** EX_TIMER_UNLIMITED_TOLERANCE. */
    static final long UNLIMITED = -1;

    private final KernelMemory memory;
    private final TimerQueue queue;
    private final Clock clock;
    private final Waits waits;
    private long[] freed = new long[0];

    public ExTimers(KernelMemory memory, TimerQueue queue, Clock clock, Waits waits) {
        this.memory = memory;
        this.queue = queue;
        this.clock = clock;
        this.waits = waits;
    }

    /** Whether an object is one of these, and none that a driver has the memory of. */
    public static boolean isOne(DispatcherHeader object) {
        int type = object.type();
        return type == DispatcherHeader.NOTIFICATION_TIMER_2
                || type == DispatcherHeader.SYNCHRONIZATION_TIMER_2;
    }

    /** Takes memory, and gives its address, or 0 without any; that longest unused first. */
    long allocate() {
        if (freed.length == 0) {
            return memory.allocateObject(ExTimer.SIZE);
        }
        long address = freed[0];
        freed = Arrays.copyOfRange(freed, 1, freed.length);
        return address;
    }

    /** The timer is no object any more. */
    void free(ExTimer timer) {
        queue.remove(timer.address());
        memory.fillUnmodelled(timer.address(), ExTimer.SIZE);
        freed = Arrays.copyOf(freed, freed.length + 1);
        freed[freed.length - 1] = timer.address();
    }

    /** Whether a timer is set, or its callback runs. */
    boolean isInUse(ExTimer timer) {
        return timer.running() != 0 || queue.contains(timer.address());
    }

    /**
     * Sets a timer that is not set.
     *
     * @param dueTime in units of 100 ns: negative from now, else since 1601
     * @param tolerance units of 100 ns that a no-wake timer lets an idle machine idle on
     */
    void set(Processor processor, ExTimer timer, long dueTime, long period, long tolerance) {
        timer.header().setSignaled(false);
        timer.setPeriod(period);
        boolean precise = (timer.attributes() & HIGH_RESOLUTION) != 0;
        long fromNs = precise ? processor.clockNs : clock.lastNs();
        long dueNs = SystemTime.deadlineNs(dueTime, fromNs);
        // What is over by now expires with the next clock interrupt.
        add(timer, Math.max(dueNs, clock.lastNs() + 1), tolerance(timer, tolerance));
    }

    private static long tolerance(ExTimer timer, long tolerance) {
        return (timer.attributes() & NO_WAKE) == 0 ? 0 : tolerance;
    }

    private void add(ExTimer timer, long dueNs, long tolerance) {
        boolean precise = (timer.attributes() & HIGH_RESOLUTION) != 0;
        boolean never = dueNs == KernelThread.NEVER || tolerance == UNLIMITED;
        long wakeNs = never ? KernelThread.NEVER : dueNs + tolerance * 100;
        timer.setDueTime(SystemTime.interruptTime(dueNs));
        timer.setTolerance(tolerance);
        queue.add(new TimerQueue.Entry(timer.address(), dueNs, dueNs, wakeNs, precise));
        if (precise) {
            clock.schedule();
        }
    }

    boolean cancel(ExTimer timer) {
        return queue.remove(timer.address());
    }

    /** Lets the first timer of the queue expire; its callback is the caller's affair. */
    ExTimer expire(Processor processor, TimerQueue.Entry entry, long nowNs, long caller) {
        ExTimer timer = new ExTimer(processor.memory(), entry.timer());
        queue.remove(entry.timer());
        long periodNs = timer.period() * 100;
        if (periodNs > 0 && timer.state() == ExTimer.ENABLED) {
            add(timer, Timers.next(entry.nominalNs(), periodNs, nowNs), timer.tolerance());
        }
        waits.signal(processor, timer.header(), caller);
        return timer;
    }

    @Override
    public void save(StateWriter out) {
        out.value(freed.length);
        out.values(freed);
    }

    @Override
    public void restore(StateReader in) {
        freed = new long[in.intValue()];
        in.values(freed);
    }
}
