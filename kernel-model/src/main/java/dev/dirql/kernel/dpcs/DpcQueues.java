package dev.dirql.kernel.dpcs;

import dev.dirql.events.DecisionKind;
import dev.dirql.events.Event;
import dev.dirql.kernel.Irql;
import dev.dirql.kernel.interrupts.InterruptVectors;
import dev.dirql.kernel.processors.KDpcData;
import dev.dirql.kernel.processors.KPcr;
import dev.dirql.kernel.traps.BugChecks;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * The queues of ordinary and of threaded DPCs of each processor, linked through guest memory. When
 * processing starts is decided here; it is done by {@link DpcDispatch} and, for threaded ones, by a
 * thread of the processor. Source: WDK, "Organization of DPC queues".
 */
public final class DpcQueues implements StatePart {
    private static final int TIMER_OR_DPC_INVALID = 0xC7;
    private static final int BAD_PROCESSOR = 3;

    private final Machine machine;
    private final BugChecks bugChecks;
    private final int depthMaximum;
    private final boolean toAvailable;

    /** The DPCs that an expired timer queued, until they are taken out. */
    private final TreeSet<Long> ofTimers = new TreeSet<>();

    /**
     * @param toAvailable whether a DPC without a target goes to a processor below DISPATCH_LEVEL,
     *     as WDK, "Using spin locks: an example" says, and not to the one that queues it
     */
    public DpcQueues(Machine machine, BugChecks bugChecks, int depthMaximum, boolean toAvailable) {
        this.machine = machine;
        this.bugChecks = bugChecks;
        this.depthMaximum = depthMaximum;
        this.toAvailable = toAvailable;
    }

    private static KPcr region(Processor processor, int number) {
        return new KPcr(processor.memory(), KPcr.addressOf(number));
    }

    private static boolean runsInThread(KPcr region, KDpc dpc) {
        return dpc.isThreaded() && region.isThreadDpcEnabled();
    }

    /**
     * KeInsertQueueDpc.
     *
     * @return whether it was queued; false if it was in a queue already, and nothing changed
     */
    public boolean insert(
            Processor processor, KDpc dpc, long argument1, long argument2, long caller) {
        long routine = dpc.deferredRoutine();
        dpc.memory().probe(dpc.address(), KDpc.SIZE, true);
        int target = dpc.target();
        if (target >= machine.processorCount()) {
            bugChecks.raise(
                    processor,
                    TIMER_OR_DPC_INVALID,
                    BAD_PROCESSOR,
                    dpc.address(),
                    target,
                    machine.processorCount(),
                    caller);
            return false;
        }
        if (dpc.dpcData() != 0) {
            machine.emit(processor, new Event.DpcQueued(dpc.address(), routine, -1, false, caller));
            return false;
        }
        boolean moves = false;
        if (target < 0) {
            target = toAvailable ? available(processor) : untargeted(processor, dpc);
            moves = toAvailable && target != processor.number();
        }
        KPcr region = region(processor, target);
        boolean threaded = runsInThread(region, dpc);
        KDpcData queue = threaded ? region.threadedDpcs() : region.dpcs();
        ofTimers.remove(dpc.address());
        dpc.setSystemArguments(argument1, argument2);
        dpc.setDpcData(queue.address());
        link(processor, queue, dpc);
        queue.countDpc();
        machine.emit(processor, new Event.DpcQueued(dpc.address(), routine, target, true, caller));
        if (threaded) {
            region.setThreadRequested(true);
        }
        if (threaded || moves || startsNow(processor, region, dpc, target)) {
            request(processor, target);
        }
        return true;
    }

    /** Queues the DPC of a timer that has expired. */
    public void insertOfTimer(
            Processor processor, KDpc dpc, long argument1, long argument2, long caller) {
        if (insert(processor, dpc, argument1, argument2, caller)) {
            ofTimers.add(dpc.address());
        }
    }

