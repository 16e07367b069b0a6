package dev.dirql.kernel.dpcs;

import dev.dirql.events.DecisionKind;
import dev.dirql.events.Event;
import dev.dirql.kernel.interrupts.InterruptVectors;
import dev.dirql.kernel.processors.KPcr;
import dev.dirql.kernel.traps.BugChecks;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;
import java.util.ArrayList;
import java.util.List;

/**
 * The queue of ordinary DPCs of each processor, linked through guest memory. When processing starts
 * is decided here; it is done by {@link DpcDispatch}. Source: WDK, "Organization of DPC queues".
 */
public final class DpcQueues {
    private static final int TIMER_OR_DPC_INVALID = 0xC7;
    private static final int BAD_PROCESSOR = 3;

    private final Machine machine;
    private final BugChecks bugChecks;
    private final int depthMaximum;

    public DpcQueues(Machine machine, BugChecks bugChecks, int depthMaximum) {
        this.machine = machine;
        this.bugChecks = bugChecks;
        this.depthMaximum = depthMaximum;
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
        if (target < 0) {
            target = untargeted(processor, dpc);
        }
        KPcr region = new KPcr(processor.memory(), KPcr.addressOf(target));
        dpc.setSystemArguments(argument1, argument2);
        dpc.setDpcData(region.dpcData());
        link(processor, region, dpc);
        region.countDpc();
        machine.emit(processor, new Event.DpcQueued(dpc.address(), routine, target, true, caller));
        if (startsNow(processor, region, dpc, target)) {
            request(processor, target);
        }
        return true;
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

    private void link(Processor processor, KPcr region, KDpc dpc) {
        long entry = dpc.address() + KDpc.ENTRY;
        long head = region.dpcData();
        if (dpc.importance() == KDpc.HIGH) {
            processor.memory().store64(entry, processor.memory().load64(head));
            processor.memory().store64(head, entry);
            if (region.lastDpcEntry() == head) {
                region.setLastDpcEntry(entry);
            }
        } else {
            processor.memory().store64(entry, 0);
            processor.memory().store64(region.lastDpcEntry(), entry);
            region.setLastDpcEntry(entry);
        }
        region.setDpcQueueDepth(region.dpcQueueDepth() + 1);
    }

    private boolean startsNow(Processor processor, KPcr region, KDpc dpc, int target) {
        if (region.dpcQueueDepth() > depthMaximum) {
            return true;
        }
        boolean own = target == processor.number();
        return switch (dpc.importance()) {
            case KDpc.LOW -> isIdle(target);
            case KDpc.MEDIUM -> own || isIdle(target);
            default -> true;
        };
    }

    /** An idle processor drains its queue in any case. */
    private boolean isIdle(int number) {
        return machine.processor(number).waiting() == Processor.Wait.INTERRUPT;
    }

    /**
     * Asks for the processing of what lies in a processor's own queue without having been asked
     * for: at every clock interrupt, and before it goes idle.
     *
     * @return whether there was something
     */
    public static boolean requestWaiting(Processor processor) {
        boolean waiting = new KPcr(processor.memory(), processor.gsBase).dpcQueueDepth() > 0;
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
        long queue = dpc.dpcData();
        if (queue == 0) {
            return false;
        }
        long entry = dpc.address() + KDpc.ENTRY;
        for (int number = 0; number < machine.processorCount(); number++) {
            KPcr region = new KPcr(processor.memory(), KPcr.addressOf(number));
            if (region.dpcData() == queue && unlink(processor, region, entry)) {
                dpc.setDpcData(0);
                machine.emit(
                        processor,
                        new Event.DpcRemoved(dpc.address(), dpc.deferredRoutine(), number, caller));
                return true;
            }
        }
        return false;
    }

    private static boolean unlink(Processor processor, KPcr region, long entry) {
        long previous = region.dpcData();
        for (int i = region.dpcQueueDepth(); i > 0 && previous != 0; i--) {
            long at = processor.memory().load64(previous);
            if (at == entry) {
                processor.memory().store64(previous, processor.memory().load64(entry));
                if (region.lastDpcEntry() == entry) {
                    region.setLastDpcEntry(previous);
                }
                region.setDpcQueueDepth(region.dpcQueueDepth() - 1);
                return true;
            }
            previous = at;
        }
        return false;
    }

    /**
     * The first DPC of a processor's queue, or 0. As many are processed as were queued: links that
     * a driver broke by initializing a queued DPC neither keep the queue going nor hold up later
     * ones.
     */
    long first(Processor processor, KPcr region) {
        long head = region.dpcData();
        long entry = processor.memory().load64(head);
        int depth = region.dpcQueueDepth();
        if (entry != 0 && depth != 0) {
            return entry - KDpc.ENTRY;
        }
        if (entry != 0 || depth != 0) {
            processor.memory().store64(head, 0);
            region.setLastDpcEntry(head);
            region.setDpcQueueDepth(0);
        }
        return 0;
    }

    /** Number of the processor in whose queue a DPC is, whatever the object says, or -1. */
    int queueOf(Processor processor, KDpc dpc) {
        for (int number = 0; number < machine.processorCount(); number++) {
            KPcr region = new KPcr(processor.memory(), KPcr.addressOf(number));
            long at = region.dpcData();
            for (int i = region.dpcQueueDepth(); i > 0 && isMapped(processor, at); i--) {
                at = processor.memory().load64(at);
                if (at == dpc.address() + KDpc.ENTRY) {
                    return number;
                }
            }
        }
        return -1;
    }

    /** What lies in the queues, processor by processor. */
    public List<KDpc> queued(Processor processor) {
        List<KDpc> queued = new ArrayList<>();
        for (int number = 0; number < machine.processorCount(); number++) {
            KPcr region = new KPcr(processor.memory(), KPcr.addressOf(number));
            long at = processor.memory().load64(region.dpcData());
            for (int i = region.dpcQueueDepth(); i > 0 && isMapped(processor, at); i--) {
                queued.add(new KDpc(processor.memory(), at - KDpc.ENTRY));
                at = processor.memory().load64(at);
            }
        }
        return queued;
    }

    /** The links lead through objects of drivers, which may have freed them. */
    private static boolean isMapped(Processor processor, long address) {
        return address != 0 && processor.memory().physical(address) >= 0;
    }

    /** Takes the first DPC out, so that it may be queued again at once. */
    void removeFirst(Processor processor, KPcr region, KDpc dpc) {
        unlink(processor, region, dpc.address() + KDpc.ENTRY);
        dpc.setDpcData(0);
    }
}
