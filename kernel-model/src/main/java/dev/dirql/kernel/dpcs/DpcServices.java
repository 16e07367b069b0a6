package dev.dirql.kernel.dpcs;

import dev.dirql.kernel.Irql;
import dev.dirql.kernel.NtStatus;
import dev.dirql.kernel.processors.KDpcData;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.rules.Violation;
import dev.dirql.kernel.rules.Violation.Verifier;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.Pending;
import dev.dirql.kernel.services.Resumes;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;

/** Routines on DPC objects. Source: WDK, the page of each routine. */
public final class DpcServices {
    private static final int PROCESSOR_NUMBER_SIZE = 4;

    private final Machine machine;
    private final ServiceEngine engine;
    private final DpcQueues queues;
    private final Rules rules;
    private final Threads threads;

    /** Makes what threaded DPCs run in, where there is none yet. */
    @FunctionalInterface
    public interface Threads {
        void made(Processor processor);
    }

    public DpcServices(
            Machine machine, ServiceEngine engine, DpcQueues queues, Rules rules, Threads threads) {
        this.machine = machine;
        this.engine = engine;
        this.queues = queues;
        this.rules = rules;
        this.threads = threads;
    }

    @Ddi("KeInitializeDpc")
    void initialize(Processor processor, KDpc dpc, long routine, long context) {
        mustNotBeQueued(processor, dpc);
        dpc.initialize(routine, context);
    }

    @Ddi("KeInitializeThreadedDpc")
    void initializeThreaded(Processor processor, KDpc dpc, long routine, long context) {
        mustNotBeQueued(processor, dpc);
        dpc.initializeThreaded(routine, context);
        threads.made(processor);
    }

    private void mustNotBeQueued(Processor processor, KDpc dpc) {
        dpc.memory().probe(dpc.address(), KDpc.SIZE, true);
        int queue = queues.queueOf(processor, dpc);
        if (queue >= 0) {
            rules.broken(
                    processor,
                    Violation.error(
                            "DpcInitializedWhileQueued",
                            "",
                            "the DPC 0x%x is initialized while it is in the queue of cpu%d"
                                    .formatted(dpc.address(), queue),
                            Verifier.NONE),
                    engine.caller(processor));
        }
    }

    @Ddi("KeInsertQueueDpc")
    boolean insert(Processor processor, KDpc dpc, long argument1, long argument2) {
        return queues.insert(processor, dpc, argument1, argument2, engine.caller(processor));
    }

    @Ddi("KeRemoveQueueDpc")
    boolean remove(Processor processor, KDpc dpc) {
        return queues.remove(processor, dpc, engine.caller(processor));
    }

    /**
     * As KeRemoveQueueDpc, and then waits, if so asked, until the routine has returned that was
     * called before.
     */
    @Ddi(value = "KeRemoveQueueDpcEx", maximum = Irql.DISPATCH_LEVEL)
    Outcome removeEx(Processor processor, KDpc dpc, boolean waitIfActive) {
        boolean removed = queues.remove(processor, dpc, engine.caller(processor));
        return waitIfActive
                ? inactive(processor, new WaitUntilInactive(dpc.address(), removed))
                : Outcome.of(removed);
    }

    /** The routine of the DPC may still run on another processor. */
    record WaitUntilInactive(long dpc, boolean removed) implements Pending {}

    @Resumes("KiWaitForActiveDpc")
    Outcome inactive(Processor processor, WaitUntilInactive pending) {
        KDpc dpc = new KDpc(processor.memory(), pending.dpc);
        int runner = queues.runnerOf(processor, dpc);
        if (runner < 0) {
            return Outcome.of(pending.removed);
        }
        KDpcData queue = DpcQueues.activeQueue(processor, runner, dpc);
        return new Outcome.Spin(processor.memory().physical(queue.activeDpcAddress()), pending);
    }

    @Ddi("KeSetImportanceDpc")
    void setImportance(Processor processor, KDpc dpc, int importance) {
        dpc.setImportance(importance);
    }

    /** A processor that there is not leaves the target as it is. */
    @Ddi("KeSetTargetProcessorDpc")
    void setTarget(Processor processor, KDpc dpc, byte number) {
        if ((number & 0xFF) < machine.processorCount()) {
            dpc.setTarget(number & 0xFF);
        }
    }

    @Ddi("KeSetTargetProcessorDpcEx")
    int setTargetEx(Processor processor, KDpc dpc, long processorNumber) {
        processor.memory().probe(processorNumber, PROCESSOR_NUMBER_SIZE, false);
        long group = processor.memory().load16(processorNumber);
        int number = (int) processor.memory().load8(processorNumber + 2);
        long reserved = processor.memory().load8(processorNumber + 3);
        if (group != 0 || reserved != 0 || number >= machine.processorCount()) {
            return NtStatus.INVALID_PARAMETER;
        }
        dpc.setTarget(number);
        return NtStatus.SUCCESS;
    }

    /** Answers at any IRQL, also to callers below DISPATCH_LEVEL, which its page leaves out. */
    @Ddi("KeIsExecutingDpc")
    boolean isExecuting(Processor processor) {
        return DpcDispatch.isExecuting(processor);
    }
}
