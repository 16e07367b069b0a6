package dev.dirql.kernel.locks;

import dev.dirql.events.Finding;
import dev.dirql.events.LockKind;
import dev.dirql.events.Severity;
import dev.dirql.kernel.Irql;
import dev.dirql.kernel.images.LoadedImages;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.rules.Violation;
import dev.dirql.kernel.rules.Violation.Verifier;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What a thread may not do while it holds spin locks. */
public final class HeldLocks implements StatePart {
    /** For {@link #returned}: the routine's caller can hold no spin lock. */
    public static final long ANY_TIME = -1;

    private final Machine machine;
    private final LockTable table;
    private final Rules rules;
    private final LoadedImages images;

    /** Acquisitions after which a routine returned, by their sequence numbers. */
    private TreeSet<Long> told = new TreeSet<>();

    public HeldLocks(Machine machine, LockTable table, Rules rules, LoadedImages images) {
        this.machine = machine;
        this.table = table;
        this.rules = rules;
        this.images = images;
    }

    /**
     * A routine of a driver returned, which must have released what it acquired. WDK, "SpinLockDpc
     * rule".
     *
     * @param sinceNs what was acquired then or before is not the routine's
     */
    public void returned(Processor processor, long routine, long sinceNs) {
        List<LockTable.Held> left =
                table.heldBy(processor.number()).stream()
                        .filter(held -> held.holder().thread() == processor.thread)
                        .filter(held -> held.holder().sinceNs() > sinceNs)
                        .filter(held -> !told.contains(held.holder().sequence()))
                        .toList();
        if (left.isEmpty() || machine.hasEnded()) {
            return;
        }
        left.forEach(held -> told.add(held.holder().sequence()));
        rules.broken(
                processor,
                new Violation(
                        "SpinLockDpc",
                        "",
                        Severity.ERROR,
                        "%s returned holding %s"
                                .formatted(
                                        images.name(routine),
                                        left.stream()
                                                .map(held -> held.lock().name())
                                                .collect(Collectors.joining(" and "))),
                        Verifier.NONE,
                        left.stream().map(held -> Deadlocks.owner(held.holder())).toList()),
                routine);
    }

    /**
     * A processor lowered its IRQL: a thread that holds a spin lock must stay at its level, or
     * another one may run here and want the same lock. WDK, "Bug Check 0xF".
     *
     * @param caller the code that lowered it
     */
    public void lowered(Processor processor, int to, long caller) {
        List<LockTable.Held> held = table.heldBy(processor.number());
        for (int i = 0; i < held.size() && !machine.hasEnded(); i++) {
            LockRecord lock = held.get(i).lock();
            LockHolder holder = held.get(i).holder();
            if (to < leastIrql(holder)
                    && holder.thread() == processor.thread
                    && !told.contains(holder.sequence())) {
                rules.broken(
                        processor,
                        new Violation(
                                "IrqlBelowHeldLock",
                                "",
                                Severity.ERROR,
                                "cpu%d lowers the IRQL to %s and still holds %s, which needs %s"
                                        .formatted(
                                                processor.number(),
                                                Irql.name(to),
                                                lock.name(),
                                                Irql.name(leastIrql(holder))),
                                Verifier.NONE,
                                List.of(Deadlocks.owner(holder))),
                        caller);
            }
        }
    }

    /** An executive spin lock may be taken above its level, at which it need not stay. */
    private static int leastIrql(LockHolder holder) {
        return holder.kind() == LockKind.INTERRUPT_SPIN_LOCK
                ? holder.irql()
                : Math.min(holder.irql(), Irql.DISPATCH_LEVEL);
    }

    /**
     * Memory goes, and with it the locks in it: nobody may hold one. WDK, "Bug Check 0xC4", subcode
     * 0x100B.
     *
     * @param what the memory in words, as in "pool that is freed"
     * @param caller the code that frees it
     */
    public void goes(Processor processor, String what, long start, long size, long caller) {
        for (int i = 0; i < machine.processorCount(); i++) {
            for (LockTable.Held held : List.copyOf(table.heldBy(i))) {
                LockHolder holder = held.holder();
                if (Long.compareUnsigned(held.lock().address() - start, size) < 0
                        && !machine.hasEnded()) {
                    rules.broken(
                            processor,
                            freed(
                                    held.lock().name(),
                                    held.lock().address(),
                                    what,
                                    holder.thread(),
                                    Deadlocks.owner(holder)),
                            caller);
                }
            }
        }
    }

    /** What is broken when a lock is held in memory that goes. */
    public static Violation freed(
            String name, long lock, String what, long owner, Finding.Place acquired) {
        return new Violation(
                "LockFreedWhileHeld",
                "100B",
                Severity.ERROR,
                "the lock %s at 0x%x is held, and is in %s".formatted(name, lock, what),
                Verifier.detected(0x100B, lock, owner, 0),
                List.of(acquired));
    }

    /**
     * A thread ends. WDK, "Bug Check 0xC4", subcode 0x100A.
     *
     * @param caller the code that ends it, or 0 if its routine returned
     */
    public void threadEnds(Processor processor, long thread, long caller) {
        for (int i = 0; i < machine.processorCount(); i++) {
            for (LockTable.Held held : List.copyOf(table.heldBy(i))) {
                LockHolder holder = held.holder();
                if (holder.thread() == thread && !machine.hasEnded()) {
                    rules.broken(
                            processor,
                            new Violation(
                                    "ThreadEndsWithLock",
                                    "100A",
                                    Severity.ERROR,
                                    "the thread 0x%x ends and still holds %s"
                                            .formatted(thread, held.lock().name()),
                                    Verifier.detected(0x100A, thread, 0, 0),
                                    List.of(Deadlocks.owner(holder))),
                            caller != 0 ? caller : holder.caller());
                }
            }
        }
    }

    @Override
    public void save(StateWriter out) {
        out.reference(new TreeSet<>(told));
    }

    @Override
    @SuppressWarnings("unchecked")
    public void restore(StateReader in) {
        told = new TreeSet<>((TreeSet<Long>) in.reference(TreeSet.class));
    }
}
