package dev.dirql.kernel.locks;

import dev.dirql.events.LockKind;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one lock: who holds it, its figures, and its last acquisitions. Times are
 * virtual nanoseconds.
 */
public final class LockRecord implements StatePart {
    /** How many acquisitions are remembered. */
    public static final int HISTORY = 8;

    /** Stands in {@link #ownerProcessor} while nobody holds the lock. */
    public static final int FREE = -1;

    private static final int KINDS = LockKind.values().length;

    /** One remembered acquisition. */
    public record Acquisition(
            long sequence, long timeNs, int processor, long thread, int irql, long caller) {}

    private final long physical;
    private final long address;
    private final LockKind kind;
    private final String name;
    private final String storage;

    /** In the order of their acquisitions; several only if they share the lock. */
    private final List<LockHolder> holders = new ArrayList<>();

    private final List<LockHolder> shownHolders = Collections.unmodifiableList(holders);

    /** The last acquisition of each kind, by the kind's ordinal. */
    private final @Nullable LockHolder[] lastOfKind = new LockHolder[KINDS];

    /** A bit for each kind of which there was an acquisition, by the kind's ordinal. */
    private int kinds;

    /** A bit for each IRQL from which it was taken in each way, by the kind's ordinal. */
    private final long[] irqlsOfKind = new long[KINDS];

    /** As above for INTERLOCKED_SPIN_LOCK: by list routines, by others. */
    private final long[] irqlsInterlocked = new long[2];

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
        return !holders.isEmpty();
    }

    /** Who acquired it and did not release it, the first one first; a view. */
    public List<LockHolder> holders() {
        return shownHolders;
    }

    /** Whether all who hold it are readers. */
    boolean isShared() {
        for (int i = 0; i < holders.size(); i++) {
            if (holders.get(i).kind() != LockKind.SHARED_SPIN_LOCK) {
                return false;
            }
        }
        return true;
    }

    /** Number of the processor that acquired it first of its holders, or {@link #FREE}. */
    public int ownerProcessor() {
        return holders.isEmpty() ? FREE : holders.get(0).processor();
    }

    /** Whether a processor acquired it and did not release it. */
    public boolean isHeldBy(int processor) {
        for (int i = 0; i < holders.size(); i++) {
            if (holders.get(i).processor() == processor) {
                return true;
            }
        }
        return false;
    }

    /** The last acquisition of a kind, or null if there was none. */
    @Nullable LockHolder last(LockKind kind) {
        return lastOfKind[kind.ordinal()];
    }

    /** Whether it was ever taken in another way than this. */
    boolean wasTakenOtherwise(LockKind kind) {
        return (kinds & ~(1 << kind.ordinal())) != 0;
    }

    /** A bit for each IRQL from which it was taken in this way. */
    long irqls(LockKind kind) {
        return irqlsOfKind[kind.ordinal()];
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

    /** A bit for each IRQL at which ExInterlocked… routines used it: those on lists, or others. */
    long irqlsInterlocked(boolean list) {
        return irqlsInterlocked[list ? 0 : 1];
    }

    /** An ExInterlocked… routine is going to use it. */
    void usedInterlocked(boolean list, int irql) {
        irqlsInterlocked[list ? 0 : 1] |= 1L << irql;
    }

    /**
     * @param irqlBefore IRQL when the routine was called
     */
    void acquired(LockHolder holder, int irqlBefore, long spinNs) {
        holders.add(holder);
        lastOfKind[holder.kind().ordinal()] = holder;
        kinds |= 1 << holder.kind().ordinal();
        irqlsOfKind[holder.kind().ordinal()] |= 1L << irqlBefore;
        int at = 6 * (int) (acquisitions % HISTORY);
        history[at] = holder.sequence();
        history[at + 1] = holder.sinceNs();
        history[at + 2] = holder.processor();
        history[at + 3] = holder.thread();
        history[at + 4] = holder.irql();
        history[at + 5] = holder.caller();
        acquisitions++;
        spinTotalNs += spinNs;
        spinMaximumNs = Math.max(spinMaximumNs, spinNs);
        irqlMask |= 1L << holder.irql();
        processorMask |= 1L << holder.processor();
    }

    /** A holder gave it back; gives the hold time. */
    long released(LockHolder holder, long timeNs) {
        for (int i = holders.size() - 1; i >= 0; i--) {
            if (holders.get(i) == holder) {
                holders.remove(i);
            }
        }
        long holdNs = timeNs - holder.sinceNs();
        holdTotalNs += holdNs;
        holdMaximumNs = Math.max(holdMaximumNs, holdNs);
        return holdNs;
    }

    /** Nobody holds it any more, though nobody released it. */
    void forgetHolders() {
        holders.clear();
    }

    @Override
    public void save(StateWriter out) {
        out.reference(List.copyOf(holders));
        out.reference(lastOfKind.clone());
        out.value(kinds);
        out.values(irqlsOfKind);
        out.values(irqlsInterlocked);
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
    @SuppressWarnings("unchecked")
    public void restore(StateReader in) {
        holders.clear();
        holders.addAll((List<LockHolder>) in.reference(List.class));
        LockHolder[] last = in.reference(LockHolder[].class);
        System.arraycopy(last, 0, lastOfKind, 0, KINDS);
        kinds = in.intValue();
        in.values(irqlsOfKind);
        in.values(irqlsInterlocked);
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
