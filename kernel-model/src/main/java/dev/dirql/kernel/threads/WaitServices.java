package dev.dirql.kernel.threads;

import dev.dirql.kernel.Irql;
import dev.dirql.kernel.NtStatus;
import dev.dirql.kernel.irql.Irqls;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.Pending;
import dev.dirql.kernel.services.Resumes;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.traps.BugChecks;
import dev.dirql.kernel.traps.Exceptions;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;

/** Waits for one object, and for several. Source: WDK, the page of each routine. */
public final class WaitServices {
    private static final int MAXIMUM_WAIT_OBJECTS_EXCEEDED = 0x0C;
    private static final int STATUS_MUTANT_LIMIT_EXCEEDED = 0xC000_0191;
    private static final int OBJECTS_MAXIMUM = 64;
    private static final int OWN_BLOCKS = 3;

    /** Stands in a deadline for a wait that only looks. */
    static final long AT_ONCE = -1;

    private final Machine machine;
    private final ServiceEngine engine;
    private final Irqls irqls;
    private final Scheduler scheduler;
    private final Waits waits;
    private final AnnouncedWaits announced;
    private final WaitRules rules;
    private final BugChecks bugChecks;
    private final Exceptions exceptions;

    /**
     * @param atApcLevel whether threads may wait at APC_LEVEL
     */
    public WaitServices(
            Machine machine,
            ServiceEngine engine,
            Irqls irqls,
            Scheduler scheduler,
            Waits waits,
            AnnouncedWaits announced,
            Rules rules,
            BugChecks bugChecks,
            Exceptions exceptions,
            boolean atApcLevel) {
        this.machine = machine;
        this.engine = engine;
        this.irqls = irqls;
        this.scheduler = scheduler;
        this.waits = waits;
        this.announced = announced;
        this.rules = new WaitRules(machine, waits, rules, atApcLevel);
        this.bugChecks = bugChecks;
        this.exceptions = exceptions;
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
        int irql = announced.begin(processor);
        if (!rules.mayBegin(
                processor,
                "KeWaitForSingleObject",
                object.address(),
                irql,
                deadlineNs,
                timeoutPointer,
                caller)) {
            return Outcome.stay();
        }
        rules.checkStorage(processor, "KeWaitForSingleObject", object.address(), mode, caller);
        return machine.ended() != null
                ? Outcome.stay()
                : waitForOne(
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

    private Outcome waitForOne(Processor processor, WaitForObject wait, long caller) {
        DispatcherHeader object = new DispatcherHeader(processor.memory(), wait.object);
        if (Waits.isMutexAtLimit(object, processor.thread)) {
            return mutexAtLimit(processor, wait.irql, caller);
        }
        if (Waits.isFree(object, processor.thread)) {
            Waits.take(object, processor.thread, Waits.isRaised(wait.irql));
            return endOne(processor, wait, NtStatus.SUCCESS, caller);
        }
        if (wait.deadlineNs == AT_ONCE) {
            return endOne(processor, wait, NtStatus.TIMEOUT, caller);
        }
        if (wait.irql > Irql.APC_LEVEL) {
            return waits.switchAtRaisedIrql(processor, caller);
        }
        int interruption = waits.interruption(processor, wait.manner());
        if (interruption != NtStatus.SUCCESS) {
            return endOne(processor, wait, interruption, caller);
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

    private Outcome endOne(Processor processor, WaitForObject wait, int status, long caller) {
        irqls.set(processor, wait.irql, caller);
        if (status == NtStatus.SUCCESS) {
            DispatcherHeader object = new DispatcherHeader(processor.memory(), wait.object);
            waits.told(processor, object, wait.irql, caller, wait.sinceNs);
        }
        return Outcome.of(status);
    }

    @Resumes("KiCommitThreadWait")
    Outcome oneEnded(Processor processor, WaitForObject pending) {
        int status = scheduler.waitStatus(processor);
        long caller = engine.caller(processor);
        return status == NtStatus.KERNEL_APC
                ? waitForOne(processor, pending, caller)
                : endOne(processor, pending, status, caller);
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
        int irql = announced.begin(processor);
        if (!rules.mayBegin(
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
            rules.checkStorage(processor, "KeWaitForMultipleObjects", object, mode, caller);
        }
        if (blocks != 0 && machine.ended() == null) {
            rules.checkStack(processor, "KeWaitForMultipleObjects", "with", blocks, mode, caller);
        }
        long options =
                count
                        | (waitType & 0xFFL) << 8
                        | (reason & 0xFFL) << 16
                        | (mode & 0xFFL) << 24
                        | (alertable ? 1L << 32 : 0);
        return machine.ended() != null
                ? Outcome.stay()
                : waitForSeveral(
                        processor,
                        new WaitForObjects(
                                irql, objects, blocks, options, deadlineNs, processor.clockNs),
                        caller);
    }

    private Outcome waitForSeveral(Processor processor, WaitForObjects wait, long caller) {
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
            return endSeveral(processor, wait, firstFree, caller);
        }
        if (!any && free == objects.length) {
            for (long object : objects) {
                Waits.take(object(processor, object), processor.thread, raised);
            }
            return endSeveral(processor, wait, NtStatus.SUCCESS, caller);
        }
        if (wait.deadlineNs == AT_ONCE || objects.length == 0) {
            return endSeveral(processor, wait, NtStatus.TIMEOUT, caller);
        }
        if (wait.irql > Irql.APC_LEVEL) {
            return waits.switchAtRaisedIrql(processor, caller);
        }
        int interruption = waits.interruption(processor, wait.manner());
        if (interruption != NtStatus.SUCCESS) {
            return endSeveral(processor, wait, interruption, caller);
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

    private Outcome endSeveral(Processor processor, WaitForObjects wait, int status, long caller) {
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
    Outcome severalEnded(Processor processor, WaitForObjects pending) {
        int status = scheduler.waitStatus(processor);
        long caller = engine.caller(processor);
        return status == NtStatus.KERNEL_APC
                ? waitForSeveral(processor, pending, caller)
                : endSeveral(processor, pending, status, caller);
    }
}
