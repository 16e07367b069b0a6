package dev.dirql.events.statistics;

import dev.dirql.events.Event;
import dev.dirql.events.EventSink;
import dev.dirql.events.LockKind;
import dev.dirql.events.Stamp;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Gathers a row for each lock. A lock that is defined anew at the address of an old one has a row
 * of its own.
 */
public final class LockStatistics implements EventSink {
    private final List<Lock> locks = new ArrayList<>();

    /** Only asked for single addresses; the order of rows is that of {@link #locks}. */
    private final Map<Long, Lock> byAddress = new HashMap<>();

    /** The lock of the last event, which is most often that of the next one too. */
    private @Nullable Lock recent;

    private static final class Lock {
        final long address;
        final LockKind kind;
        final String name;
        String storage;
        long acquisitions;
        long contended;
        long triesFailed;
        long spinTotalNs;
        long spinMaximumNs;
        long holdTotalNs;
        long holdMaximumNs;
        final NumberSet irqlsBefore = new NumberSet();
        final NumberSet irqlsAfter = new NumberSet();
        final NumberSet processors = new NumberSet();
        final long firstNs;
        long lastNs;

        Lock(long address, String name, LockKind kind, String storage, long firstNs) {
            this.address = address;
            this.name = name;
            this.kind = kind;
            this.storage = storage;
            this.firstNs = firstNs;
        }

        LockRow row() {
            return new LockRow(
                    address,
                    kind,
                    name,
                    storage,
                    acquisitions,
                    contended,
                    triesFailed,
                    spinTotalNs,
                    spinMaximumNs,
                    holdTotalNs,
                    holdMaximumNs,
                    irqlsBefore.sorted(),
                    irqlsAfter.sorted(),
                    processors.sorted(),
                    firstNs,
                    lastNs);
        }
    }

    @Override
    public void accept(Stamp stamp, Event event) {
        if (event instanceof Event.LockAcquired acquired) {
            acquired(stamp, acquired);
        } else if (event instanceof Event.LockReleased released) {
            Lock lock = lock(stamp, released.lock(), released.lockName(), released.lockKind());
            lock.holdTotalNs += released.holdNs();
            lock.holdMaximumNs = Math.max(lock.holdMaximumNs, released.holdNs());
        } else if (event instanceof Event.LockContended contended) {
            lock(stamp, contended.lock(), contended.lockName(), contended.lockKind()).contended++;
        } else if (event instanceof Event.LockTryFailed failed) {
            lock(stamp, failed.lock(), failed.lockName(), failed.lockKind()).triesFailed++;
        } else if (event instanceof Event.LockDefined defined) {
            defined(stamp, defined);
        }
    }

    /** The rows so far. */
    public List<LockRow> rows() {
        return locks.stream().map(Lock::row).toList();
    }

    private void acquired(Stamp stamp, Event.LockAcquired acquired) {
        Lock lock = lock(stamp, acquired.lock(), acquired.lockName(), acquired.lockKind());
        lock.acquisitions++;
        lock.spinTotalNs += acquired.spinNs();
        lock.spinMaximumNs = Math.max(lock.spinMaximumNs, acquired.spinNs());
        lock.irqlsBefore.add(acquired.irqlBefore());
        lock.irqlsAfter.add(acquired.irqlAfter());
        lock.processors.add(stamp.processor());
    }

    private void defined(Stamp stamp, Event.LockDefined defined) {
        Lock known = byAddress.get(defined.lock());
        if (known != null && known.storage.isEmpty() && known.name.equals(defined.lockName())) {
            known.storage = defined.storage();
            known.lastNs = stamp.timeNs();
        } else if (known == null
                || !known.name.equals(defined.lockName())
                || !known.storage.equals(defined.storage())) {
            add(stamp, defined.lock(), defined.lockName(), defined.lockKind(), defined.storage());
        }
    }

    private Lock lock(Stamp stamp, long address, String name, LockKind kind) {
        Lock lock = recent;
        if (lock == null || lock.address != address) {
            lock = byAddress.get(address);
        }
        if (lock == null) {
            lock = add(stamp, address, name, kind, "");
        }
        recent = lock;
        lock.lastNs = stamp.timeNs();
        return lock;
    }

    private Lock add(Stamp stamp, long address, String name, LockKind kind, String storage) {
        Lock lock = new Lock(address, name, kind, storage, stamp.timeNs());
        lock.lastNs = stamp.timeNs();
        locks.add(lock);
        byAddress.put(address, lock);
        recent = lock;
        return lock;
    }
}