    /** Whether a DPC that leaves its queue was queued by a timer; it is forgotten. */
    boolean leavesAsOfTimer(KDpc dpc) {
        return ofTimers.remove(dpc.address());
    }

    /** The inserting processor, unless a decision says another. */
    private int untargeted(Processor processor, KDpc dpc) {
        int choice =
                machine.decide(
                        DecisionKind.DPC_PROCESSOR,
                        processor.number(),
                        machine.processorCount(),
                        dpc.address());
        return (processor.number() + choice) % machine.processorCount();
    }

    /** The first processor below DISPATCH_LEVEL from the inserting one on, or that itself. */
    private int available(Processor processor) {
        for (int i = 0; i < machine.processorCount(); i++) {
            int number = (processor.number() + i) % machine.processorCount();
            if (machine.processor(number).irql() < Irql.DISPATCH_LEVEL) {
                return number;
            }
        }
        return processor.number();
    }

    private static void link(Processor processor, KDpcData queue, KDpc dpc) {
        long entry = dpc.address() + KDpc.ENTRY;
        if (dpc.importance() == KDpc.HIGH) {
            processor.memory().store64(entry, queue.firstEntry());
            queue.setFirstEntry(entry);
            if (queue.lastEntry() == queue.address()) {
                queue.setLastEntry(entry);
            }
        } else {
            processor.memory().store64(entry, 0);
            processor.memory().store64(queue.lastEntry(), entry);
            queue.setLastEntry(entry);
        }
        queue.setDepth(queue.depth() + 1);
    }

    private boolean startsNow(Processor processor, KPcr region, KDpc dpc, int target) {
        if (region.dpcs().depth() > depthMaximum) {
            return true;
        }
        boolean own = target == processor.number();
        return switch (dpc.importance()) {
            case KDpc.LOW -> isIdle(target) || (own && region.isDpcRateLow());
            case KDpc.MEDIUM -> own || isIdle(target);
            default -> true;
        };
    }

    /** An idle processor drains its queue in any case. */
    private boolean isIdle(int number) {
        return machine.processor(number).waiting() == Processor.Wait.INTERRUPT;
    }

    /**
     * Asks for the processing of what lies in a processor's own queues without having been asked
     * for: at every clock interrupt, and before it goes idle.
     *
     * @return whether there was something
     */
    public static boolean requestWaiting(Processor processor) {
        KPcr region = new KPcr(processor.memory(), processor.gsBase);
        boolean threaded = region.threadedDpcs().depth() > 0;
        if (threaded) {
            region.setThreadRequested(true);
        }
        boolean waiting = threaded || region.dpcs().depth() > 0;
        if (waiting) {
            processor.interruptUnit().requestSelf(InterruptVectors.DISPATCH, "DPC");
        }
        return waiting;
    }

    private void request(Processor processor, int target) {
        if (target == processor.number()) {
            processor.interruptUnit().requestSelf(InterruptVectors.DISPATCH, "DPC");
        } else {
            machine.controller().sendToProcessor(target, InterruptVectors.DISPATCH, "DPC");
        }
    }

    /** KeRemoveQueueDpc: whether it was in a queue and is not any more. */
    boolean remove(Processor processor, KDpc dpc, long caller) {
        dpc.memory().probe(dpc.address(), KDpc.SIZE, true);
        long address = dpc.dpcData();
        if (address == 0) {
            return false;
        }
        long entry = dpc.address() + KDpc.ENTRY;
        for (int number = 0; number < machine.processorCount(); number++) {
            for (KDpcData queue : queues(processor, number)) {
                if (queue.address() == address && unlink(processor, queue, entry)) {
                    dpc.setDpcData(0);
                    ofTimers.remove(dpc.address());
                    machine.emit(
                            processor,
                            new Event.DpcRemoved(
                                    dpc.address(), dpc.deferredRoutine(), number, caller));
                    return true;
                }
            }
        }
        return false;
    }

    private static List<KDpcData> queues(Processor processor, int number) {
        KPcr region = region(processor, number);
        return List.of(region.dpcs(), region.threadedDpcs());
    }

