package dev.dirql.kernel.threads;

import dev.dirql.events.Event;
import dev.dirql.events.Finding;
import dev.dirql.events.LockKind;
import dev.dirql.events.Severity;
import dev.dirql.kernel.KernelMemory;
import dev.dirql.kernel.locks.HeldLocks;
import dev.dirql.kernel.locks.LockNames;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.rules.Violation;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.machine.Machine;
import dev.dirql.machine.PageFlags;
import dev.dirql.machine.Processor;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Watches every lock whose waiters do not spin: mutexes, resources, push locks and their like. It
 * tells their acquisitions as those of spin locks are told, with the time waited in place of the
 * time spun. A lock is known by the physical address of its structure.
 */
public final class WaitLocks implements StatePart {
    /** Where the event of a fast or guarded mutex is in it. */
    private static final int FAST_MUTEX_EVENT = 0x18;

    private final Machine machine;
    private final ServiceEngine engine;
    private final LockNames names;
    private final Rules rules;
    private TreeMap<Long, WaitLock> locks = new TreeMap<>();

    public WaitLocks(Machine machine, ServiceEngine engine, LockNames names, Rules rules) {
        this.machine = machine;
        this.engine = engine;
        this.names = names;
        this.rules = rules;
    }

    /**
     * The lock at a virtual address, made known if it is new.
     *
     * @throws dev.dirql.machine.MemoryFault if nothing is mapped there
     */
    public WaitLock at(Processor processor, long address, LockKind kind) {
        long physical = processor.memory().physical(address);
        if (physical < 0) {
            processor.memory().probe(address, Long.BYTES, true);
        }
        WaitLock known = locks.get(physical);
        if (known != null && known.kind() == kind) {
            return known;
        }
        String name = nameOf(processor, address, kind);
        WaitLock lock = new WaitLock(physical, address, kind, name);
        locks.put(physical, lock);
        machine.emit(
                processor,
                new Event.LockDefined(
                        address, name, kind, names.storage(processor, address, kind)));
        checkStorage(processor, lock, engine.caller(processor));
        return lock;
    }

    /**
     * A lock must be resident. Push locks may be in paged pool, and rundown protection that is not
     * used at DISPATCH_LEVEL. WDK, the page of each structure.
     */
    private void checkStorage(Processor processor, WaitLock lock, long caller) {
        int flags = processor.memory().pageFlags(lock.address());
        boolean pageable = (flags & (PageFlags.PAGEABLE | PageFlags.LOCKED)) == PageFlags.PAGEABLE;
        if (pageable
                && lock.kind() != LockKind.PUSH_LOCK
                && lock.kind() != LockKind.RUNDOWN_PROTECTION) {
            rules.broken(
                    processor,
                    Violation.error(
                            "LockInPageableStorage",
                            "E1",
                            "the lock %s at 0x%x is in pageable memory"
                                    .formatted(lock.name(), lock.address()),
                            Violation.Verifier.detected(0xE1, lock.address(), 0, 0)),
                    caller);
        }
    }

    /** Names are those of variables: of a lock's structure its first member is found there. */
    private String nameOf(Processor processor, long address, LockKind kind) {
        String name = names.name(processor, address, kind);
        String member =
                switch (kind) {
                    case MUTEX -> ".Header.Lock";
                    case FAST_MUTEX, GUARDED_MUTEX, RUNDOWN_PROTECTION -> ".Count";
                    case RESOURCE -> ".SystemResourcesList.Flink";
                    case REMOVE_LOCK -> ".Common.Removed";
                    default -> "";
                };
        return name.endsWith(member) ? name.substring(0, name.length() - member.length()) : name;
    }

    /** All locks that are known, by the physical addresses of their structures. */
    public List<WaitLock> all() {
        return List.copyOf(locks.values());
    }

    /** The lock at a virtual address, if one was ever used there. */
    public @Nullable WaitLock find(Processor processor, long address) {
        return locks.get(processor.memory().physical(address));
    }

    /** Forgets who holds a lock that is made anew. */
    public void forget(Processor processor, long address) {
        WaitLock known = find(processor, address);
        if (known != null) {
            known.holds.clear();
        }
    }

    /** Forgets locks in memory that was freed. */
    public void freed(long physical, long size) {
        locks.subMap(physical, physical + size).clear();
    }

