package dev.dirql.kernel.io;

import dev.dirql.kernel.Crash;
import dev.dirql.kernel.Irql;
import dev.dirql.kernel.OutstandingWork;
import dev.dirql.kernel.images.LoadedImages;
import dev.dirql.kernel.memory.Pool;
import dev.dirql.kernel.memory.PoolKind;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.rules.Violation;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.EntryPoint;
import dev.dirql.kernel.services.FrameShape;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.Pending;
import dev.dirql.kernel.services.Resumes;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.structures.ListEntry;
import dev.dirql.machine.GuestMemory;
import dev.dirql.machine.PageFlags;
import dev.dirql.machine.Processor;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * Work items, and the system worker threads that run them. Threads are made as they are needed, up
 * to a number for each queue. Source: WDK, the page of each routine, "System worker threads" and
 * "Bug check 0xE1", "0xE4", "0x39" and "0x1".
 *
 * <p>A WORK_QUEUE_ITEM is a list entry, the routine and its parameter; an IO_WORKITEM goes on with
 * the driver's routine, its object and its context.
 */
public final class WorkItemServices implements StatePart, OutstandingWork {
    private static final int WORKER_INVALID = 0xE4;
    private static final int ACTIVE_FREED = 0x0;
    private static final int ACTIVE_QUEUED = 0x1;
    private static final int QUEUED_FREED = 0x2;
    private static final int INVALID_OBJECT = 0x3;
    private static final int INVALID_QUEUE = 0x6;
    private static final int INVALID_ROUTINE = 0x7;
    private static final int PAGEABLE_ITEM = 0x131;

    /** Types of objects of the I/O manager. */
    private static final int IO_TYPE_DEVICE = 3;

    private static final int IO_TYPE_DRIVER = 4;
    private static final int WORKER_THREAD_RETURNED_AT_BAD_IRQL = 0xE1;
    private static final int SYSTEM_EXIT_OWNED_MUTEX = 0x39;

    private static final int TAG = 'I' | 'o' << 8 | 'W' << 16 | 'k' << 24;
    private static final int TAG_QUEUE = 'E' | 'x' << 8 | 'W' << 16 | 'q' << 24;

    private static final int ROUTINE = 0x10;
    private static final int PARAMETER = 0x18;
    private static final int IO_ROUTINE = 0x20;
    private static final int IO_OBJECT = 0x28;
    private static final int IO_CONTEXT = 0x30;
    private static final int IO_EXTENDED = 0x38;
    private static final int IO_BYTES = 0x58;

    private static final String WORKER = "ExpWorkerThread";
    private static final String IO_WORKER = "IopProcessWorkItem";

    /** The priorities of the threads of each WORK_QUEUE_TYPE that has a name. */
    private static final int[] PRIORITIES = {13, 12, 15, 8, 7, 18, 14};

    private static final String[] NAMES = {
        "critical", "delayed", "hypercritical", "normal", "background", "real-time", "supercritical"
    };

    /** WORK_QUEUE_TYPE of a queue of priority 0; those of others follow. */
    private static final int CUSTOM_PRIORITY = 32;

    private static final int PRIORITY_COUNT = 32;
    private static final int QUEUE_COUNT = 7 + PRIORITY_COUNT;
    private static final int THREADS_MAXIMUM = 16;

    /** Of a queue in guest memory: the list of items, then an event that is set for each. */
    private static final int EVENT = 0x10;

    private static final int QUEUE_BYTES = 0x28;
    private static final int SYNCHRONIZATION_EVENT = 1;
    private static final int EVENT_WORDS = 6;

    /** Starts a thread of the system. */
    @FunctionalInterface
    public interface ThreadStart {
        void start(Processor processor, String name, long routine, long context, int priority);
    }

    private final ServiceEngine engine;
    private final Pool pool;
    private final ObjectReferences references;
    private final LoadedImages images;
    private final ThreadStart threads;
    private final RoutineCalls calls;
    private final Rules rules;
    private final Crash crash;
    private final long[] queues = new long[QUEUE_COUNT];
    private final int[] made = new int[QUEUE_COUNT];
    private final int[] idle = new int[QUEUE_COUNT];

    /** Items that are queued or run, and the routine of each. */
    private final TreeMap<Long, Long> active = new TreeMap<>();

    /** How many items of each routine run. */
    private final TreeMap<Long, Integer> running = new TreeMap<>();

    WorkItemServices(
            ServiceEngine engine,
            Pool pool,
            ObjectReferences references,
            LoadedImages images,
            ThreadStart threads,
            RoutineCalls calls,
            Rules rules,
            Crash crash) {
        this.engine = engine;
        this.pool = pool;
        this.references = references;
        this.images = images;
        this.threads = threads;
        this.calls = calls;
        this.rules = rules;
        this.crash = crash;
    }

