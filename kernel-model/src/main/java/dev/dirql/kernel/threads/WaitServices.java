package dev.dirql.kernel.threads;

import dev.dirql.kernel.Irql;
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
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;

/** Events, waits and delays. Source: WDK, the page of each routine. */
public final class WaitServices {
    private static final int ATTEMPTED_SWITCH_FROM_DPC = 0xB8;

    private final Machine machine;
    private final ServiceEngine engine;
    private final Irqls irqls;
    private final Scheduler scheduler;
    private final Waits waits;
    private final Rules rules;
    private final BugChecks bugChecks;

    public WaitServices(
            Machine machine,
            ServiceEngine engine,
            Irqls irqls,
            Scheduler scheduler,
            Waits waits,
            Rules rules,
            BugChecks bugChecks) {
        this.machine = machine;
        this.engine = engine;
        this.irqls = irqls;
        this.scheduler = scheduler;
        this.waits = waits;
        this.rules = rules;
        this.bugChecks = bugChecks;
    }

    /** The wait is over; its status is in the KTHREAD. */
    record EndWait(int irql) implements Pending {}

    @Ddi("KeInitializeEvent")
    void initialize(Processor processor, long event, int type, boolean state) {
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
        if (wait) {
            // The wait that must follow starts before anybody else runs here.
            KernelThread thread = scheduler.current(processor);
            thread.waitNext = true;
            Scheduler.view(processor, thread).setWaitIrql(irql);
            irqls.set(processor, Irql.DISPATCH_LEVEL, caller);
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
            verifier = 0x3B,
            state = Ddi.State.PARTIAL,
            missing = "objects other than events and threads, alerts and user APCs")
    Outcome waitForSingleObject(
            Processor processor,
            DispatcherHeader object,
            int reason,
            byte mode,
            boolean alertable,
            long timeoutPointer) {
        long caller = engine.caller(processor);
        KernelThread thread = scheduler.current(processor);
        boolean noTimeout = timeoutPointer == 0;
        long timeout = noTimeout ? 0 : processor.memory().load64(timeoutPointer);
        processor.memory().probe(object.address(), DispatcherHeader.SIZE, true);
        boolean mayBlock = noTimeout || timeout != 0;
        int irql =
                thread.waitNext ? Scheduler.view(processor, thread).waitIrql() : processor.irql();
        thread.waitNext = false;
        if (mayBlock && irql > Irql.APC_LEVEL) {
            waitAtRaisedIrql(processor, object.address(), irql, noTimeout, caller);
            if (machine.ended() != null) {
                return Outcome.stay();
            }
        }
        if (waits.satisfy(object)) {
            irqls.set(processor, irql, caller);
            return Outcome.of(NtStatus.SUCCESS);
        }
        if (!mayBlock) {
            irqls.set(processor, irql, caller);
            return Outcome.of(NtStatus.TIMEOUT);
        }
        if (irql > Irql.APC_LEVEL) {
            return switchAtRaisedIrql(processor, caller);
        }
        long deadlineNs =
                noTimeout ? KernelThread.NEVER : SystemTime.deadlineNs(timeout, processor.clockNs);
        waits.begin(processor, object, mode, reason, deadlineNs, caller);
        return new Outcome.Block(new EndWait(irql));
    }

    @Ddi(
            value = "KeDelayExecutionThread",
            maximum = Irql.APC_LEVEL,
            rule = "IrqlKeApcLte1",
            state = Ddi.State.PARTIAL,
            missing = "alerts and user APCs")
    Outcome delay(Processor processor, byte mode, boolean alertable, long intervalPointer) {
        long caller = engine.caller(processor);
        long interval = processor.memory().load64(intervalPointer);
        if (processor.irql() > Irql.APC_LEVEL) {
            return switchAtRaisedIrql(processor, caller);
        }
        waits.beginDelay(processor, SystemTime.deadlineNs(interval, processor.clockNs), caller);
        return new Outcome.Block(new EndWait(processor.irql()));
    }

    @Resumes("KiCommitThreadWait")
    Outcome ended(Processor processor, EndWait pending) {
        irqls.set(processor, pending.irql, engine.caller(processor));
        return Outcome.of(Scheduler.view(processor, scheduler.current(processor)).waitStatus());
    }

    private void waitAtRaisedIrql(
            Processor processor, long object, int irql, boolean noTimeout, long caller) {
        rules.broken(
                processor,
                Violation.error(
                        "IrqlKeWaitForSingleObject",
                        "3B",
                        "KeWaitForSingleObject may wait for 0x%x at %s, above APC_LEVEL"
                                .formatted(object, Irql.name(irql)),
                        Verifier.detected(0x3B, irql, object, noTimeout ? 0 : 1)),
                caller);
    }

    /**
     * The WDK calls a wait at DISPATCH_LEVEL a fatal error, and names a code only for one in a DPC:
     * that of {@value #ATTEMPTED_SWITCH_FROM_DPC}, which stands for both here.
     */
    private Outcome switchAtRaisedIrql(Processor processor, long caller) {
        KernelThread thread = scheduler.current(processor);
        bugChecks.raise(
                processor,
                ATTEMPTED_SWITCH_FROM_DPC,
                thread.address(),
                0,
                thread.stackTop(),
                0,
                caller);
        return Outcome.stay();
    }
}
