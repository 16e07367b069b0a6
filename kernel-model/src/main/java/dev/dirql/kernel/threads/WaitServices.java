package dev.dirql.kernel.threads;

import dev.dirql.events.Severity;
import dev.dirql.kernel.Irql;
import dev.dirql.kernel.KernelMemory;
import dev.dirql.kernel.NtStatus;
import dev.dirql.kernel.irql.Irqls;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.rules.Violation;
import dev.dirql.kernel.rules.Violation.Verifier;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.Pending;
import dev.dirql.kernel.services.Resumes;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.traps.BugChecks;
import dev.dirql.kernel.traps.Exceptions;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;
import java.util.List;

/** Events, waits and delays. Source: WDK, the page of each routine. */
public final class WaitServices {
    private static final int MAXIMUM_WAIT_OBJECTS_EXCEEDED = 0x0C;
    private static final int STATUS_MUTANT_LIMIT_EXCEEDED = 0xC000_0191;
    private static final int OBJECTS_MAXIMUM = 64;
    private static final int OWN_BLOCKS = 3;
    private static final int USER_MODE = 1;

    /** Stands in a deadline for a wait that only looks. */
    private static final long AT_ONCE = -1;

    private final Machine machine;
    private final ServiceEngine engine;
    private final Irqls irqls;
    private final Scheduler scheduler;
    private final Waits waits;
    private final Rules rules;
    private final BugChecks bugChecks;
    private final Exceptions exceptions;
    private final boolean atApcLevel;

    /**
     * @param atApcLevel whether threads may wait at APC_LEVEL
     */
    public WaitServices(
            Machine machine,
            ServiceEngine engine,
            Irqls irqls,
            Scheduler scheduler,
            Waits waits,
            Rules rules,
            BugChecks bugChecks,
            Exceptions exceptions,
            boolean atApcLevel) {
        this.machine = machine;
        this.engine = engine;
        this.irqls = irqls;
        this.scheduler = scheduler;
        this.waits = waits;
        this.rules = rules;
        this.bugChecks = bugChecks;
        this.exceptions = exceptions;
        this.atApcLevel = atApcLevel;
    }

    /** A wait for one object, begun or begun again after an APC. */
    record WaitForObject(
            int irql,
            long object,
            int reason,
            byte mode,
            boolean alertable,
            long deadlineNs,
            long sinceNs)
            implements Pending {
        Waits.Manner manner() {
            return new Waits.Manner(mode, reason, alertable, deadlineNs);
        }
    }

    /**
     * A wait for several objects.
     *
     * @param objects address of the array of their addresses
     * @param blocks address of the array of wait blocks, or 0
     * @param options count, type, reason, mode and alertable, a byte each
     */
    record WaitForObjects(
            int irql, long objects, long blocks, long options, long deadlineNs, long sinceNs)
            implements Pending {
        int count() {
            return (int) options & 0xFF;
        }

        int waitType() {
            return (int) (options >>> 8) & 0xFF;
        }

        Waits.Manner manner() {
            return new Waits.Manner(
                    (int) (options >>> 24) & 0xFF,
                    (int) (options >>> 16) & 0xFF,
                    (options >>> 32 & 0xFF) != 0,
                    deadlineNs);
        }
    }

    /** A delay, begun or begun again after an APC. */
    record Delay(int irql, byte mode, boolean alertable, long deadlineNs) implements Pending {}

    @Ddi("KeInitializeEvent")
    void initialize(Processor processor, long event, int type, boolean state) {
        waits.eventInitialized(processor, event, engine.caller(processor));
        if (machine.ended() != null) {
            return;
        }
        new DispatcherHeader(processor.memory(), event)
                .initialize(
                        type == 1
                                ? DispatcherHeader.SYNCHRONIZATION_EVENT
                                : DispatcherHeader.NOTIFICATION_EVENT,
                        DispatcherHeader.SIZE,
                        state);
    }

