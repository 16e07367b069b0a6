package dev.dirql.kernel.locks;

import static dev.dirql.events.LockKind.EXCLUSIVE_SPIN_LOCK;
import static dev.dirql.events.LockKind.READER_WRITER_SPIN_LOCK;
import static dev.dirql.events.LockKind.SHARED_SPIN_LOCK;

import dev.dirql.events.Finding;
import dev.dirql.events.LockKind;
import dev.dirql.events.Severity;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.rules.Violation;
import dev.dirql.kernel.rules.Violation.Verifier;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The word of a reader/writer spin lock, an EX_SPIN_LOCK of 32 bits. A writer that waits keeps new
 * readers out. WDK, "Reader/writer spin locks".
 *
 * <pre>
 * bit 31      a writer has the lock, or will have it when the readers are gone
 * bit 30      another writer waits
 * bits 0-29   the number of readers
 * </pre>
 */
final class ReaderWriterSpinLocks {
    /** A writer has it, or is the next to have it. */
    static final long CLAIMED = 0x8000_0000L;

    private static final long WRITER_WAITS = 0x4000_0000L;
    private static final long READERS = 0x3FFF_FFFFL;

    private final Machine machine;
    private final LockTable table;
    private final Deadlocks deadlocks;
    private final Rules rules;
    private final LockInitialization initialization;

    ReaderWriterSpinLocks(Machine machine, LockTable table, Deadlocks deadlocks, Rules rules) {
        this.machine = machine;
        this.table = table;
        this.deadlocks = deadlocks;
        this.rules = rules;
        initialization = new LockInitialization(table, rules);
    }

    /**
     * An acquisition.
     *
     * @param kind shared or exclusive
     * @param contended whether a try failed before, at {@code firstTryNs}
     * @param claimed whether this writer is the next to have the lock
     */
    record Try(
            long lock,
            LockKind kind,
            int irqlBefore,
            boolean contended,
            long firstTryNs,
            boolean claimed) {}

    /** Tries; gives null if it is acquired, else what to try next. The run may have ended. */
    @Nullable Try attempt(Processor processor, Try attempt, long caller) {
        LockRecord lock = table.at(processor, attempt.lock, READER_WRITER_SPIN_LOCK);
        processor.memory().probe(attempt.lock, Integer.BYTES, true);
        long word = processor.memory().load32(attempt.lock);
        if (!attempt.contended) {
            initialization.check(processor, lock, word, caller);
            checkRecursion(processor, lock, attempt.kind, caller);
        }
        if (machine.hasEnded()) {
            return attempt;
        }
        boolean claimed = attempt.claimed;
        boolean acquired;
        if (attempt.kind == SHARED_SPIN_LOCK) {
            acquired = (word & (CLAIMED | WRITER_WAITS)) == 0;
            if (acquired) {
                processor.memory().store32(attempt.lock, word + 1);
            }
        } else {
            if (!claimed && (word & CLAIMED) == 0) {
                claimed = true;
                // Other writers that wait say so again.
                processor.memory().store32(attempt.lock, (word & READERS) | CLAIMED);
            } else if (!claimed && (word & WRITER_WAITS) == 0) {
                processor.memory().store32(attempt.lock, word | WRITER_WAITS);
            }
            acquired = claimed && (word & READERS) == 0;
        }
        if (acquired) {
            acquired(processor, lock, attempt, caller);
            return null;
        }
        long firstTryNs = attempt.contended ? attempt.firstTryNs : processor.clockNs;
        if (!attempt.contended) {
            table.contended(processor, lock, attempt.kind, caller);
            table.waits(
                    new LockWaiter(
                            lock,
                            attempt.kind,
                            processor.number(),
                            processor.thread,
                            caller,
                            processor.memory().physical(attempt.lock)));
        }
        deadlocks.check(processor, lock, caller);
        return new Try(attempt.lock, attempt.kind, attempt.irqlBefore, true, firstTryNs, claimed);
    }

