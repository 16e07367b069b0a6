package dev.dirql.kernel.locks;

import dev.dirql.events.Finding;
import dev.dirql.events.LockKind;
import dev.dirql.events.RunEnd;
import dev.dirql.events.Severity;
import dev.dirql.kernel.images.LoadedImages;
import dev.dirql.kernel.images.Unwinder;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.rules.Violation;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds deadlocks of spin locks at the moment they close. A processor that spins is stuck if one
 * who holds its lock, or is before it in line, can only go on after stuck processors: it spins too,
 * or was interrupted or preempted on a processor that does.
 */
public final class Deadlocks {
    private final Machine machine;
    private final LockTable table;
    private final Rules rules;
    private final LoadedImages images;
    private final Unwinder unwinder;
    private final OwnerThreads threads;

    /** What is to be known of threads that own a lock and do not run. */
    @FunctionalInterface
    public interface OwnerThreads {
        /** The processors on which a thread may run that runs nowhere now, a bit each. */
        long affinity(long thread);
    }

    public Deadlocks(
            Machine machine,
            LockTable table,
            Rules rules,
            LoadedImages images,
            Unwinder unwinder,
            OwnerThreads threads) {
        this.machine = machine;
        this.table = table;
        this.rules = rules;
        this.images = images;
        this.unwinder = unwinder;
        this.threads = threads;
    }

    /**
     * Who waits where.
     *
     * @param inLine its place in line, null where nobody keeps one
     */
    private record Waiter(
            Processor processor, LockRecord lock, @Nullable LockWaiter inLine, long place) {}

    /**
     * One that has to go on before a waiter can.
     *
     * @param holder how it holds the lock, null if it waits for it too
     */
    private record Blocker(int processor, long thread, long caller, @Nullable LockHolder holder) {}

    /** A waiter, and what it waits for. */
    private record Link(Waiter waiter, Blocker blocker) {}

    /** A processor is about to spin: ends the run if nothing can ever free the lock. */
    void check(Processor processor, LockRecord lock, long caller) {
        if (rules.hangsAtBugCheck(processor, "spins for " + lock.name(), caller)) {
            return;
        }
        List<Waiter> stuck = new ArrayList<>();
        stuck.add(new Waiter(processor, lock, table.waiter(processor.number(), lock), caller));
        for (int i = 0; i < machine.processorCount(); i++) {
            Processor other = machine.processor(i);
            Waiter waiter = other == processor ? null : waiting(other);
            if (waiter != null) {
                stuck.add(waiter);
            }
        }
        while (stuck.removeIf(waiter -> decisive(waiter, stuck) == null)) {
            if (stuck.isEmpty() || stuck.get(0).processor != processor) {
                return;
            }
        }
        if (!stuck.isEmpty() && stuck.get(0).processor == processor) {
            report(chain(stuck));
        }
    }

    private @Nullable Waiter waiting(Processor processor) {
        if (processor.waiting() != Processor.Wait.WRITE) {
            return null;
        }
        long watched = processor.watchedAddress();
        LockWaiter inLine = table.waiter(processor.number(), watched);
        LockRecord lock = inLine != null ? inLine.lock() : table.find(watched);
        return lock == null ? null : new Waiter(processor, lock, inLine, processor.rip);
    }

    /** The first that keeps a waiter from going on for ever, or null. */
    private @Nullable Blocker decisive(Waiter waiter, List<Waiter> stuck) {
        for (Blocker blocker : blockers(waiter)) {
            if (!canGoOn(blocker, stuck)) {
                return blocker;
            }
        }
        return null;
    }

    private List<Blocker> blockers(Waiter waiter) {
        List<Blocker> blockers = new ArrayList<>();
        LockWaiter inLine = waiter.inLine;
        boolean reads = inLine != null && inLine.kind() == LockKind.SHARED_SPIN_LOCK;
        for (LockHolder holder : waiter.lock.holders()) {
            if (!reads || holder.kind() != LockKind.SHARED_SPIN_LOCK) {
                blockers.add(
                        new Blocker(holder.processor(), holder.thread(), holder.caller(), holder));
            }
        }
        if (inLine == null) {
            return blockers;
        }
        boolean before = true;
        for (LockWaiter other : table.waitersFor(waiter.lock)) {
            before &= other != inLine;
            boolean goesFirst =
                    inLine.kind() == LockKind.QUEUED_SPIN_LOCK
                            ? before
                            : reads && other.kind() == LockKind.EXCLUSIVE_SPIN_LOCK;
            if (goesFirst) {
                blockers.add(new Blocker(other.processor(), other.thread(), other.caller(), null));
            }
        }
        return blockers;
    }

    private boolean canGoOn(Blocker blocker, List<Waiter> stuck) {
        Processor processor = machine.processor(blocker.processor);
        if (processor.thread == blocker.thread || blocker.thread == 0) {
            return stuck.stream().noneMatch(waiter -> waiter.processor == processor);
        }
        long stuckMask = 0;
        for (Waiter waiter : stuck) {
            stuckMask |= 1L << waiter.processor.number();
        }
        return (threads.affinity(blocker.thread) & ~stuckMask) != 0;
    }

    /** Whether the thread that holds a lock is gone, so that nothing releases it. */
    private boolean isLost(Blocker blocker) {
        return blocker.thread != 0
                && machine.processor(blocker.processor).thread != blocker.thread
                && threads.affinity(blocker.thread) == 0;
    }

