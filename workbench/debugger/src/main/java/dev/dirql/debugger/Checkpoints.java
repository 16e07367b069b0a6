package dev.dirql.debugger;

import dev.dirql.machine.Machine;
import dev.dirql.machine.Snapshot;
import java.util.BitSet;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;

/**
 * Moments of a run by their positions. Regular ones are thinned out evenly as the run grows; dense
 * ones, which are made when an interval is executed again, give way when there are many, those
 * furthest from the present first. The first one stays.
 */
final class Checkpoints {
    /** A quarter of them at most are dense. */
    private static final int DENSE_SHARE = 4;

    /** What a moment takes besides its frames: its state, and the tables of its memory. */
    private static final long OTHER_BYTES = 48 << 10;

    private static final long FRAME_BYTES = 4096;

    /** More between two would let a step back take too long. */
    private static final long STEPS_MAXIMUM = 5_000_000;

    /**
     * One moment.
     *
     * @param frames frames whose bytes are kept by this one and none before it
     * @param copied how many of them the machine had to copy when it went on
     */
    private record Checkpoint(
            Snapshot moment, BitSet frames, int copied, Kind kind, long sequence, long timeNs) {
        long bytes() {
            return OTHER_BYTES + FRAME_BYTES * frames.cardinality();
        }
    }

    /** Why there is a checkpoint. */
    enum Kind {
        /** It is never dropped to make room. */
        PINNED,
        REGULAR,
        DENSE
    }

    private final Machine machine;
    private final CheckpointLimits limits;
    private final TreeMap<Long, Checkpoint> all = new TreeMap<>();
    private long spacing;
    private long bytes;
    private int dense;

    Checkpoints(Machine machine, CheckpointLimits limits) {
        this.machine = machine;
        this.limits = limits;
        spacing = limits.spacing();
    }

    int count() {
        return all.size();
    }

    long bytes() {
        return bytes;
    }

    /** Position of the nearest checkpoint at or before a position. */
    long floor(long steps) {
        Long found = all.floorKey(steps);
        if (found == null) {
            throw new IllegalStateException("no checkpoint at or before " + steps);
        }
        return found;
    }

    /** Position of the last checkpoint at which an event had not happened yet. */
    long beforeEvent(long sequence) {
        long found = all.firstKey();
        for (Map.Entry<Long, Checkpoint> entry : all.entrySet()) {
            if (entry.getValue().sequence() < sequence) {
                found = entry.getKey();
            }
        }
        return found;
    }

    /** Position of the last checkpoint that lies before a virtual time. */
    long beforeTime(long timeNs) {
        long found = all.firstKey();
        for (Map.Entry<Long, Checkpoint> entry : all.entrySet()) {
            if (entry.getValue().timeNs() < timeNs) {
                found = entry.getKey();
            }
        }
        return found;
    }

    /** Takes the machine to a checkpoint. */
    void restore(long steps) {
        machine.restore(at(steps).moment());
    }

    private Checkpoint at(long steps) {
        Checkpoint found = all.get(steps);
        if (found == null) {
            throw new IllegalStateException("no checkpoint at " + steps);
        }
        return found;
    }

    /** The position at which a regular checkpoint is wanted next by a run that stands here. */
    long nextWanted(long here) {
        Map.Entry<Long, Checkpoint> last = all.floorEntry(here);
        if (last == null) {
            return here;
        }
        long own = limits.spacingForFrame() * last.getValue().copied();
        return last.getKey() + Math.max(spacing, Math.min(own, STEPS_MAXIMUM));
    }

    /** Keeps the machine as it stands here. */
    void add(long steps, Kind kind) {
        if (all.containsKey(steps)) {
            return;
        }
        Snapshot moment = machine.snapshot();
        BitSet frames = new BitSet();
        for (int frame : moment.ownFrames()) {
            frames.set(frame);
        }
        Checkpoint made =
                new Checkpoint(
                        moment,
                        frames,
                        frames.cardinality(),
                        kind,
                        machine.sequence(),
                        machine.nowNs());
        all.put(steps, made);
        bytes += made.bytes();
        if (kind == Kind.DENSE) {
            dense++;
        }
        makeRoom(steps);
    }

    /** Drops every checkpoint at or behind a position. */
    void dropFrom(long steps) {
        while (!all.isEmpty() && all.lastKey() >= steps) {
            drop(all.lastKey());
        }
    }

    private void makeRoom(long here) {
        while (dense > limits.count() / DENSE_SHARE) {
            dropFurthestDense(here);
        }
        while (isOverFull()) {
            if (dense > 0) {
                dropFurthestDense(here);
            } else if (!dropEverySecond()) {
                return;
            }
        }
    }

    private boolean isOverFull() {
        return all.size() - dense > limits.count() * (DENSE_SHARE - 1) / DENSE_SHARE
                || bytes > limits.bytes();
    }

    private void dropFurthestDense(long here) {
        long furthest = -1;
        for (Map.Entry<Long, Checkpoint> entry : all.entrySet()) {
            boolean further =
                    furthest < 0 || Math.abs(entry.getKey() - here) > Math.abs(furthest - here);
            if (entry.getValue().kind() == Kind.DENSE && further) {
                furthest = entry.getKey();
            }
        }
        drop(furthest);
    }

    /** False if nothing is left to drop. */
    private boolean dropEverySecond() {
        spacing *= 2;
        boolean second = false;
        long[] positions = all.keySet().stream().mapToLong(Long::longValue).toArray();
        boolean dropped = false;
        for (long position : positions) {
            if (at(position).kind() == Kind.REGULAR) {
                second = !second;
                if (second) {
                    drop(position);
                    dropped = true;
                }
            }
        }
        return dropped;
    }

    private void drop(long position) {
        Checkpoint gone = all.remove(position);
        if (gone == null) {
            throw new IllegalStateException("no checkpoint at " + position);
        }
        bytes -= gone.bytes();
        if (gone.kind() == Kind.DENSE) {
            dense--;
        } else {
            inherit(position, gone);
        }
        machine.giveBack(gone.moment());
    }

    /** What the next one shares with one that is gone, it keeps from now on. */
    private void inherit(long position, Checkpoint gone) {
        Iterator<Map.Entry<Long, Checkpoint>> later = all.tailMap(position).entrySet().iterator();
        while (later.hasNext()) {
            Checkpoint next = later.next().getValue();
            if (next.kind() != Kind.DENSE) {
                bytes -= next.bytes();
                next.frames().or(gone.frames());
                bytes += next.bytes();
                return;
            }
        }
    }
}