    @Ddi(
            value = "KeSetEvent",
            maximum = Irql.DISPATCH_LEVEL,
            rule = "IrqlKeSetEvent",
            verifier = 0x80)
    int set(Processor processor, DispatcherHeader event, int increment, boolean wait) {
        long caller = engine.caller(processor);
        int irql = processor.irql();
        if (wait && irql > Irql.APC_LEVEL) {
            rules.broken(
                    processor,
                    Violation.error(
                            "IrqlKeSetEvent",
                            "20016",
                            "KeSetEvent with Wait is called at %s, above APC_LEVEL"
                                    .formatted(Irql.name(irql)),
                            Verifier.detected(0x20016, 0, 0, 0)),
                    caller);
            if (machine.ended() != null) {
                return 0;
            }
        }
        int before = waits.signal(processor, event, caller);
        stayRaised(processor, wait, irql, caller);
        return before;
    }

    /** A wait must follow, which starts before anybody else runs here. */
    void stayRaised(Processor processor, boolean wait, int irql, long caller) {
        if (wait) {
            KernelThread thread = scheduler.current(processor);
            thread.waitNext = true;
            Scheduler.view(processor, thread).setWaitIrql(irql);
            irqls.set(processor, Irql.DISPATCH_LEVEL, caller);
        }
    }

    @Ddi(
            value = "KePulseEvent",
            header = "ntddk.h",
            maximum = Irql.DISPATCH_LEVEL,
            rule = "IrqlKeDispatchLte")
    int pulse(Processor processor, DispatcherHeader event, int increment, boolean wait) {
        long caller = engine.caller(processor);
        int irql = processor.irql();
        int before = waits.signal(processor, event, caller);
        if (machine.ended() == null) {
            event.setSignaled(false);
            stayRaised(processor, wait, irql, caller);
        }
        return before;
    }

    @Ddi(value = "KeResetEvent", maximum = Irql.DISPATCH_LEVEL, rule = "IrqlKeDispatchLte")
    int reset(Processor processor, DispatcherHeader event) {
        int before = event.signalState();
        event.setSignaled(false);
        return before;
    }

    @Ddi(value = "KeClearEvent", maximum = Irql.DISPATCH_LEVEL, rule = "IrqlKeDispatchLte")
    void clear(Processor processor, DispatcherHeader event) {
        event.setSignaled(false);
    }

    @Ddi(value = "KeReadStateEvent")
    int readState(Processor processor, DispatcherHeader event) {
        return event.signalState();
    }

    @Ddi(
            value = "KeWaitForSingleObject",
            maximum = Irql.DISPATCH_LEVEL,
            rule = "IrqlKeWaitForSingleObject",
            verifier = 0x3B)
    Outcome waitForSingleObject(
            Processor processor,
            DispatcherHeader object,
            int reason,
            byte mode,
            boolean alertable,
            long timeoutPointer) {
        long caller = engine.caller(processor);
        processor.memory().probe(object.address(), DispatcherHeader.SIZE, true);
        long deadlineNs = deadlineNs(processor, timeoutPointer);
        int irql = beginAt(processor);
        if (!mayBegin(
                processor,
                "KeWaitForSingleObject",
                object.address(),
                irql,
                deadlineNs,
                timeoutPointer,
                caller)) {
            return Outcome.stay();
        }
        checkStorage(processor, "KeWaitForSingleObject", object.address(), mode, caller);
        return machine.ended() != null
                ? Outcome.stay()
                : waitFor(
                        processor,
                        new WaitForObject(
                                irql,
                                object.address(),
                                reason,
                                mode,
                                alertable,
                                deadlineNs,
                                processor.clockNs),
                        caller);
    }

    private long deadlineNs(Processor processor, long timeoutPointer) {
        if (timeoutPointer == 0) {
            return KernelThread.NEVER;
        }
        long timeout = processor.memory().load64(timeoutPointer);
        return timeout == 0 ? AT_ONCE : SystemTime.deadlineNs(timeout, processor.clockNs);
    }

    /** The IRQL at which the wait was called, or the routine whose Wait argument announced it. */
    private int beginAt(Processor processor) {
        KernelThread thread = scheduler.current(processor);
        boolean announced = thread.waitNext;
        thread.waitNext = false;
        return announced ? Scheduler.view(processor, thread).waitIrql() : processor.irql();
    }

