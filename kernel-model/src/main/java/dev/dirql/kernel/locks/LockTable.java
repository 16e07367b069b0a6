package dev.dirql.kernel.locks;

import dev.dirql.events.Event;
import dev.dirql.events.LockKind;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Watches every spin lock: who holds it since when, how long it was spun for and held. A lock is
 * known by the physical address of its word; the word itself is all that guest code sees of it.
 */
public final class LockTable implements StatePart {
    private final Machine machine;
    private final LockNames names;
    private final AcquisitionRule[] acquisitionRules;
    private final ReleaseRule[] releaseRules;
    private List<LockRecord> locks = new ArrayList<>();

    /** Open addressing by physical address; an index into {@link #locks} plus one, 0 for none. */
    private int[] slots = new int[256];

    /** What each processor holds, in the order of acquisition. */
    private final List<List<Held>> held = new ArrayList<>();

    /** Who waits in line, in the order of arrival. */
    private final List<LockWaiter> waiters = new ArrayList<>();

    /** A lock that is held. */
    record Held(LockRecord lock, LockHolder holder) {}

    /**
     * @param acquisitionRules are asked in this order
     * @param releaseRules as well
     */
    public LockTable(
            Machine machine,
            LockNames names,
            List<AcquisitionRule> acquisitionRules,
            List<ReleaseRule> releaseRules) {
        this.machine = machine;
        this.names = names;
        this.acquisitionRules = acquisitionRules.toArray(AcquisitionRule[]::new);
        this.releaseRules = releaseRules.toArray(ReleaseRule[]::new);
        for (int i = 0; i < machine.processorCount(); i++) {
            held.add(new ArrayList<>());
        }
    }

    /** The locks that a processor acquired and that are not released, the first one first. */
    List<Held> heldBy(int processor) {
        return held.get(processor);
    }

    /** What was acquired last with a KLOCK_QUEUE_HANDLE, by its physical address, or null. */
    @Nullable Held heldThrough(long handle) {
        Held last = null;
        for (List<Held> ofProcessor : held) {
            for (Held one : ofProcessor) {
                if (one.holder.handle() == handle
                        && (last == null || last.holder.sequence() < one.holder.sequence())) {
                    last = one;
                }
            }
        }
        return last;
    }

    /** The last of a processor's waits in line on the word at a physical address, or null. */
    @Nullable LockWaiter waiter(int processor, long watched) {
        for (int i = waiters.size() - 1; i >= 0; i--) {
            LockWaiter waiter = waiters.get(i);
            if (waiter.processor() == processor && waiter.watched() == watched) {
                return waiter;
            }
        }
        return null;
    }

    /** The last of a processor's waits in line for a lock, or null. */
    @Nullable LockWaiter waiter(int processor, LockRecord lock) {
        for (int i = waiters.size() - 1; i >= 0; i--) {
            LockWaiter waiter = waiters.get(i);
            if (waiter.processor() == processor && waiter.lock() == lock) {
                return waiter;
            }
        }
        return null;
    }

    /** Who waits in line for a lock, the first one first. */
    public List<LockWaiter> waitersFor(LockRecord lock) {
        return waiters.stream().filter(waiter -> waiter.lock() == lock).toList();
    }

    /** A processor begins to wait in line. */
    void waits(LockWaiter waiter) {
        waiters.add(waiter);
    }

    /** A wait in line is over. */
    void waitEnds(LockWaiter waiter) {
        waiters.remove(waiter);
    }

    /** Whether somebody waits in line with the word at a physical address. */
    boolean isWaitedOn(long watched) {
        return waiters.stream().anyMatch(waiter -> waiter.watched() == watched);
    }

    /** All locks that were ever used, in the order of their first use. */
    public List<LockRecord> locks() {
        return List.copyOf(locks);
    }

    /** The lock whose word is at a physical address, or null if none was ever used there. */
    public @Nullable LockRecord find(long physical) {
        int mask = slots.length - 1;
        for (int at = slot(physical, mask); slots[at] != 0; at = (at + 1) & mask) {
            LockRecord lock = locks.get(slots[at] - 1);
            if (lock.physical() == physical) {
                return lock;
            }
        }
        return null;
    }