    /** A thread found the lock held and begins to wait. */
    public void contended(Processor processor, WaitLock lock, long caller) {
        int owner = lock.holds.isEmpty() ? -1 : lock.holds.get(0).processor();
        machine.emit(
                processor,
                new Event.LockContended(lock.address(), lock.name(), lock.kind(), owner, caller));
    }

    /** The current thread tried once and found the lock held. */
    public void tryFailed(Processor processor, WaitLock lock, long caller) {
        machine.emit(
                processor,
                new Event.LockTryFailed(lock.address(), lock.name(), lock.kind(), caller));
    }

    /**
     * The current thread acquired a lock.
     *
     * @param irqlBefore IRQL when the routine was called; it is held at the current one
     * @param sinceNs time of the first try
     */
    public void acquired(
            Processor processor,
            WaitLock lock,
            int irqlBefore,
            long caller,
            long sinceNs,
            boolean shared) {
        acquired(processor, lock, irqlBefore, caller, sinceNs, shared, 0);
    }

    /** The current thread acquired a lock, with a mark. */
    public void acquired(
            Processor processor,
            WaitLock lock,
            int irqlBefore,
            long caller,
            long sinceNs,
            boolean shared,
            long tag) {
        long sequence = machine.sequence() + 1;
        machine.emit(
                processor,
                new Event.LockAcquired(
                        lock.address(),
                        lock.name(),
                        lock.kind(),
                        irqlBefore,
                        processor.irql(),
                        caller,
                        processor.clockNs - sinceNs));
        lock.holds.add(
                new WaitLock.Hold(
                        processor.thread,
                        processor.number(),
                        processor.irql(),
                        caller,
                        sequence,
                        processor.clockNs,
                        shared,
                        tag));
        checkStorage(processor, lock, caller);
    }

    /** A lock is released that a thread acquired last, or somebody if it has no owners. */
    public void released(
            Processor processor, WaitLock lock, long thread, int irqlAfter, long caller) {
        WaitLock.Hold found = null;
        for (WaitLock.Hold hold : lock.holds) {
            if (hold.thread() == thread || (found == null && isCounted(lock))) {
                found = hold;
            }
        }
        released(processor, lock, found, irqlAfter, caller);
    }

    /** A lock is released that somebody acquired with a mark. */
    public void releasedWithTag(
            Processor processor, WaitLock lock, long tag, int irqlAfter, long caller) {
        WaitLock.Hold found = lock.holds.isEmpty() ? null : lock.holds.getLast();
        for (WaitLock.Hold hold : lock.holds) {
            found = hold.tag() == tag ? hold : found;
        }
        released(processor, lock, found, irqlAfter, caller);
    }

    private void released(
            Processor processor,
            WaitLock lock,
            WaitLock.@Nullable Hold hold,
            int irqlAfter,
            long caller) {
        if (hold != null) {
            lock.holds.remove(hold);
        }
        machine.emit(
                processor,
                new Event.LockReleased(
                        lock.address(),
                        lock.name(),
                        lock.kind(),
                        processor.irql(),
                        irqlAfter,
                        caller,
                        hold == null ? 0 : processor.clockNs - hold.sinceNs()));
    }

    /** Whether it is no matter who releases it. */
    private static boolean isCounted(WaitLock lock) {
        return lock.kind() == LockKind.RUNDOWN_PROTECTION || lock.kind() == LockKind.REMOVE_LOCK;
    }

    /** Whoever held a lock, it belongs to another from now on. */
    public void handOver(WaitLock lock, long from, long to) {
        lock.holds.replaceAll(hold -> hold.thread() == from ? hold.of(to) : hold);
    }

    /** The acquisitions by one thread become shared ones. */
    public void share(WaitLock lock, long thread) {
        lock.holds.replaceAll(hold -> hold.thread() == thread ? hold.share() : hold);
    }

    /** The locks that a thread holds, by their addresses. */
    public List<WaitLock> heldBy(long thread) {
        return locks.values().stream().filter(lock -> lock.isHeldBy(thread)).toList();
    }

    /** Where a lock was acquired, for a finding. */
    static Finding.Place acquired(WaitLock.Hold hold) {
        return new Finding.Place(
                "acquired",
                hold.sequence(),
                hold.processor(),
                hold.thread(),
                hold.irql(),
                hold.caller(),
                List.of());
    }