    private boolean mayBegin(
            Processor processor,
            String routine,
            long object,
            int irql,
            long deadlineNs,
            long timeoutPointer,
            long caller) {
        if (deadlineNs != AT_ONCE && irql > Irql.APC_LEVEL) {
            waitAtRaisedIrql(processor, routine, object, irql, timeoutPointer, caller);
        } else if (deadlineNs != AT_ONCE && irql == Irql.APC_LEVEL && !atApcLevel) {
            waitAtApcLevel(processor, routine, caller);
        }
        return machine.ended() == null;
    }

    /** WDK, "Managing Hardware Priorities": only routines at PASSIVE_LEVEL may wait safely. */
    private void waitAtApcLevel(Processor processor, String routine, long caller) {
        rules.broken(
                processor,
                new Violation(
                        "WaitAtApcLevel",
                        "",
                        Severity.WARNING,
                        "%s is called at APC_LEVEL, above PASSIVE_LEVEL".formatted(routine),
                        Verifier.NONE,
                        List.of()),
                caller);
    }

    private Outcome waitFor(Processor processor, WaitForObject wait, long caller) {
        DispatcherHeader object = new DispatcherHeader(processor.memory(), wait.object);
        if (Waits.isMutexAtLimit(object, processor.thread)) {
            return mutexAtLimit(processor, wait.irql, caller);
        }
        if (Waits.isFree(object, processor.thread)) {
            Waits.take(object, processor.thread, Waits.isRaised(wait.irql));
            return end(processor, wait, NtStatus.SUCCESS, caller);
        }
        if (wait.deadlineNs == AT_ONCE) {
            return end(processor, wait, NtStatus.TIMEOUT, caller);
        }
        if (wait.irql > Irql.APC_LEVEL) {
            return waits.switchAtRaisedIrql(processor, caller);
        }
        int interruption = waits.interruption(processor, wait.manner());
        if (interruption != NtStatus.SUCCESS) {
            return end(processor, wait, interruption, caller);
        }
        waits.begin(
                processor, new long[] {wait.object}, KThread.WAIT_ANY, 0, wait.manner(), caller);
        return machine.ended() != null ? Outcome.stay() : new Outcome.Block(wait);
    }

    /** WDK, KeWaitForSingleObject: a mutex may be acquired MINLONG times. */
    private Outcome mutexAtLimit(Processor processor, int irql, long caller) {
        irqls.set(processor, irql, caller);
        exceptions.raised(processor, STATUS_MUTANT_LIMIT_EXCEEDED);
        return Outcome.stay();
    }

    private Outcome end(Processor processor, WaitForObject wait, int status, long caller) {
        irqls.set(processor, wait.irql, caller);
        if (status == NtStatus.SUCCESS) {
            DispatcherHeader object = new DispatcherHeader(processor.memory(), wait.object);
            waits.told(processor, object, wait.irql, caller, wait.sinceNs);
        }
        return Outcome.of(status);
    }

    private int status(Processor processor) {
        return Scheduler.view(processor, scheduler.current(processor)).waitStatus();
    }

    @Resumes("KiCommitThreadWait")
    Outcome ended(Processor processor, WaitForObject pending) {
        int status = status(processor);
        long caller = engine.caller(processor);
        return status == NtStatus.KERNEL_APC
                ? waitFor(processor, pending, caller)
                : end(processor, pending, status, caller);
    }