    record TakeItem(int queue) implements Pending {}

    record WorkAwaited(int queue) implements Pending {}

    record WorkPassedOn(int queue, long item) implements Pending {}

    record WorkDone(int queue, long item, long routine, long parameter) implements Pending {}

    record IoWorkDone(long object) implements Pending {}

    record WorkSignaled() implements Pending {}

    // ---- items of the I/O manager ----

    @Ddi(value = "IoAllocateWorkItem", maximum = Irql.DISPATCH_LEVEL)
    Outcome allocate(Processor processor, long object) {
        long address =
                pool.fails(processor, TAG, engine.caller(processor))
                        ? 0
                        : pool.allocate(PoolKind.NONPAGED, IO_BYTES, TAG);
        if (address == 0) {
            return Outcome.done();
        }
        if (!isValid(processor, address, object)) {
            return Outcome.stay();
        }
        initialize(processor.memory(), address, object);
        return Outcome.of(address);
    }

    /** Whether an object is of a driver or a device, as far as one can see; else the run ends. */
    private boolean isValid(Processor processor, long item, long object) {
        int type = object == 0 ? 0 : (int) processor.memory().load16(object);
        if (type == IO_TYPE_DEVICE || type == IO_TYPE_DRIVER) {
            return true;
        }
        crash.bugCheck(processor, WORKER_INVALID, INVALID_OBJECT, item, object, 0);
        return false;
    }

    @Ddi("IoSizeofWorkItem")
    int size(Processor processor) {
        return IO_BYTES;
    }

    @Ddi("IoInitializeWorkItem")
    Outcome initializeItem(Processor processor, long object, long item) {
        processor.memory().probe(item, IO_BYTES, true);
        if (!isValid(processor, item, object)) {
            return Outcome.stay();
        }
        initialize(processor.memory(), item, object);
        return Outcome.done();
    }

    private void initialize(GuestMemory memory, long item, long object) {
        memory.storeBytes(item, new byte[IO_BYTES]);
        memory.store64(item + ROUTINE, engine.table().address(IO_WORKER));
        memory.store64(item + PARAMETER, item);
        memory.store64(item + IO_OBJECT, object);
    }

    @Ddi(value = "IoFreeWorkItem", maximum = Irql.DISPATCH_LEVEL)
    Outcome free(Processor processor, long item) {
        if (isQueued(processor, item)) {
            return queuedFreed(processor, item);
        }
        pool.free(processor, item, engine.caller(processor));
        return processor.machine().ended() == null ? Outcome.done() : Outcome.stay();
    }

    @Ddi("IoUninitializeWorkItem")
    Outcome uninitialize(Processor processor, long item) {
        return isQueued(processor, item) ? queuedFreed(processor, item) : Outcome.done();
    }

    private static boolean isQueued(Processor processor, long item) {
        return processor.memory().load64(item) != 0;
    }

    private Outcome queuedFreed(Processor processor, long item) {
        long routine = processor.memory().load64(item + IO_ROUTINE);
        crash.bugCheck(processor, WORKER_INVALID, QUEUED_FREED, item, routine, 0);
        return Outcome.stay();
    }

    @Ddi(value = "IoQueueWorkItem", maximum = Irql.DISPATCH_LEVEL)
    Outcome queue(Processor processor, long item, long routine, int queue, long context) {
        return queueItem(processor, item, routine, queue, context, false);
    }

    @Ddi(value = "IoQueueWorkItemEx", maximum = Irql.DISPATCH_LEVEL)
    Outcome queueEx(Processor processor, long item, long routine, int queue, long context) {
        return queueItem(processor, item, routine, queue, context, true);
    }

    private Outcome queueItem(
            Processor processor,
            long item,
            long routine,
            int queue,
            long context,
            boolean extended) {
        GuestMemory memory = processor.memory();
        memory.probe(item, IO_BYTES, true);
        if (isQueued(processor, item) || index(queue) < 0 || routine >= 0) {
            return insert(processor, item, queue, routine);
        }
        memory.store64(item + IO_ROUTINE, routine);
        memory.store64(item + IO_CONTEXT, context);
        memory.store64(item + IO_EXTENDED, extended ? 1 : 0);
        references.add(memory.load64(item + IO_OBJECT));
        return insert(processor, item, queue, routine);
    }