    private void acquired(Processor processor, LockRecord lock, Try attempt, long caller) {
        LockWaiter waiter = attempt.contended ? table.waiter(processor.number(), lock) : null;
        if (waiter != null) {
            table.waitEnds(waiter);
        }
        table.acquired(
                processor,
                lock,
                attempt.kind,
                attempt.irqlBefore,
                caller,
                attempt.contended ? attempt.firstTryNs : processor.clockNs,
                0);
    }

    /** A reader becomes the writer, if it is the only reader and no writer waits. */
    boolean tryToConvert(Processor processor, long address, long caller) {
        LockRecord lock = table.at(processor, address, READER_WRITER_SPIN_LOCK);
        processor.memory().probe(address, Integer.BYTES, true);
        long word = processor.memory().load32(address);
        checkIsHeld(processor, lock, SHARED_SPIN_LOCK, "converted", caller);
        if (machine.hasEnded()) {
            return false;
        }
        if (word != 1) {
            table.tryFailed(processor, lock, EXCLUSIVE_SPIN_LOCK, caller);
            return false;
        }
        processor.memory().store32(address, CLAIMED);
        table.converted(processor, lock, caller);
        return true;
    }

    /**
     * Releases, whoever holds it and however: retail NT only counts down, or clears the bit.
     *
     * @param irqlAfter IRQL to which the routine will return
     */
    void release(Processor processor, long address, LockKind kind, int irqlAfter, long caller) {
        LockRecord lock = table.at(processor, address, READER_WRITER_SPIN_LOCK);
        processor.memory().probe(address, Integer.BYTES, true);
        long word = processor.memory().load32(address);
        checkIsHeld(processor, lock, kind, "released", caller);
        if (machine.hasEnded()) {
            return;
        }
        processor.memory().store32(address, kind == SHARED_SPIN_LOCK ? word - 1 : word & ~CLAIMED);
        table.released(processor, lock, kind, irqlAfter, caller);
    }

    /** A reader that reads again waits for a writer that waits for it. */
    private void checkRecursion(Processor processor, LockRecord lock, LockKind kind, long caller) {
        for (LockHolder holder : lock.holders()) {
            if (holder.processor() == processor.number()
                    && holder.thread() == processor.thread
                    && kind == SHARED_SPIN_LOCK
                    && holder.kind() == SHARED_SPIN_LOCK) {
                rules.broken(
                        processor,
                        new Violation(
                                "ReaderWriterSpinLockRecursion",
                                "",
                                Severity.ERROR,
                                "cpu%d already holds %s and asks for it again"
                                        .formatted(processor.number(), lock.name()),
                                Verifier.NONE,
                                List.of(Deadlocks.owner(holder))),
                        caller);
                return;
            }
        }
    }

    private void checkIsHeld(
            Processor processor, LockRecord lock, LockKind kind, String what, long caller) {
        LockHolder other = null;
        for (LockHolder holder : lock.holders()) {
            if (holder.kind() == kind && holder.processor() == processor.number()) {
                return;
            }
            other = holder;
        }
        String name = lock.name();
        if (other == null) {
            broken(
                    processor,
                    "1007",
                    "%s is %s, but nobody holds it".formatted(name, what),
                    Verifier.detected(0x1007, lock.address(), 0, 0),
                    List.of(),
                    caller);
        } else if (other.kind() != kind) {
            broken(
                    processor,
                    "1009",
                    "%s is %s as %s and was acquired as %s"
                            .formatted(name, what, kind.text(), other.kind().text()),
                    Verifier.detected(0x1009, lock.address(), 0, 0),
                    List.of(Deadlocks.owner(other)),
                    caller);
        } else {
            broken(
                    processor,
                    "1004",
                    "%s is %s by cpu%d, but cpu%d acquired it"
                            .formatted(name, what, processor.number(), other.processor()),
                    Verifier.detected(0x1004, lock.address(), other.thread(), processor.thread),
                    List.of(Deadlocks.owner(other)),
                    caller);
        }
    }

    private void broken(
            Processor processor,
            String id,
            String message,
            Verifier verifier,
            List<Finding.Place> places,
            long caller) {
        rules.broken(
                processor,
                new Violation(
                        "ReaderWriterSpinLockRelease",
                        id,
                        Severity.ERROR,
                        message,
                        verifier,
                        places),
                caller);
    }
}
