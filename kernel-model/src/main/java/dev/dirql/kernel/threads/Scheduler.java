package dev.dirql.kernel.threads;

import dev.dirql.events.DecisionKind;
import dev.dirql.events.Event;
import dev.dirql.events.Stamp;
import dev.dirql.kernel.images.CallStack;
import dev.dirql.kernel.images.Unwinder;
import dev.dirql.kernel.interrupts.InterruptVectors;
import dev.dirql.kernel.irql.Irqls;
import dev.dirql.kernel.processors.KPcr;
import dev.dirql.kernel.threads.KernelThread.State;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who runs where: at every processor the ready thread of the highest priority that may run there,
 * first come first served among equals. Priorities are not boosted.
 */
public final class Scheduler implements StatePart {
    /** What is absent of a routine that can raise the priority of the threads that it wakes. */
    public static final String NO_BOOST = "the boost of the priority of threads";

    private final Machine machine;
    private final Irqls irqls;
    private final int quantumTicks;
    private List<KernelThread> threads = new ArrayList<>();
    private final KernelThread[] current;
    private final KernelThread[] idle;
    private final boolean[] quantumEnded;
    private long readyOrders;

    public Scheduler(Machine machine, Irqls irqls, int quantumTicks) {
        this.machine = machine;
        this.irqls = irqls;
        this.quantumTicks = quantumTicks;
        current = new KernelThread[machine.processorCount()];
        idle = new KernelThread[machine.processorCount()];
        quantumEnded = new boolean[machine.processorCount()];
    }

    // ---- what there is ----

    /** All threads that did not end, idle threads first, in order of creation. */
    public List<KernelThread> threads() {
        return List.copyOf(threads);
    }

    /** The thread whose KTHREAD is at an address, or null. */
    public @Nullable KernelThread find(long address) {
        for (KernelThread thread : threads) {
            if (thread.address() == address) {
                return thread;
            }
        }
        return null;
    }

    /** The thread that runs on a processor, or was interrupted there. */
    public KernelThread current(Processor processor) {
        return current[processor.number()];
    }

    /** How the wait of the current thread ended: an NTSTATUS. */
    int waitStatus(Processor processor) {
        return view(processor, current(processor)).waitStatus();
    }

    public boolean isIdle(int processor) {
        return current[processor].isIdle();
    }

    /**
     * The processors on which a thread could go on that does not run. Part of deadlock detection.
     */
    public long affinityOf(long address) {
        KernelThread thread = find(address);
        return thread == null ? 0 : thread.affinity;
    }

    // ---- building ----

    /** Adds the idle thread of a processor, which runs there at once. */
    void addIdle(Processor processor, KernelThread thread) {
        threads.add(thread);
        thread.state = State.RUNNING;
        thread.affinity = 1L << processor.number();
        thread.processor = processor.number();
        current[processor.number()] = thread;
        idle[processor.number()] = thread;
        processor.thread = thread.address();
        view(processor, thread).setState(KThread.RUNNING);
    }

    /** Adds a thread whose context is complete, and lets it run when its turn comes. */
    void add(Processor processor, KernelThread thread) {
        threads.add(thread);
        makeReady(processor, thread);
    }

    // ---- ready, running, waiting ----

    /** Puts a thread behind its equals, and sees whether a processor should take it. */
    void makeReady(Processor processor, KernelThread thread) {
        thread.readyOrder = ++readyOrders;
        thread.quantumTicks = quantumTicks;
        enterReady(processor, thread);
        place(processor, thread);
    }

    private void enterReady(Processor processor, KernelThread thread) {
        thread.state = State.READY;
        thread.waitObject = 0;
        thread.deadlineNs = KernelThread.NEVER;
        view(processor, thread).setState(KThread.READY);
    }

    /** An idle processor takes the thread, or else the one that runs the least important. */
    private void place(Processor processor, KernelThread thread) {
        int[] candidates = new int[current.length];
        int count = 0;
        for (int i = 0; i < current.length; i++) {
            int number = (thread.processor + i) % current.length;
            if (allows(thread, number) && current[number].isIdle()) {
                candidates[count++] = number;
            }
        }
        if (count > 0) {
            int choice =
                    machine.decide(
                            DecisionKind.THREAD_PROCESSOR,
                            Stamp.NO_PROCESSOR,
                            count,
                            thread.address());
            ask(processor, candidates[choice]);
            return;
        }
        int weakest = -1;
        for (int i = 0; i < current.length; i++) {
            int number = (thread.processor + i) % current.length;
            boolean weaker = weakest < 0 || current[number].priority < current[weakest].priority;
            if (allows(thread, number) && weaker) {
                weakest = number;
            }
        }
        if (weakest >= 0 && current[weakest].priority < thread.priority) {
            ask(processor, weakest);
        }
    }