    /** What a worker thread calls for an item of the I/O manager. */
    @EntryPoint(value = IO_WORKER, frame = FrameShape.RETURN_ADDRESS)
    Outcome processItem(Processor processor, long item) {
        GuestMemory memory = processor.memory();
        long object = memory.load64(item + IO_OBJECT);
        boolean extended = memory.load64(item + IO_EXTENDED) != 0;
        return new Outcome.Call(
                memory.load64(item + IO_ROUTINE),
                new IoWorkDone(object),
                object,
                memory.load64(item + IO_CONTEXT),
                extended ? item : 0);
    }

    @Resumes("IopWorkItemDone")
    void ioWorkDone(Processor processor, IoWorkDone pending) {
        references.remove(pending.object);
    }

    // ---- queues ----

    @Ddi(value = "ExQueueWorkItem", maximum = Irql.DISPATCH_LEVEL)
    Outcome queueWork(Processor processor, long item, int queue) {
        processor.memory().probe(item, PARAMETER + 8, true);
        return insert(processor, item, queue, processor.memory().load64(item + ROUTINE));
    }

    /** The number of a WORK_QUEUE_TYPE's queue here, negative if there is no such type. */
    private static int index(int type) {
        if (type >= CUSTOM_PRIORITY && type < CUSTOM_PRIORITY + PRIORITY_COUNT) {
            return PRIORITIES.length + type - CUSTOM_PRIORITY;
        }
        return type >= 0 && type < PRIORITIES.length ? type : -1;
    }

    private static int priority(int queue) {
        return queue < PRIORITIES.length ? PRIORITIES[queue] : queue - PRIORITIES.length;
    }

    private static String name(int queue) {
        return queue < NAMES.length ? NAMES[queue] : "priority " + priority(queue);
    }

    private Outcome invalid(Processor processor, int how, long item, int type) {
        crash.bugCheck(processor, WORKER_INVALID, how, item, type & 0xFFFF_FFFFL, 0);
        return Outcome.stay();
    }

    private Outcome insert(Processor processor, long item, int type, long workerRoutine) {
        GuestMemory memory = processor.memory();
        int queue = index(type);
        if (queue < 0) {
            return invalid(processor, INVALID_QUEUE, item, type);
        }
        if (isQueued(processor, item)) {
            return invalid(processor, ACTIVE_QUEUED, item, type);
        }
        if (workerRoutine >= 0) {
            return invalid(processor, INVALID_ROUTINE, item, type);
        }
        if (isPageable(processor, item)) {
            rules.broken(
                    processor,
                    Violation.error(
                            "WorkItemInPageableStorage",
                            Integer.toHexString(PAGEABLE_ITEM),
                            "the work item 0x%x is in pageable memory".formatted(item),
                            Violation.Verifier.detected(PAGEABLE_ITEM, item, 0, 0)),
                    engine.caller(processor));
            if (processor.machine().ended() != null) {
                return Outcome.stay();
            }
        }
        if (queues[queue] == 0) {
            queues[queue] = makeQueue(memory);
        }
        new ListEntry(memory, queues[queue]).insertBefore(new ListEntry(memory, item));
        long routine = memory.load64(item + ROUTINE);
        boolean isIo = routine == engine.table().address(IO_WORKER);
        active.put(item, isIo ? memory.load64(item + IO_ROUTINE) : routine);
        if (idle[queue] == 0 && made[queue] < THREADS_MAXIMUM) {
            made[queue]++;
            threads.start(
                    processor,
                    name(queue) + " worker " + made[queue],
                    engine.table().address(WORKER),
                    queue,
                    priority(queue));
            return Outcome.done();
        }
        return new Outcome.Call(
                engine.table().address("KeSetEvent"),
                new WorkSignaled(),
                queues[queue] + EVENT,
                0,
                0);
    }

    private static boolean isPageable(Processor processor, long address) {
        int flags = processor.memory().pageFlags(address);
        return (flags & (PageFlags.PAGEABLE | PageFlags.LOCKED)) == PageFlags.PAGEABLE;
    }

    /** Memory is freed, in which no item may be queued. */
    void freed(Processor processor, long start, long size, long caller) {
        Long item = active.ceilingKey(start);
        if (item != null && item < start + size) {
            crash.bugCheckAt(
                    caller, processor, WORKER_INVALID, ACTIVE_FREED, item, start, start + size);
        }
    }

    private long makeQueue(GuestMemory memory) {
        long address = pool.allocate(PoolKind.NONPAGED, QUEUE_BYTES, TAG_QUEUE);
        if (address == 0) {
            throw new IllegalArgumentException(
                    "the machine has too little memory for its work queues");
        }
        new ListEntry(memory, address).initializeHead();
        memory.store32(address + EVENT, SYNCHRONIZATION_EVENT | EVENT_WORDS << 16);
        memory.store32(address + EVENT + 4, 0);
        new ListEntry(memory, address + EVENT + 8).initializeHead();
        return address;
    }

