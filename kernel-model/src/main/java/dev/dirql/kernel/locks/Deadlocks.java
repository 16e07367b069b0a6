package dev.dirql.kernel.locks;

import dev.dirql.events.Finding;
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
 * Finds deadlocks of spin locks at the moment they close. A processor that spins is stuck if the
 * owner of its lock can only go on after stuck processors: the owner spins too, or was interrupted
 * or preempted on a processor that does.
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

    /** Who waits where. */
    private record Waiter(Processor processor, LockRecord lock, long place) {}

    /** A processor is about to spin: ends the run if nothing can ever free the lock. */
    void check(Processor processor, LockRecord lock, long caller) {
        List<Waiter> stuck = new ArrayList<>();
        stuck.add(new Waiter(processor, lock, caller));
        for (int i = 0; i < machine.processorCount(); i++) {
            Processor other = machine.processor(i);
            LockRecord awaited = other == processor ? null : awaitedBy(other);
            if (awaited != null) {
                stuck.add(new Waiter(other, awaited, other.rip));
            }
        }
        while (stuck.removeIf(waiter -> canGoOn(waiter, stuck))) {
            if (stuck.isEmpty() || stuck.get(0).processor != processor) {
                return;
            }
        }
        if (!stuck.isEmpty() && stuck.get(0).processor == processor) {
            report(cycle(stuck));
        }
    }

    private @Nullable LockRecord awaitedBy(Processor processor) {
        return processor.waiting() == Processor.Wait.WRITE
                ? table.find(processor.watchedAddress())
                : null;
    }

    private boolean canGoOn(Waiter waiter, List<Waiter> stuck) {
        LockRecord lock = waiter.lock;
        if (!lock.isHeld()) {
            return true;
        }
        Processor owner = machine.processor(lock.ownerProcessor());
        if (owner.thread == lock.ownerThread() || lock.ownerThread() == 0) {
            return stuck.stream().noneMatch(w -> w.processor == owner);
        }
        long stuckMask = 0;
        for (Waiter other : stuck) {
            stuckMask |= 1L << other.processor.number();
        }
        return (threads.affinity(lock.ownerThread()) & ~stuckMask) != 0;
    }

    /** The waiters from the first one on, each followed by the one that owns its lock. */
    private List<Waiter> cycle(List<Waiter> stuck) {
        List<Waiter> cycle = new ArrayList<>();
        Waiter next = stuck.get(0);
        while (next != null && !cycle.contains(next)) {
            cycle.add(next);
            int owner = next.lock.ownerProcessor();
            next =
                    stuck.stream()
                            .filter(w -> w.processor.number() == owner)
                            .findFirst()
                            .orElse(null);
        }
        return cycle;
    }

    static Finding.Place owner(LockRecord lock) {
        return new Finding.Place(
                "acquired",
                lock.ownerSequence(),
                lock.ownerProcessor(),
                lock.ownerThread(),
                lock.ownerIrql(),
                lock.ownerCaller());
    }

    private void report(List<Waiter> cycle) {
        Waiter first = cycle.get(0);
        List<Finding.Place> places = new ArrayList<>();
        StringBuilder sentence = new StringBuilder();
        StringBuilder detail = new StringBuilder();
        for (Waiter waiter : cycle) {
            LockRecord lock = waiter.lock;
            Processor processor = waiter.processor;
            if (waiter != first) {
                places.add(Rules.here("waits", processor, waiter.place));
                sentence.append("; ");
            }
            places.add(owner(lock));
            sentence.append(
                    "cpu%d waits for %s, which cpu%d acquired in %s"
                            .formatted(
                                    processor.number(),
                                    lock.name(),
                                    lock.ownerProcessor(),
                                    images.name(lock.ownerCaller())));
            if (processor.number() == lock.ownerProcessor()) {
                sentence.append(" below on the same processor");
            }
            detail.append("\ncpu%d:\n".formatted(processor.number()))
                    .append(unwinder.stackOf(processor).text());
        }
        boolean recursion =
                cycle.size() == 1
                        && first.processor.number() == first.lock.ownerProcessor()
                        && first.processor.irql() == first.lock.ownerIrql();
        rules.broken(
                first.processor,
                new Violation(
                        recursion ? "SpinLock" : "Deadlock",
                        recursion ? "40009" : "1001",
                        Severity.ERROR,
                        sentence.toString(),
                        Violation.Verifier.detected(
                                recursion ? 0x1000 : 0x1001, first.lock.address(), 0, 0),
                        places),
                first.place);
        machine.end(RunEnd.DEADLOCK, sentence + detail.toString());
    }
}