    private static boolean allows(KernelThread thread, int processor) {
        return (thread.affinity >>> processor & 1) != 0;
    }

    private void ask(Processor processor, int target) {
        if (target == processor.number()) {
            processor.interruptUnit().requestSelf(InterruptVectors.DISPATCH, "thread switch");
        } else {
            machine.controller()
                    .sendToProcessor(target, InterruptVectors.DISPATCH, "thread switch");
        }
    }

    /**
     * Whether the current thread has to give way to a better one, or to an equal after its time.
     */
    public boolean isSwitchDue(Processor processor) {
        KernelThread running = current(processor);
        int best = bestPriority(processor.number());
        boolean equalsTurn = quantumEnded[processor.number()] && best >= running.priority;
        boolean misplaced = !allows(running, processor.number());
        return best > running.priority
                || equalsTurn
                || misplaced
                || (running.isIdle() && best >= 0);
    }

    private int bestPriority(int processor) {
        int best = -1;
        for (KernelThread thread : threads) {
            if (thread.state == State.READY && allows(thread, processor)) {
                best = Math.max(best, thread.priority);
            }
        }
        return best;
    }

    /** Stores the current context and goes on with another thread. */
    public void switchAway(Processor processor) {
        KernelThread leaving = current(processor);
        KThread view = view(processor, leaving);
        if (leaving.state != State.TERMINATED) {
            view.setWaitIrql(processor.irql());
            view.setKernelStack(SwitchFrame.push(processor));
            KernelStacks.waits(machine, leaving);
        }
        String reason = reason(leaving, processor);
        if (leaving.state == State.RUNNING) {
            boolean equalsTurn = quantumEnded[processor.number()];
            enterReady(processor, leaving);
            // Preempted, it keeps its place before its equals; after its quantum it goes behind.
            if (equalsTurn) {
                leaving.readyOrder = ++readyOrders;
                leaving.quantumTicks = quantumTicks;
            }
        }
        quantumEnded[processor.number()] = false;
        KernelThread next = choose(processor.number());
        run(processor, next, reason, leaving.address());
        if (leaving.state == State.READY && !leaving.isIdle()) {
            place(processor, leaving);
        }
    }

    private String reason(KernelThread leaving, Processor processor) {
        return switch (leaving.state) {
            case WAITING -> leaving.waitObject == 0 ? "delay" : "wait";
            case TERMINATED -> "ended";
            case READY, RUNNING ->
                    leaving.isIdle()
                            ? "ready thread"
                            : quantumEnded[processor.number()] ? "quantum end" : "preempted";
        };
    }

    /** Who would run if the current thread could not: of equals the one that is ready longest. */
    KernelThread successor(Processor processor) {
        List<KernelThread> equals = bestReady(processor.number());
        return equals.isEmpty() ? idle[processor.number()] : equals.getFirst();
    }

    /** The ready threads of the best priority, the one that is ready longest first. */
    private List<KernelThread> bestReady(int processor) {
        int best = bestPriority(processor);
        List<KernelThread> equals = new ArrayList<>();
        for (KernelThread thread : threads) {
            if (thread.state == State.READY
                    && thread.priority == best
                    && !thread.isIdle()
                    && allows(thread, processor)) {
                equals.add(thread);
            }
        }
        equals.sort((a, b) -> Long.compare(a.readyOrder, b.readyOrder));
        return equals;
    }

    private KernelThread choose(int processor) {
        List<KernelThread> equals = bestReady(processor);
        if (equals.isEmpty()) {
            return idle[processor];
        }
        int choice =
                machine.decide(
                        DecisionKind.NEXT_THREAD,
                        processor,
                        equals.size(),
                        equals.get(0).address());
        return equals.get(choice);
    }

    private void run(Processor processor, KernelThread next, String reason, long from) {
        KThread view = view(processor, next);
        next.state = State.RUNNING;
        next.processor = processor.number();
        current[processor.number()] = next;
        view.setState(KThread.RUNNING);
        new KPcr(processor.memory(), processor.gsBase).setCurrentThread(next.address());
        if (from != next.address()) {
            machine.emit(processor, new Event.ThreadSwitched(from, next.address(), reason));
        }
        processor.thread = next.address();
        processor.memory().setSpace(next.space());
        SwitchFrame.pop(processor, view.kernelStack());
        irqls.set(processor, view.waitIrql(), processor.rip);
        if (view.isKernelApcPending()) {
            processor.interruptUnit().requestSelf(InterruptVectors.APC, "kernel APC");
        }
    }