    private static boolean unlink(Processor processor, KDpcData queue, long entry) {
        long previous = queue.address();
        for (int i = queue.depth(); i > 0 && previous != 0; i--) {
            long at = processor.memory().load64(previous);
            if (at == entry) {
                processor.memory().store64(previous, processor.memory().load64(entry));
                if (queue.lastEntry() == entry) {
                    queue.setLastEntry(previous);
                }
                queue.setDepth(queue.depth() - 1);
                return true;
            }
            previous = at;
        }
        return false;
    }

    /**
     * The first DPC of a queue, or 0. As many are processed as were queued: links that a driver
     * broke by initializing a queued DPC neither keep the queue going nor hold up later ones.
     */
    public static long first(KDpcData queue) {
        long entry = queue.firstEntry();
        int depth = queue.depth();
        if (entry != 0 && depth != 0) {
            return entry - KDpc.ENTRY;
        }
        if (entry != 0 || depth != 0) {
            queue.setFirstEntry(0);
            queue.setLastEntry(queue.address());
            queue.setDepth(0);
        }
        return 0;
    }

    /** Takes the first DPC out, so that it may be queued again at once. */
    public static void removeFirst(Processor processor, KDpcData queue, KDpc dpc) {
        unlink(processor, queue, dpc.address() + KDpc.ENTRY);
        dpc.setDpcData(0);
    }

    /** Number of the processor in whose queue a DPC is, whatever the object says, or -1. */
    int queueOf(Processor processor, KDpc dpc) {
        for (int number = 0; number < machine.processorCount(); number++) {
            for (KDpcData queue : queues(processor, number)) {
                if (queued(processor, queue).contains(dpc)) {
                    return number;
                }
            }
        }
        return -1;
    }

    /** Number of the processor that runs the routine of a DPC now, or -1. */
    int runnerOf(Processor processor, KDpc dpc) {
        for (int number = 0; number < machine.processorCount(); number++) {
            for (KDpcData queue : queues(processor, number)) {
                if (queue.activeDpc() == dpc.address()) {
                    return number;
                }
            }
        }
        return -1;
    }

    /** Where {@link #runnerOf} a DPC looks: it is written when the routine has returned. */
    static KDpcData activeQueue(Processor processor, int number, KDpc dpc) {
        KPcr region = region(processor, number);
        boolean threaded = region.threadedDpcs().activeDpc() == dpc.address();
        return threaded ? region.threadedDpcs() : region.dpcs();
    }

    /** What lies in the queues, processor by processor. */
    public List<KDpc> queued(Processor processor) {
        List<KDpc> queued = new ArrayList<>();
        for (int number = 0; number < machine.processorCount(); number++) {
            for (KDpcData queue : queues(processor, number)) {
                queued.addAll(queued(processor, queue));
            }
        }
        return queued;
    }

    private static List<KDpc> queued(Processor processor, KDpcData queue) {
        int depth = queue.depth();
        if (depth == 0) {
            return List.of();
        }
        List<KDpc> dpcs = new ArrayList<>();
        long at = queue.address();
        for (int i = depth; i > 0 && isMapped(processor, at); i--) {
            at = processor.memory().load64(at);
            KDpc dpc = new KDpc(processor.memory(), at - KDpc.ENTRY);
            if (at != 0 && isMapped(processor, dpc.address())) {
                dpcs.add(dpc);
            }
        }
        return dpcs;
    }

    /** The links lead through objects of drivers, which may have freed them. */
    private static boolean isMapped(Processor processor, long address) {
        return address != 0 && processor.memory().physical(address) >= 0;
    }

    @Override
    public void save(StateWriter out) {
        out.value(ofTimers.size());
        ofTimers.forEach(out::value);
    }

    @Override
    public void restore(StateReader in) {
        ofTimers.clear();
        for (int i = in.intValue(); i > 0; i--) {
            ofTimers.add(in.value());
        }
    }
}
