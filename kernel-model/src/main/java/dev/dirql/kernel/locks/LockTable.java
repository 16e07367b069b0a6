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
    private final LockRule[] rules;
    private List<LockRecord> locks = new ArrayList<>();

    /** Open addressing by physical address; an index into {@link #locks} plus one, 0 for none. */
    private int[] slots = new int[256];

    /** The locks that each processor holds, in the order of their acquisition. */
    private final List<List<LockRecord>> held = new ArrayList<>();

    /**
     * @param rules are asked in this order
     */
    public LockTable(Machine machine, LockNames names, LockRule... rules) {
        this.machine = machine;
        this.names = names;
        this.rules = rules.clone();
        for (int i = 0; i < machine.processorCount(); i++) {
            held.add(new ArrayList<>());
        }
    }

    /** The locks that a processor acquired and that are not released, the first one first. */
    List<LockRecord> heldBy(int processor) {
        return held.get(processor);
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
        if (known != null && known.kind() == kind) {
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
            forgetOwner(known);
        }
        machine.emit(processor, new Event.LockDefined(address, lock.name(), kind, lock.storage()));
        for (LockRule rule : rules) {
            rule.defined(processor, lock);
        }
        return lock;
    }

    /** Forgets locks in memory that was freed. */
    public void freed(long physical, long size) {
        boolean any = false;
        for (int i = locks.size() - 1; i >= 0; i--) {
            LockRecord lock = locks.get(i);
            if (lock.physical() >= physical && lock.physical() < physical + size) {
                locks.remove(i);
                forgetOwner(lock);
                any = true;
            }
        }
        if (any) {
            index();
        }
    }

    private void forgetOwner(LockRecord lock) {
        if (lock.isHeld()) {
            held.get(lock.ownerProcessor()).remove(lock);
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
    public void contended(Processor processor, LockRecord lock, long caller) {
        lock.countContention();
        machine.emit(
                processor,
                new Event.LockContended(
                        lock.address(), lock.name(), lock.kind(), lock.ownerProcessor(), caller));
    }

    /**
     * A processor acquired the lock.
     *
     * @param irqlBefore IRQL when the routine was called
     * @param firstTryNs time of the first try
     */
    public void acquired(
            Processor processor, LockRecord lock, int irqlBefore, long caller, long firstTryNs) {
        long spinNs = processor.clockNs - firstTryNs;
        int irql = processor.irql();
        long sequence = machine.sequence() + 1;
        machine.emit(
                processor,
                new Event.LockAcquired(
                        lock.address(),
                        lock.name(),
                        lock.kind(),
                        irqlBefore,
                        irql,
                        caller,
                        spinNs));
        for (LockRule rule : rules) {
            rule.acquired(processor, lock, caller);
        }
        forgetOwner(lock);
        held.get(processor.number()).add(lock);
        lock.acquired(
                processor.number(),
                processor.thread,
                irql,
                caller,
                sequence,
                processor.clockNs,
                spinNs);
    }

    /**
     * A processor released the lock.
     *
     * @param irqlAfter IRQL to which the routine returns
     */
    public void released(Processor processor, LockRecord lock, int irqlAfter, long caller) {
        int irql = processor.irql();
        forgetOwner(lock);
        long holdNs = lock.released(processor.clockNs);
        machine.emit(
                processor,
                new Event.LockReleased(
                        lock.address(), lock.name(), lock.kind(), irql, irqlAfter, caller, holdNs));
    }

    /** A processor tried once and found the lock held. */
    public void tryFailed(Processor processor, LockRecord lock, long caller) {
        machine.emit(
                processor,
                new Event.LockTryFailed(lock.address(), lock.name(), lock.kind(), caller));
    }

    @Override
    public void save(StateWriter out) {
        out.value(locks.size());
        out.reference(List.copyOf(locks));
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
        locks.forEach(lock -> lock.restore(in));
        index();
        held.forEach(List::clear);
        locks.stream()
                .filter(LockRecord::isHeld)
                .sorted(Comparator.comparingLong(LockRecord::ownerSequence))
                .forEach(lock -> held.get(lock.ownerProcessor()).add(lock));
    }
}