    @Resumes("ExpWorkSignaled")
    void signaled(Processor processor, WorkSignaled pending) {}

    // ---- threads ----

    @EntryPoint(value = WORKER, frame = FrameShape.RETURN_ADDRESS)
    Outcome worker(Processor processor, long queue) {
        return new Outcome.Then(new TakeItem((int) queue));
    }

    @Resumes("ExpTakeWorkItem")
    Outcome take(Processor processor, TakeItem pending) {
        GuestMemory memory = processor.memory();
        int queue = pending.queue;
        ListEntry head = new ListEntry(memory, queues[queue]);
        if (head.isEmpty()) {
            idle[queue]++;
            return new Outcome.Call(
                    engine.table().address("KeWaitForSingleObject"),
                    new WorkAwaited(queue),
                    queues[queue] + EVENT,
                    0,
                    0,
                    0,
                    new long[] {0});
        }
        long item = head.flink();
        new ListEntry(memory, item).remove();
        memory.store64(item, 0);
        if (!head.isEmpty() && idle[queue] > 0) {
            // Two items may have set the event once: another thread is for the second.
            return new Outcome.Call(
                    engine.table().address("KeSetEvent"),
                    new WorkPassedOn(queue, item),
                    queues[queue] + EVENT,
                    0,
                    0);
        }
        return passedOn(processor, new WorkPassedOn(queue, item));
    }

    @Resumes("ExpWorkAwaited")
    Outcome awaited(Processor processor, WorkAwaited pending) {
        idle[pending.queue]--;
        return new Outcome.Then(new TakeItem(pending.queue));
    }

    @Resumes("ExpWorkPassedOn")
    Outcome passedOn(Processor processor, WorkPassedOn pending) {
        GuestMemory memory = processor.memory();
        long routine = memory.load64(pending.item + ROUTINE);
        long parameter = memory.load64(pending.item + PARAMETER);
        Long told = active.remove(pending.item);
        running.merge(told == null ? routine : told, 1, Integer::sum);
        return new Outcome.Call(
                routine,
                new WorkDone(pending.queue, pending.item, told == null ? routine : told, parameter),
                parameter);
    }

    @Resumes("ExpWorkDone")
    Outcome done(Processor processor, WorkDone pending) {
        running.computeIfPresent(pending.routine, (_, count) -> count == 1 ? null : count - 1);
        calls.mustHoldNone(processor, pending.routine);
        if (processor.irql() >= Irql.DISPATCH_LEVEL) {
            crash.bugCheckAt(
                    pending.routine,
                    processor,
                    WORKER_THREAD_RETURNED_AT_BAD_IRQL,
                    pending.routine,
                    processor.irql(),
                    pending.parameter,
                    pending.item);
            return Outcome.stay();
        }
        if (calls.ownsMutex(processor)) {
            crash.bugCheckAt(
                    pending.routine,
                    processor,
                    SYSTEM_EXIT_OWNED_MUTEX,
                    pending.routine,
                    pending.parameter,
                    pending.item,
                    0);
            return Outcome.stay();
        }
        return calls.workerEnablesApcs(processor, pending.routine)
                ? new Outcome.Then(new TakeItem(pending.queue))
                : Outcome.stay();
    }

    @Override
    public List<String> outstanding() {
        List<String> lines = new ArrayList<>();
        active.values()
                .forEach(routine ->
                        lines.add("a work item of " + images.name(routine) + " is queued"));
        running.keySet()
                .forEach(routine ->
                        lines.add("a work item of " + images.name(routine) + " is not done"));
        return lines;
    }

    @Override
    public void save(StateWriter out) {
        for (int i = 0; i < queues.length; i++) {
            out.value(queues[i]);
            out.value(made[i]);
            out.value(idle[i]);
        }
        out.value(active.size());
        active.forEach((item, routine) -> {
            out.value(item);
            out.value(routine);
        });
        out.value(running.size());
        running.forEach((routine, count) -> {
            out.value(routine);
            out.value(count);
        });
    }

    @Override
    public void restore(StateReader in) {
        for (int i = 0; i < queues.length; i++) {
            queues[i] = in.value();
            made[i] = in.intValue();
            idle[i] = in.intValue();
        }
        active.clear();
        for (int i = in.intValue(); i > 0; i--) {
            long item = in.value();
            active.put(item, in.value());
        }
        running.clear();
        for (int i = in.intValue(); i > 0; i--) {
            long routine = in.value();
            running.put(routine, in.intValue());
        }
    }
}