    /**
     * Memory goes, and with it the locks in it: nobody may hold one.
     *
     * @param what the memory in words
     * @param caller the code that frees it
     */
    public void goes(Processor processor, String what, long start, long size, long caller) {
        for (WaitLock lock : List.copyOf(locks.values())) {
            if (Long.compareUnsigned(lock.address() - start, size) < 0 && !isCounted(lock)) {
                for (WaitLock.Hold hold : lock.holds()) {
                    if (machine.ended() == null) {
                        rules.broken(
                                processor,
                                HeldLocks.freed(
                                        lock.name(),
                                        lock.address(),
                                        what,
                                        hold.thread(),
                                        acquired(hold)),
                                caller);
                    }
                }
            }
        }
    }

    /**
     * A lock is initialized. It was before, if it was used. WDK, "Bug Check 0xC4", subcode 0x1005.
     * Stacks are used again for other locks.
     */
    public void initialized(Processor processor, long address, long caller) {
        WaitLock known = find(processor, address);
        if (known == null || (known.holds.isEmpty() && KernelMemory.isStack(address))) {
            return;
        }
        boolean held = !known.holds.isEmpty();
        rules.broken(
                processor,
                new Violation(
                        "LockInitializedTwice",
                        "1005",
                        held ? Severity.ERROR : Severity.WARNING,
                        held
                                ? "%s is initialized again, and thread 0x%x holds it"
                                        .formatted(known.name(), known.holds.get(0).thread())
                                : "%s is initialized again".formatted(known.name()),
                        Violation.Verifier.detected(0x1005, known.address(), 0, 0),
                        held ? List.of(acquired(known.holds.get(0))) : List.of()),
                caller);
        known.holds.clear();
    }

    /** An event is initialized: that of a fast mutex if one was used there. */
    void eventInitialized(Processor processor, long event, long caller) {
        WaitLock known = find(processor, event - FAST_MUTEX_EVENT);
        if (known != null
                && (known.kind() == LockKind.FAST_MUTEX
                        || known.kind() == LockKind.GUARDED_MUTEX)) {
            initialized(processor, event - FAST_MUTEX_EVENT, caller);
        }
    }

    /** A lock that nobody holds is not free. WDK, "Bug Check 0xC4", subcode 0x1002. */
    public void notInitialized(Processor processor, WaitLock lock, long caller) {
        rules.broken(
                processor,
                Violation.error(
                        "LockNotInitialized",
                        "1002",
                        "%s is asked for, and was not initialized".formatted(lock.name()),
                        Violation.Verifier.detected(0x1002, lock.address(), 0, 0)),
                caller);
    }

    /**
     * A thread ends. WDK, "Bug Check 0xC4", subcode 0x100A.
     *
     * @param caller the code that ends it, or 0 if its routine returned
     */
    void threadEnds(Processor processor, long thread, long caller) {
        for (WaitLock lock : heldBy(thread)) {
            for (WaitLock.Hold hold : lock.holds()) {
                if (hold.thread() == thread && !isCounted(lock) && machine.ended() == null) {
                    rules.broken(
                            processor,
                            new Violation(
                                    "ThreadEndsWithLock",
                                    "100A",
                                    Severity.ERROR,
                                    "the thread 0x%x ends and still holds %s"
                                            .formatted(thread, lock.name()),
                                    Violation.Verifier.detected(0x100A, thread, 0, 0),
                                    List.of(acquired(hold))),
                            caller != 0 ? caller : hold.caller());
                }
            }
        }
    }

    @Override
    public void save(StateWriter out) {
        out.reference(new TreeMap<>(locks));
        out.value(locks.size());
        for (WaitLock lock : locks.values()) {
            out.reference(List.copyOf(lock.holds));
        }
    }

    @Override
    @SuppressWarnings("unchecked")
    public void restore(StateReader in) {
        locks = new TreeMap<>((TreeMap<Long, WaitLock>) in.reference(TreeMap.class));
        int count = in.intValue();
        if (locks.size() != count) {
            throw new IllegalStateException(locks.size() + " locks kept, " + count + " counted");
        }
        for (WaitLock lock : locks.values()) {
            List<WaitLock.Hold> holds = new ArrayList<>(in.reference(List.class));
            lock.holds.clear();
            lock.holds.addAll(holds);
        }
    }
}
