package dev.dirql.kernel.threads;

import dev.dirql.events.Event;
import dev.dirql.kernel.Irql;
import dev.dirql.kernel.NtStatus;
import dev.dirql.kernel.dpcs.DpcDispatch;
import dev.dirql.kernel.dpcs.DpcQueues;
import dev.dirql.kernel.dpcs.KDpc;
import dev.dirql.kernel.locks.HeldLocks;
import dev.dirql.kernel.processors.KDpcData;
import dev.dirql.kernel.processors.KPcr;
import dev.dirql.kernel.services.EntryPoint;
import dev.dirql.kernel.services.FrameShape;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.Pending;
import dev.dirql.kernel.services.Resumes;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;

/**
 * The threads that run threaded DPCs at PASSIVE_LEVEL, one a processor, of the highest priority
 * there is. NT makes them when it starts; here they are made with the first threaded DPC, so that a
 * driver without any is not troubled by them. Source: WDK, "Introduction to Threaded DPCs".
 */
public final class DpcThreads implements StatePart {
    private static final String LOOP = "KiDpcThread";
    private static final int PRIORITY = 31;

    private final Machine machine;
    private final ServiceEngine engine;
    private final Scheduler scheduler;
    private final Threads threads;
    private final DpcDispatch dispatch;
    private final HeldLocks heldLocks;
    private final long[] addresses;

    public DpcThreads(
            Machine machine,
            ServiceEngine engine,
            Scheduler scheduler,
            Threads threads,
            DpcDispatch dispatch,
            HeldLocks heldLocks) {
        this.machine = machine;
        this.engine = engine;
        this.scheduler = scheduler;
        this.threads = threads;
        this.dispatch = dispatch;
        this.heldLocks = heldLocks;
        addresses = new long[machine.processorCount()];
    }

    /** The next threaded DPC of the processor, if there is one. */
    record NextThreadedDpc() implements Pending {}

    /** The DeferredRoutine runs. */
    record ReturnFromThreadedDpc(long dpc, long routine, long context) implements Pending {}

    /**
     * Makes the threads that there are not. A processor for whose thread there is no memory runs
     * its threaded DPCs as ordinary ones.
     */
    public void make(Processor processor) {
        for (int i = 0; i < addresses.length; i++) {
            KPcr region = new KPcr(processor.memory(), KPcr.addressOf(i));
            if (addresses[i] != 0 || !region.isThreadDpcEnabled()) {
                continue;
            }
            KernelThread thread =
                    threads.create(
                            processor,
                            "threaded DPCs " + i,
                            engine.table().address(LOOP),
                            0,
                            PRIORITY,
                            1L << i,
                            machine.kernelSpace(),
                            threads.systemProcess(),
                            Threads.SYSTEM_PROCESS_ID);
            if (thread == null) {
                region.disableThreadDpc();
            } else {
                addresses[i] = thread.address();
            }
        }
    }

    /** Makes the thread of a processor ready, if it waits. */
    public void wake(Processor processor) {
        KernelThread thread = scheduler.find(addresses[processor.number()]);
        if (thread != null && thread.state() == KernelThread.State.WAITING) {
            scheduler.endWait(processor, thread, NtStatus.SUCCESS);
        }
    }

    /** Whether a thread is one of these, and has nothing to do. */
    public boolean isIdle(KernelThread thread) {
        return thread.affinity() != 0
                && addresses[Long.numberOfTrailingZeros(thread.affinity()) % addresses.length]
                        == thread.address()
                && thread.state() == KernelThread.State.WAITING
                && queue(machine.processor(thread.processor())).activeDpc() == 0;
    }

    private static KDpcData queue(Processor processor) {
        return new KPcr(processor.memory(), processor.gsBase).threadedDpcs();
    }

    /** Whether a threaded DPC is queued or runs on a processor. */
    static boolean isBusy(Processor processor) {
        KDpcData queue = queue(processor);
        return queue.depth() > 0 || queue.activeDpc() != 0;
    }

    @EntryPoint(value = LOOP, frame = FrameShape.RETURN_ADDRESS)
    Outcome start(Processor processor) {
        return new Outcome.Then(new NextThreadedDpc());
    }

    @Resumes("KiExecuteThreadedDpc")
    Outcome next(Processor processor, NextThreadedDpc pending) {
        KDpcData queue = queue(processor);
        long first = DpcQueues.first(queue);
        if (first == 0) {
            scheduler.beginWait(processor, 0, KernelThread.NEVER);
            machine.emit(
                    processor,
                    new Event.WaitStarted(0, "threaded DPC", -1, engine.caller(processor)));
            return new Outcome.Block(pending);
        }
        KDpc dpc = new KDpc(processor.memory(), first);
        processor.memory().probe(first, KDpc.SIZE, true);
        long routine = dpc.deferredRoutine();
        long context = dpc.deferredContext();
        long argument1 = dpc.systemArgument1();
        long argument2 = dpc.systemArgument2();
        DpcQueues.removeFirst(processor, queue, dpc);
        queue.setActiveDpc(first);
        machine.emit(processor, new Event.DpcStarted(first, routine));
        return new Outcome.Call(
                routine,
                new ReturnFromThreadedDpc(first, routine, context),
                first,
                context,
                argument1,
                argument2);
    }

    @Resumes("KiReturnFromThreadedDpc")
    Outcome returned(Processor processor, ReturnFromThreadedDpc pending) {
        queue(processor).setActiveDpc(0);
        machine.emit(processor, new Event.DpcFinished(pending.dpc, pending.routine));
        heldLocks.returned(processor, pending.routine, HeldLocks.ANY_TIME);
        return dispatch.returnedAt(processor, Irql.PASSIVE_LEVEL, pending.routine, pending.context)
                ? new Outcome.Then(new NextThreadedDpc())
                : Outcome.stay();
    }

    @Override
    public void save(StateWriter out) {
        out.values(addresses);
    }

    @Override
    public void restore(StateReader in) {
        in.values(addresses);
    }
}
