package dev.dirql.kernel.locks;

import dev.dirql.events.LockKind;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;

/**
 * What is known of one lock: who holds it, its figures, and its last acquisitions. Times are
 * virtual nanoseconds.
 */
public final class LockRecord implements StatePart {
    /** How many acquisitions are remembered. */
    public static final int HISTORY = 8;

    /** Stands in {@link #ownerProcessor} while nobody holds the lock. */
    public static final int FREE = -1;

    /** One remembered acquisition. */
    public record Acquisition(
            long sequence, long timeNs, int processor, long thread, int irql, long caller) {}

    private final long physical;
    private final long address;
    private final LockKind kind;
    private final String name;
    private final String storage;

    int ownerProcessor = FREE;
    long ownerThread;
    int ownerIrql;
    long ownerCaller;
    long ownerSequence;
    long ownerSinceNs;

    private long acquisitions;
    private long contended;
    private long spinTotalNs;
    private long spinMaximumNs;
    private long holdTotalNs;
    private long holdMaximumNs;
    private long irqlMask;
    private long processorMask;
    private final long[] history = new long[HISTORY * 6];

    LockRecord(long physical, long address, LockKind kind, String name, String storage) {
        this.physical = physical;
        this.address = address;
        this.kind = kind;
        this.name = name;
        this.storage = storage;
    }

    /** Physical address of the lock word: the lock's identity. */
    public long physical() {
        return physical;
    }

    /** Virtual address at which it was first used. */
    public long address() {
        return address;
    }

    public LockKind kind() {
        return kind;
    }

    public String name() {
        return name;
    }

    public String storage() {
        return storage;
    }

    public boolean isHeld() {
        return ownerProcessor != FREE;
    }

    /** Number of the processor that acquired it last and did not release it, or {@link #FREE}. */
    public int ownerProcessor() {
        return ownerProcessor;
    }

    /** KTHREAD that was current when it was acquired. */
    public long ownerThread() {
        return ownerThread;
    }

    /** IRQL at which it is held. */
    public int ownerIrql() {
        return ownerIrql;
    }

    /** The code that asked for it. */
    public long ownerCaller() {
        return ownerCaller;
    }

    /** Sequence number of the event of its acquisition. */
    public long ownerSequence() {
        return ownerSequence;
    }

    public long ownerSinceNs() {
        return ownerSinceNs;
    }

    public long acquisitions() {
        return acquisitions;
    }

    /** Acquisitions that found it held. */
    public long contended() {
        return contended;
    }

    public long spinTotalNs() {
        return spinTotalNs;
    }

    public long spinMaximumNs() {
        return spinMaximumNs;
    }

    public long holdTotalNs() {
        return holdTotalNs;
    }

    public long holdMaximumNs() {
        return holdMaximumNs;
    }

    /** A bit for each IRQL at which it was held. */
    public long irqlMask() {
        return irqlMask;
    }

    /** A bit for each processor that held it. */
    public long processorMask() {
        return processorMask;
    }

    /** The last acquisitions, latest first; {@code back} is 0 to {@link #HISTORY} - 1. */
    public Acquisition acquisition(int back) {
        int at = 6 * (int) Long.remainderUnsigned(acquisitions - 1 - back, HISTORY);
        return new Acquisition(
                history[at],
                history[at + 1],
                (int) history[at + 2],
                history[at + 3],
                (int) history[at + 4],
                history[at + 5]);
    }

    void countContention() {
        contended++;
    }

    void acquired(
            int processor,
            long thread,
            int irql,
            long caller,
            long sequence,
            long timeNs,
            long spinNs) {
        ownerProcessor = processor;
        ownerThread = thread;
        ownerIrql = irql;
        ownerCaller = caller;
        ownerSequence = sequence;
        ownerSinceNs = timeNs;
        int at = 6 * (int) (acquisitions % HISTORY);
        history[at] = sequence;
        history[at + 1] = timeNs;
        history[at + 2] = processor;
        history[at + 3] = thread;
        history[at + 4] = irql;
        history[at + 5] = caller;
        acquisitions++;
        spinTotalNs += spinNs;
        spinMaximumNs = Math.max(spinMaximumNs, spinNs);
        irqlMask |= 1L << irql;
        processorMask |= 1L << processor;
    }

    /** Gives the hold time. */
    long released(long timeNs) {
        if (ownerProcessor == FREE) {
            return 0;
        }
        ownerProcessor = FREE;
        long holdNs = timeNs - ownerSinceNs;
        holdTotalNs += holdNs;
        holdMaximumNs = Math.max(holdMaximumNs, holdNs);
        return holdNs;
    }

    @Override
    public void save(StateWriter out) {
        out.value(ownerProcessor);
        out.value(ownerThread);
        out.value(ownerIrql);
        out.value(ownerCaller);
        out.value(ownerSequence);
        out.value(ownerSinceNs);
        out.value(acquisitions);
        out.value(contended);
        out.value(spinTotalNs);
        out.value(spinMaximumNs);
        out.value(holdTotalNs);
        out.value(holdMaximumNs);
        out.value(irqlMask);
        out.value(processorMask);
        out.values(history);
    }

    @Override
    public void restore(StateReader in) {
        ownerProcessor = in.intValue();
        ownerThread = in.value();
        ownerIrql = in.intValue();
        ownerCaller = in.value();
        ownerSequence = in.value();
        ownerSinceNs = in.value();
        acquisitions = in.value();
        contended = in.value();
        spinTotalNs = in.value();
        spinMaximumNs = in.value();
        holdTotalNs = in.value();
        holdMaximumNs = in.value();
        irqlMask = in.value();
        processorMask = in.value();
        in.values(history);
    }
}