    /**
     * The lock at a virtual address, made known if it is new.
     *
     * @throws dev.dirql.machine.MemoryFault if nothing is mapped there, so that there is no lock
     */
    public LockRecord at(Processor processor, long address, LockKind kind) {
        long physical = processor.memory().physical(address);
        if (physical < 0) {
            processor.memory().probe(address, Long.BYTES, true);
        }
        LockRecord known = find(physical);
        if (known != null && isSameStructure(known.kind(), kind)) {
            return known;
        }
        LockRecord lock =
                new LockRecord(
                        physical,
                        address,
                        kind,
                        names.name(processor, address, kind),
                        names.storage(processor, address, kind));
        if (known == null) {
            locks.add(lock);
            index();
        } else {
            // Memory that was one kind of lock is another now.
            locks.set(locks.indexOf(known), lock);
            forget(known);
        }
        machine.emit(processor, new Event.LockDefined(address, lock.name(), kind, lock.storage()));
        for (AcquisitionRule rule : acquisitionRules) {
            rule.defined(processor, lock);
        }
        return lock;
    }

    /** A KSPIN_LOCK is one lock, however it is taken. */
    private static boolean isSameStructure(LockKind one, LockKind other) {
        return one == other || (isSpinLock(one) && isSpinLock(other));
    }

    private static boolean isSpinLock(LockKind kind) {
        return kind == LockKind.SPIN_LOCK
                || kind == LockKind.QUEUED_SPIN_LOCK
                || kind == LockKind.INTERLOCKED_SPIN_LOCK
                || kind == LockKind.INTERRUPT_SPIN_LOCK;
    }

    /** Forgets locks in memory that was freed. */
    public void freed(long physical, long size) {
        boolean any = false;
        for (int i = locks.size() - 1; i >= 0; i--) {
            LockRecord lock = locks.get(i);
            if (lock.physical() >= physical && lock.physical() < physical + size) {
                locks.remove(i);
                forget(lock);
                any = true;
            }
        }
        if (any) {
            index();
        }
    }

    private void forget(LockRecord lock) {
        forgetHolders(lock);
        waiters.removeIf(waiter -> waiter.lock() == lock);
    }

    private void forgetHolders(LockRecord lock) {
        if (lock.isHeld()) {
            for (LockHolder holder : lock.holders()) {
                held.get(holder.processor()).removeIf(one -> one.lock == lock);
            }
            lock.forgetHolders();
        }
    }

    private void index() {
        while (3 * slots.length < 4 * locks.size()) {
            slots = new int[2 * slots.length];
        }
        Arrays.fill(slots, 0);
        int mask = slots.length - 1;
        for (int i = 0; i < locks.size(); i++) {
            int at = slot(locks.get(i).physical(), mask);
            while (slots[at] != 0) {
                at = (at + 1) & mask;
            }
            slots[at] = i + 1;
        }
    }

    private static int slot(long physical, int mask) {
        return (int) (((physical >>> 2) * 0x9E3779B97F4A7C15L) >>> 33) & mask;
    }

    /** A processor found the lock held for the first time in this acquisition. */
    public void contended(Processor processor, LockRecord lock, LockKind kind, long caller) {
        lock.countContention();
        machine.emit(
                processor,
                new Event.LockContended(
                        lock.address(), lock.name(), kind, lock.ownerProcessor(), caller));
    }

    /**
     * A processor acquired the lock.
     *
     * @param kind how
     * @param irqlBefore IRQL when the routine was called
     * @param firstTryNs time of the first try
     * @param handle physical address of its KLOCK_QUEUE_HANDLE, 0 for none
     */
    public void acquired(
            Processor processor,
            LockRecord lock,
            LockKind kind,
            int irqlBefore,
            long caller,
            long firstTryNs,
            long handle) {
        acquired(processor, lock, kind, irqlBefore, irqlBefore, caller, firstTryNs, handle);
    }

    private void acquired(
            Processor processor,
            LockRecord lock,
            LockKind kind,
            int irqlBefore,
            int irqlToRestore,
            long caller,
            long firstTryNs,
            long handle) {
        long spinNs = processor.clockNs - firstTryNs;
        int irql = processor.irql();
        long sequence = machine.sequence() + 1;
        machine.emit(
                processor,
                new Event.LockAcquired(
                        lock.address(), lock.name(), kind, irqlBefore, irql, caller, spinNs));
        if (kind != LockKind.SHARED_SPIN_LOCK || !lock.isShared()) {
            // Who held it before lost it, as when a driver initializes a lock that is held.
            forgetHolders(lock);
        }
        LockHolder holder =
                new LockHolder(
                        kind,
                        processor.number(),
                        processor.thread,
                        irqlToRestore,
                        irql,
                        caller,
                        sequence,
                        processor.clockNs,
                        handle);
        held.get(processor.number()).add(new Held(lock, holder));
        lock.acquired(holder, irqlBefore, spinNs);
        for (AcquisitionRule rule : acquisitionRules) {
            rule.acquired(processor, lock, kind, caller);
        }
    }

