package dev.dirql.kernel.threads;

import dev.dirql.machine.AddressSpace;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;

/** What the scheduler knows of a thread besides its KTHREAD. */
public final class KernelThread implements StatePart {
    /** Stands in {@link #deadlineNs} for a wait without end. */
    public static final long NEVER = Long.MAX_VALUE;

    /** What a thread does. */
    public enum State {
        READY,
        RUNNING,
        WAITING,
        TERMINATED
    }

    private final long address;
    private final String name;
    private final AddressSpace space;
    private final long stackTop;
    private final boolean idle;

    State state = State.READY;
    int priority;
    long affinity;

    /** Number of the processor it runs on, or ran on last. */
    int processor;

    /** Its place among its equals: the smaller goes first. */
    long readyOrder;

    int quantumTicks;

    /** Address of the object it waits for; 0 for a delay. */
    long waitObject;

    long deadlineNs = NEVER;

    /** What KeRevertToUserAffinityThread goes back to; 0 while a driver did not change it. */
    long userAffinity;

    /** KeSetEvent was called with Wait: the next wait starts at the raised IRQL. */
    boolean waitNext;

    /** Address of the lock without which it cannot go on; 0 for none, or a wait that may end. */
    long waitedLock;

    /** The wait may be ended by an APC or alert for user mode. */
    boolean alertable;

    /** Made by PsCreateSystemThread, and not about to end. */
    boolean system;

    /** Its stack may be paged out while it waits in user mode. */
    boolean stackSwaps = true;

    /** Its stack becomes pageable when the wait that it began leaves the processor. */
    boolean pagesOut;

    /** Its stack is pageable now. */
    boolean stackPageable;

    KernelThread(long address, String name, AddressSpace space, long stackTop, boolean idle) {
        this.address = address;
        this.name = name;
        this.space = space;
        this.stackTop = stackTop;
        this.idle = idle;
    }

    /** Address of the KTHREAD. */
    public long address() {
        return address;
    }

    public String name() {
        return name;
    }

    /** The address space of its process. */
    public AddressSpace space() {
        return space;
    }

    public long stackTop() {
        return stackTop;
    }

    public boolean isIdle() {
        return idle;
    }

    public State state() {
        return state;
    }

    public int priority() {
        return priority;
    }

    /** The processors it may run on, a bit each. */
    public long affinity() {
        return affinity;
    }

    public int processor() {
        return processor;
    }

    /** Address of the object it waits for; 0 for a delay. */
    public long waitObject() {
        return waitObject;
    }

    public long deadlineNs() {
        return deadlineNs;
    }

    /** Address of the lock without which it cannot go on; 0 for none. */
    public long waitedLock() {
        return waitedLock;
    }

    @Override
    public void save(StateWriter out) {
        out.value(state.ordinal());
        out.value(priority);
        out.value(affinity);
        out.value(processor);
        out.value(readyOrder);
        out.value(quantumTicks);
        out.value(waitObject);
        out.time(deadlineNs);
        out.value(waitNext);
        out.value(userAffinity);
        out.value(waitedLock);
        out.value(alertable);
        out.value(system);
        out.value(stackSwaps);
        out.value(pagesOut);
        out.value(stackPageable);
    }

    @Override
    public void restore(StateReader in) {
        state = State.values()[in.intValue()];
        priority = in.intValue();
        affinity = in.value();
        processor = in.intValue();
        readyOrder = in.value();
        quantumTicks = in.intValue();
        waitObject = in.value();
        deadlineNs = in.time();
        waitNext = in.booleanValue();
        userAffinity = in.value();
        waitedLock = in.value();
        alertable = in.booleanValue();
        system = in.booleanValue();
        stackSwaps = in.booleanValue();
        pagesOut = in.booleanValue();
        stackPageable = in.booleanValue();
    }
}
