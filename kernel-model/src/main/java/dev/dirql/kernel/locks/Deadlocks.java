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

    /** Whether the thread that owns a lock is gone, so that nothing releases it. */
    private boolean hasLostOwner(LockRecord lock) {
        return lock.ownerThread() != 0
                && machine.processor(lock.ownerProcessor()).thread != lock.ownerThread()
                && threads.affinity(lock.ownerThread()) == 0;
    }

    /**
     * The waiters from the first one on, each followed by the one that owns its lock, up to a lock
     * whose owner is gone.
     */
    private List<Waiter> cycle(List<Waiter> stuck) {
        List<Waiter> cycle = new ArrayList<>();
        Waiter next = stuck.get(0);
        while (next != null && !cycle.contains(next)) {
            cycle.add(next);
            int owner = hasLostOwner(next.lock) ? LockRecord.FREE : next.lock.ownerProcessor();
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
                lock.ownerCaller(),
                List.of());
    }

    /** What a deadlock is called, and the subcode of Driver Verifier for it, 0 for none. */
    private enum Form {
        RECURSION("SpinLock", "40009", 0x1000),
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

    private Form form(List<Waiter> cycle) {
        if (hasLostOwner(cycle.get(cycle.size() - 1).lock)) {
            return Form.LOST;
        }
        return cycle.size() == 1 && isRecursive(cycle.get(0)) ? Form.RECURSION : Form.CYCLE;
    }

    private static boolean isRecursive(Waiter waiter) {
        LockRecord lock = waiter.lock;
        return waiter.processor.number() == lock.ownerProcessor()
                && waiter.processor.thread == lock.ownerThread()
                && waiter.processor.irql() == lock.ownerIrql();
    }

    private String sentence(Waiter waiter) {
        LockRecord lock = waiter.lock;
        int number = waiter.processor.number();
        String place = images.name(lock.ownerCaller());
        if (isRecursive(waiter)) {
            return "cpu%d already holds %s (acquired at %s) and asks for it again"
                    .formatted(number, lock.name(), place);
        }
        String wait =
                "cpu%d waits for %s, which cpu%d acquired in %s"
                        .formatted(number, lock.name(), lock.ownerProcessor(), place);
        if (hasLostOwner(lock)) {
            return wait
                    + " and never released: its thread 0x%x ended".formatted(lock.ownerThread());
        }
        boolean runs = machine.processor(lock.ownerProcessor()).thread == lock.ownerThread();
        if (!runs) {
            return wait + " for the thread 0x%x, which does not run".formatted(lock.ownerThread());
        }
        return number == lock.ownerProcessor() ? wait + " below on the same processor" : wait;
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
                places.add(rules.here("waits", processor, waiter.place));
                sentence.append("; ");
            }
            places.add(owner(lock));
            sentence.append(sentence(waiter));
            detail.append("\ncpu%d:\n".formatted(processor.number()))
                    .append(unwinder.stackOf(processor).text());
        }
        Form form = form(cycle);
        rules.broken(
                first.processor,
                new Violation(
                        form.rule,
                        form.id,
                        Severity.ERROR,
                        sentence.toString(),
                        form.subcode == 0
                                ? Violation.Verifier.NONE
                                : Violation.Verifier.detected(
                                        form.subcode, first.lock.address(), 0, 0),
                        places),
                first.place);
        machine.end(RunEnd.DEADLOCK, sentence + detail.toString());
    }
}