    /** The current thread begins to wait; the service answers with Block. */
    void beginWait(Processor processor, long object, long deadlineNs) {
        KernelThread thread = current(processor);
        thread.state = State.WAITING;
        thread.waitObject = object;
        thread.deadlineNs = deadlineNs;
        view(processor, thread).setState(KThread.WAITING);
    }

    /** A wait is over: the thread's service goes on with this status. */
    void endWait(Processor processor, KernelThread thread, int status) {
        KThread view = view(processor, thread);
        machine.emit(processor, new Event.WaitEnded(thread.waitObject, thread.address(), status));
        view.leaveWait();
        view.setWaitStatus(status);
        thread.waitedLock = 0;
        thread.alertable = false;
        KernelStacks.ready(machine, thread);
        makeReady(processor, thread);
    }

    /** The current thread ended; it is switched away from and never chosen again. */
    void terminate(Processor processor) {
        KernelThread thread = current(processor);
        thread.state = State.TERMINATED;
        view(processor, thread).setState(KThread.TERMINATED);
        threads.remove(thread);
    }

    /** Changes a priority and gives the one before. */
    int setPriority(Processor processor, KernelThread thread, int priority) {
        int before = thread.priority;
        thread.priority = priority;
        view(processor, thread).setPriority(priority);
        reconsider(processor, thread);
        return before;
    }

    /** Changes where a thread may run and gives what was before. */
    long setAffinity(Processor processor, KernelThread thread, long affinity) {
        long before = thread.affinity;
        thread.affinity = affinity;
        view(processor, thread).setAffinity(affinity);
        reconsider(processor, thread);
        return before;
    }

    private void reconsider(Processor processor, KernelThread thread) {
        if (thread.state == State.READY) {
            place(processor, thread);
        } else if (thread.state == State.RUNNING
                && isSwitchDue(machine.processor(thread.processor))) {
            ask(processor, thread.processor);
        }
    }

    /** A clock interrupt on a processor: its thread has used up one tick more. */
    void tick(Processor processor) {
        KernelThread thread = current(processor);
        if (thread.isIdle() || bestPriority(processor.number()) < thread.priority) {
            return;
        }
        thread.quantumTicks--;
        boolean ends =
                thread.quantumTicks <= 0
                        || machine.decide(
                                        DecisionKind.QUANTUM_END,
                                        processor.number(),
                                        2,
                                        thread.address())
                                == 1;
        if (ends) {
            quantumEnded[processor.number()] = true;
            ask(processor, processor.number());
        }
    }

    /** The earliest end of a wait or delay. */
    public long nextDeadlineNs() {
        long next = KernelThread.NEVER;
        for (KernelThread thread : threads) {
            next = Math.min(next, thread.deadlineNs);
        }
        return next;
    }

    /** RSP of the saved context of a thread that does not run. */
    public long savedStackPointer(KernelThread thread) {
        return view(machine.processor(0), thread).kernelStack();
    }

    /** The call stack of a thread that does not run. */
    public CallStack stackOf(KernelThread thread, Unwinder unwinder) {
        long frame = savedStackPointer(thread);
        return unwinder.walk(
                SwitchFrame.rip(this::peek, frame), SwitchFrame.registers(this::peek, frame));
    }

    /** Reads a kernel stack, which may be paged out. */
    private long peek(long address) {
        return machine.peek(machine.kernelSpace(), address, Long.BYTES).orElse(0);
    }

    static KThread view(Processor processor, KernelThread thread) {
        return new KThread(processor.memory(), thread.address());
    }

    @Override
    public void save(StateWriter out) {
        out.value(threads.size());
        out.reference(List.copyOf(threads));
        threads.forEach(thread -> thread.save(out));
        for (int i = 0; i < current.length; i++) {
            out.value(current[i].address());
            out.value(quantumEnded[i]);
            out.reference(current[i]);
        }
        out.value(readyOrders);
    }

    @Override
    @SuppressWarnings("unchecked")
    public void restore(StateReader in) {
        int count = in.intValue();
        threads = new ArrayList<>((List<KernelThread>) in.reference(List.class));
        if (threads.size() != count) {
            throw new IllegalStateException(threads.size() + " threads kept, not " + count);
        }
        threads.forEach(thread -> thread.restore(in));
        for (int i = 0; i < current.length; i++) {
            in.value();
            quantumEnded[i] = in.booleanValue();
            current[i] = in.reference(KernelThread.class);
        }
        readyOrders = in.value();
    }
}