    /**
     * The waiters from the first one on, each followed by the one that it waits for, up to a lock
     * whose owner is gone.
     */
    private List<Link> chain(List<Waiter> stuck) {
        List<Link> chain = new ArrayList<>();
        Waiter next = stuck.get(0);
        while (next != null) {
            Waiter waiter = next;
            Blocker blocker = decisive(waiter, stuck);
            if (blocker == null || chain.stream().anyMatch(link -> link.waiter == waiter)) {
                break;
            }
            chain.add(new Link(waiter, blocker));
            next =
                    isLost(blocker)
                            ? null
                            : stuck.stream()
                                    .filter(w -> w.processor.number() == blocker.processor)
                                    .findFirst()
                                    .orElse(null);
        }
        return chain;
    }

    static Finding.Place owner(LockHolder holder) {
        return new Finding.Place(
                "acquired",
                holder.sequence(),
                holder.processor(),
                holder.thread(),
                holder.irql(),
                holder.caller(),
                List.of());
    }

    /** What a deadlock is called, and the subcode of Driver Verifier for it, 0 for none. */
    private enum Form {
        RECURSION("SpinLock", "40009", 0x1000),
        QUEUED_RECURSION("QueuedSpinLock", "40006", 0x1000),
        READER_WRITER_RECURSION("ReaderWriterSpinLockRecursion", "1000", 0x1000),
        CYCLE("Deadlock", "1001", 0x1001),
        LOST("SpinLockNeverReleased", "", 0);

        private final String rule;
        private final String id;
        private final int subcode;

        Form(String rule, String id, int subcode) {
            this.rule = rule;
            this.id = id;
            this.subcode = subcode;
        }
    }

    private Form form(List<Link> chain) {
        Link last = chain.get(chain.size() - 1);
        if (isLost(last.blocker)) {
            return Form.LOST;
        }
        LockHolder holder = last.blocker.holder;
        if (chain.size() > 1 || holder == null || !isRecursive(last.waiter, holder)) {
            return Form.CYCLE;
        }
        return switch (holder.kind()) {
            case QUEUED_SPIN_LOCK -> Form.QUEUED_RECURSION;
            case READER_WRITER_SPIN_LOCK, SHARED_SPIN_LOCK, EXCLUSIVE_SPIN_LOCK ->
                    Form.READER_WRITER_RECURSION;
            case SPIN_LOCK, INTERRUPT_SPIN_LOCK, INTERLOCKED_SPIN_LOCK -> Form.RECURSION;
            case MUTEX,
                    FAST_MUTEX,
                    GUARDED_MUTEX,
                    RESOURCE,
                    PUSH_LOCK,
                    REMOVE_LOCK,
                    RUNDOWN_PROTECTION ->
                    throw new IllegalStateException("nobody spins for a " + holder.kind().text());
        };
    }

    private static boolean isRecursive(Waiter waiter, LockHolder holder) {
        return waiter.processor.number() == holder.processor()
                && waiter.processor.thread == holder.thread()
                && waiter.processor.irql() == holder.irql();
    }

    private String sentence(Waiter waiter, Blocker blocker) {
        String lock = waiter.lock.name();
        int number = waiter.processor.number();
        String place = images.name(blocker.caller);
        LockHolder holder = blocker.holder;
        if (holder == null) {
            return "cpu%d waits for %s behind cpu%d, which waits for it in %s"
                    .formatted(number, lock, blocker.processor, place);
        }
        if (isRecursive(waiter, holder)) {
            return "cpu%d already holds %s (acquired at %s) and asks for it again"
                    .formatted(number, lock, place);
        }
        String wait =
                "cpu%d waits for %s, which cpu%d acquired in %s"
                        .formatted(number, lock, blocker.processor, place);
        if (isLost(blocker)) {
            return wait + " and never released: its thread 0x%x ended".formatted(blocker.thread);
        }
        boolean runs = machine.processor(blocker.processor).thread == blocker.thread;
        if (!runs) {
            return wait + " for the thread 0x%x, which does not run".formatted(blocker.thread);
        }
        return number == blocker.processor ? wait + " below on the same processor" : wait;
    }

    private void report(List<Link> chain) {
        Link first = chain.get(0);
        List<Finding.Place> places = new ArrayList<>();
        StringBuilder sentence = new StringBuilder();
        StringBuilder detail = new StringBuilder();
        for (Link link : chain) {
            Processor processor = link.waiter.processor;
            if (link != first) {
                places.add(rules.here("waits", processor, link.waiter.place));
                sentence.append("; ");
            }
            LockHolder holder = link.blocker.holder;
            if (holder != null) {
                places.add(owner(holder));
            }
            sentence.append(sentence(link.waiter, link.blocker));
            detail.append("\ncpu%d:\n".formatted(processor.number()))
                    .append(unwinder.stackOf(processor).text());
        }
        Form form = form(chain);
        rules.broken(
                first.waiter.processor,
                new Violation(
                        form.rule,
                        form.id,
                        Severity.ERROR,
                        sentence.toString(),
                        form.subcode == 0
                                ? Violation.Verifier.NONE
                                : Violation.Verifier.detected(
                                        form.subcode, first.waiter.lock.address(), 0, 0),
                        places),
                first.waiter.place);
        machine.end(RunEnd.DEADLOCK, sentence + detail.toString());
    }
}