    @Ddi(
            value = "KeWaitForMultipleObjects",
            maximum = Irql.DISPATCH_LEVEL,
            rule = "IrqlKeWaitForMultipleObjects",
            verifier = 0x3B)
    Outcome waitForMultipleObjects(
            Processor processor,
            int count,
            long objects,
            int waitType,
            int reason,
            byte mode,
            boolean alertable,
            long timeoutPointer,
            long blocks) {
        long caller = engine.caller(processor);
        if (Integer.compareUnsigned(count, OBJECTS_MAXIMUM) > 0
                || (blocks == 0 && count > OWN_BLOCKS)) {
            bugChecks.raise(processor, MAXIMUM_WAIT_OBJECTS_EXCEEDED, 0, 0, 0, 0, caller);
            return Outcome.stay();
        }
        long deadlineNs = deadlineNs(processor, timeoutPointer);
        for (int i = 0; i < count; i++) {
            long object = processor.memory().load64(objects + 8L * i);
            processor.memory().probe(object, DispatcherHeader.SIZE, true);
        }
        if (blocks != 0) {
            processor.memory().probe(blocks, (long) KThread.WAIT_BLOCK_BYTES * count, true);
        }
        int irql = beginAt(processor);
        if (!mayBegin(
                processor,
                "KeWaitForMultipleObjects",
                objects,
                irql,
                deadlineNs,
                timeoutPointer,
                caller)) {
            return Outcome.stay();
        }
        for (int i = 0; i < count && machine.ended() == null; i++) {
            long object = processor.memory().load64(objects + 8L * i);
            checkStorage(processor, "KeWaitForMultipleObjects", object, mode, caller);
        }
        if (blocks != 0 && machine.ended() == null) {
            checkStack(processor, "KeWaitForMultipleObjects", "with", blocks, mode, caller);
        }
        long options =
                count
                        | (waitType & 0xFFL) << 8
                        | (reason & 0xFFL) << 16
                        | (mode & 0xFFL) << 24
                        | (alertable ? 1L << 32 : 0);
        return machine.ended() != null
                ? Outcome.stay()
                : waitFor(
                        processor,
                        new WaitForObjects(
                                irql, objects, blocks, options, deadlineNs, processor.clockNs),
                        caller);
    }

    private Outcome waitFor(Processor processor, WaitForObjects wait, long caller) {
        long[] objects = new long[wait.count()];
        int free = 0;
        int firstFree = -1;
        for (int i = 0; i < objects.length; i++) {
            objects[i] = processor.memory().load64(wait.objects + 8L * i);
            if (Waits.isFree(object(processor, objects[i]), processor.thread)) {
                free++;
                firstFree = firstFree < 0 ? i : firstFree;
            }
        }
        boolean any = wait.waitType() == KThread.WAIT_ANY;
        boolean raised = Waits.isRaised(wait.irql);
        int from = any ? Math.max(firstFree, 0) : 0;
        int taken = any ? Math.min(free, 1) : free == objects.length ? free : 0;
        for (int i = from; i < from + taken; i++) {
            if (Waits.isMutexAtLimit(object(processor, objects[i]), processor.thread)) {
                return mutexAtLimit(processor, wait.irql, caller);
            }
        }
        if (any && firstFree >= 0) {
            Waits.take(object(processor, objects[firstFree]), processor.thread, raised);
            return end(processor, wait, firstFree, caller);
        }
        if (!any && free == objects.length) {
            for (long object : objects) {
                Waits.take(object(processor, object), processor.thread, raised);
            }
            return end(processor, wait, NtStatus.SUCCESS, caller);
        }
        if (wait.deadlineNs == AT_ONCE || objects.length == 0) {
            return end(processor, wait, NtStatus.TIMEOUT, caller);
        }
        if (wait.irql > Irql.APC_LEVEL) {
            return waits.switchAtRaisedIrql(processor, caller);
        }
        int interruption = waits.interruption(processor, wait.manner());
        if (interruption != NtStatus.SUCCESS) {
            return end(processor, wait, interruption, caller);
        }
        waits.begin(
                processor,
                objects,
                any ? KThread.WAIT_ANY : KThread.WAIT_ALL,
                wait.blocks,
                wait.manner(),
                caller);
        return machine.ended() != null ? Outcome.stay() : new Outcome.Block(wait);
    }

    private static DispatcherHeader object(Processor processor, long address) {
        return new DispatcherHeader(processor.memory(), address);
    }

    private Outcome end(Processor processor, WaitForObjects wait, int status, long caller) {
        irqls.set(processor, wait.irql, caller);
        boolean any = wait.waitType() == KThread.WAIT_ANY;
        for (int i = 0; i < wait.count(); i++) {
            if (any ? status == i : status == NtStatus.SUCCESS) {
                long object = processor.memory().load64(wait.objects + 8L * i);
                waits.told(processor, object(processor, object), wait.irql, caller, wait.sinceNs);
            }
        }
        return Outcome.of(status);
    }

