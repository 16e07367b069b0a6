package dev.dirql.kernel.locks;

import dev.dirql.events.LockKind;
import dev.dirql.kernel.locks.InterlockedLists.Operation;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.Pending;
import dev.dirql.kernel.services.Resumes;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.traps.BugChecks;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;

/**
 * The ExInterlocked… routines with a spin lock: interrupts are disabled, the lock is acquired, the
 * list or number is changed, the lock is released, and interrupts are as before. The IRQL stays.
 * Source: WDK, the page of each routine; "Singly and doubly linked lists".
 */
public final class InterlockedServices {
    private final Machine machine;
    private final ServiceEngine engine;
    private final SpinLocks locks;
    private final InterlockedLists lists;

    public InterlockedServices(
            Machine machine,
            ServiceEngine engine,
            SpinLocks locks,
            BugChecks bugChecks,
            Rules rules) {
        this.machine = machine;
        this.engine = engine;
        this.locks = locks;
        lists = new InterlockedLists(bugChecks, rules);
    }

    /** Interrupts are disabled; now the lock. */
    record AcquireInterlocked(
            Operation operation,
            long target,
            long operand,
            long lock,
            boolean interrupts,
            boolean contended,
            long firstTryNs)
            implements Pending {}

    /** The lock is acquired; now the work. */
    record PerformInterlocked(
            Operation operation, long target, long operand, long lock, boolean interrupts)
            implements Pending {}

    /** The work is done; now the lock and the interrupts. */
    record ReleaseInterlocked(long lock, boolean interrupts, long result) implements Pending {}

    @Ddi("ExInterlockedInsertHeadList")
    Outcome insertHead(Processor processor, long head, long entry, long lock) {
        return begin(processor, Operation.INSERT_HEAD, head, entry, lock);
    }

    @Ddi("ExInterlockedInsertTailList")
    Outcome insertTail(Processor processor, long head, long entry, long lock) {
        return begin(processor, Operation.INSERT_TAIL, head, entry, lock);
    }

    @Ddi("ExInterlockedRemoveHeadList")
    Outcome removeHead(Processor processor, long head, long lock) {
        return begin(processor, Operation.REMOVE_HEAD, head, 0, lock);
    }

    @Ddi("ExInterlockedPushEntryList")
    Outcome push(Processor processor, long head, long entry, long lock) {
        return begin(processor, Operation.PUSH, head, entry, lock);
    }

    @Ddi("ExInterlockedPopEntryList")
    Outcome pop(Processor processor, long head, long lock) {
        return begin(processor, Operation.POP, head, 0, lock);
    }

    @Ddi("ExInterlockedAddLargeInteger")
    Outcome addLargeInteger(Processor processor, long addend, long increment, long lock) {
        return begin(processor, Operation.ADD_64, addend, increment, lock);
    }

    @Ddi("ExInterlockedAddUlong")
    Outcome addUlong(Processor processor, long addend, int increment, long lock) {
        return begin(processor, Operation.ADD_32, addend, increment, lock);
    }

    private static Outcome begin(
            Processor processor, Operation operation, long target, long operand, long lock) {
        boolean interrupts = processor.flags.interruptsEnabled();
        processor.flags.setInterruptsEnabled(false);
        return new Outcome.Then(
                new AcquireInterlocked(operation, target, operand, lock, interrupts, false, 0));
    }

    @Resumes("ExpAcquireInterlocked")
    Outcome acquire(Processor processor, AcquireInterlocked pending) {
        boolean acquired =
                locks.tryInterlocked(
                        processor,
                        pending.lock,
                        pending.operation.isOnList(),
                        engine.caller(processor),
                        pending.firstTryNs,
                        pending.contended);
        if (machine.hasEnded()) {
            return Outcome.stay();
        }
        if (acquired) {
            return new Outcome.Then(
                    new PerformInterlocked(
                            pending.operation,
                            pending.target,
                            pending.operand,
                            pending.lock,
                            pending.interrupts));
        }
        return new Outcome.Spin(
                processor.memory().physical(pending.lock),
                new AcquireInterlocked(
                        pending.operation,
                        pending.target,
                        pending.operand,
                        pending.lock,
                        pending.interrupts,
                        true,
                        pending.contended ? pending.firstTryNs : processor.clockNs));
    }

    @Resumes("ExpPerformInterlocked")
    Outcome perform(Processor processor, PerformInterlocked pending) {
        long result =
                lists.perform(
                        processor,
                        pending.operation,
                        pending.target,
                        pending.operand,
                        engine.caller(processor));
        return machine.hasEnded()
                ? Outcome.stay()
                : new Outcome.Then(
                        new ReleaseInterlocked(pending.lock, pending.interrupts, result));
    }

    @Resumes("ExpReleaseInterlocked")
    Outcome release(Processor processor, ReleaseInterlocked pending) {
        locks.release(
                processor,
                pending.lock,
                LockKind.INTERLOCKED_SPIN_LOCK,
                processor.irql(),
                engine.caller(processor));
        if (machine.hasEnded()) {
            return Outcome.stay();
        }
        processor.flags.setInterruptsEnabled(pending.interrupts);
        return new Outcome.Return(pending.result);
    }
}