    /**
     * A processor released the lock: its own share of it, if it has one.
     *
     * @param irqlAfter IRQL to which the routine returns
     */
    public void released(
            Processor processor, LockRecord lock, LockKind kind, int irqlAfter, long caller) {
        LockHolder holder = holderFor(processor, lock);
        long holdNs = release(processor, lock, kind, holder, irqlAfter, caller);
        boolean last = holder == null || held.get(holder.processor()).isEmpty();
        ReleaseRule.Release release =
                new ReleaseRule.Release(kind, holder, irqlAfter, last, holdNs, caller);
        for (ReleaseRule rule : releaseRules) {
            rule.released(processor, lock, release);
        }
    }

    /** A reader became the writer: the IRQL to come back to stays that of the reader. */
    void converted(Processor processor, LockRecord lock, long caller) {
        LockHolder reader = holderFor(processor, lock);
        int irql = processor.irql();
        release(processor, lock, LockKind.SHARED_SPIN_LOCK, reader, irql, caller);
        acquired(
                processor,
                lock,
                LockKind.EXCLUSIVE_SPIN_LOCK,
                irql,
                reader == null ? irql : reader.irqlBefore(),
                caller,
                processor.clockNs,
                0);
    }

    private long release(
            Processor processor,
            LockRecord lock,
            LockKind kind,
            @Nullable LockHolder holder,
            int irqlAfter,
            long caller) {
        long holdNs = 0;
        if (holder != null) {
            removeLast(held.get(holder.processor()), holder);
            holdNs = lock.released(holder, processor.clockNs);
        }
        machine.emit(
                processor,
                new Event.LockReleased(
                        lock.address(),
                        lock.name(),
                        kind,
                        processor.irql(),
                        irqlAfter,
                        caller,
                        holdNs));
        return holdNs;
    }

    /** The last one acquired is most often the first one released. */
    private static void removeLast(List<Held> ofProcessor, LockHolder holder) {
        for (int i = ofProcessor.size() - 1; i >= 0; i--) {
            if (ofProcessor.get(i).holder == holder) {
                ofProcessor.remove(i);
                return;
            }
        }
    }

    /** The holder that a release by a processor concerns: itself rather than its thread. */
    private static @Nullable LockHolder holderFor(Processor processor, LockRecord lock) {
        LockHolder found = null;
        int best = -1;
        List<LockHolder> holders = lock.holders();
        for (int i = 0; i < holders.size(); i++) {
            LockHolder holder = holders.get(i);
            int likeness =
                    (holder.processor() == processor.number() ? 2 : 0)
                            + (holder.thread() == processor.thread ? 1 : 0);
            if (likeness >= best) {
                best = likeness;
                found = holder;
            }
        }
        return found;
    }

    /** A processor tried once and found the lock held. */
    public void tryFailed(Processor processor, LockRecord lock, LockKind kind, long caller) {
        machine.emit(processor, new Event.LockTryFailed(lock.address(), lock.name(), kind, caller));
    }

    @Override
    public void save(StateWriter out) {
        out.value(locks.size());
        out.reference(List.copyOf(locks));
        out.reference(List.copyOf(waiters));
        locks.forEach(lock -> lock.save(out));
    }

    /** The records themselves are kept: only their figures are put back. */
    @Override
    @SuppressWarnings("unchecked")
    public void restore(StateReader in) {
        int count = in.intValue();
        locks = new ArrayList<>((List<LockRecord>) in.reference(List.class));
        if (locks.size() != count) {
            throw new IllegalStateException(locks.size() + " locks kept, " + count + " counted");
        }
        waiters.clear();
        waiters.addAll((List<LockWaiter>) in.reference(List.class));
        locks.forEach(lock -> lock.restore(in));
        index();
        held.forEach(List::clear);
        locks.stream()
                .flatMap(lock -> lock.holders().stream().map(holder -> new Held(lock, holder)))
                .sorted(Comparator.comparingLong(one -> one.holder.sequence()))
                .forEach(one -> held.get(one.holder.processor()).add(one));
    }
}