    @Resumes("KiCommitThreadWaits")
    Outcome ended(Processor processor, WaitForObjects pending) {
        int status = status(processor);
        long caller = engine.caller(processor);
        return status == NtStatus.KERNEL_APC
                ? waitFor(processor, pending, caller)
                : end(processor, pending, status, caller);
    }

    @Ddi(value = "KeDelayExecutionThread", maximum = Irql.APC_LEVEL, rule = "IrqlKeApcLte1")
    Outcome delay(Processor processor, byte mode, boolean alertable, long intervalPointer) {
        long caller = engine.caller(processor);
        long interval = processor.memory().load64(intervalPointer);
        if (processor.irql() > Irql.APC_LEVEL) {
            return waits.switchAtRaisedIrql(processor, caller);
        }
        long deadlineNs = SystemTime.deadlineNs(interval, processor.clockNs);
        return delay(processor, new Delay(processor.irql(), mode, alertable, deadlineNs), caller);
    }

    private Outcome delay(Processor processor, Delay delay, long caller) {
        Waits.Manner manner = new Waits.Manner(delay.mode, 0, delay.alertable, delay.deadlineNs);
        int interruption = waits.interruption(processor, manner);
        if (interruption != NtStatus.SUCCESS) {
            return Outcome.of(interruption);
        }
        waits.beginDelay(processor, manner, caller);
        return new Outcome.Block(delay);
    }

    @Resumes("KiCommitThreadDelay")
    Outcome ended(Processor processor, Delay pending) {
        int status = status(processor);
        long caller = engine.caller(processor);
        if (status == NtStatus.KERNEL_APC && processor.clockNs < pending.deadlineNs) {
            return delay(processor, pending, caller);
        }
        irqls.set(processor, pending.irql, caller);
        return Outcome.of(status == NtStatus.KERNEL_APC ? NtStatus.SUCCESS : status);
    }

    private void waitAtRaisedIrql(
            Processor processor,
            String routine,
            long object,
            int irql,
            long timeoutPointer,
            long caller) {
        boolean several = routine.equals("KeWaitForMultipleObjects");
        rules.broken(
                processor,
                Violation.error(
                        several ? "IrqlKeWaitForMultipleObjects" : "IrqlKeWaitForSingleObject",
                        "3B",
                        "%s may wait for 0x%x at %s, above APC_LEVEL"
                                .formatted(routine, object, Irql.name(irql)),
                        Verifier.detected(0x3B, irql, object, timeoutPointer)),
                caller);
    }

    private void checkStorage(
            Processor processor, String routine, long object, int mode, long caller) {
        waits.check(processor, new DispatcherHeader(processor.memory(), object), caller);
        if (machine.ended() != null) {
            return;
        }
        checkStack(processor, routine, "for", object, mode, caller);
        if (mode == USER_MODE
                && new DispatcherHeader(processor.memory(), object).type()
                        == DispatcherHeader.MUTANT
                && machine.ended() == null) {
            rules.broken(
                    processor,
                    Violation.error(
                            "MutexWaitInUserMode",
                            "",
                            "%s waits in user mode for the mutex at 0x%x"
                                    .formatted(routine, object),
                            Verifier.NONE),
                    caller);
        }
    }

    /**
     * A stack may be paged out during a wait in user mode, and so must hold neither the object nor
     * the wait blocks. WDK, "Bug Check 0xC4", 0x123, and KeWaitForMultipleObjects.
     */
    private void checkStack(
            Processor processor,
            String routine,
            String preposition,
            long address,
            int mode,
            long caller) {
        if (mode == USER_MODE && KernelMemory.isStack(address)) {
            rules.broken(
                    processor,
                    Violation.error(
                            "UserModeWaitOnStack",
                            "123",
                            "%s waits in user mode %s 0x%x on a kernel stack, which may page out"
                                    .formatted(routine, preposition, address),
                            Verifier.detected(0x123, address, 0, 0)),
                    caller);
        }
    }
}
