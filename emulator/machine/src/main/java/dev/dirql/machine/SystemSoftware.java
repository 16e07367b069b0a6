package dev.dirql.machine;

import dev.dirql.events.RunEnd;

/**
 * What runs on the machine besides guest code: the kernel. The machine calls it whenever a
 * processor leaves guest code; each call is one visible step of that processor.
 */
public interface SystemSoftware {
    /** First address of the window in which every address is a step of a kernel service. */
    long serviceWindow();

    /** Size of the window in bytes. */
    long serviceWindowSize();

    /** Does the step that RIP names. */
    void service(Processor processor);

    /** Enters the handler of a vector that the processor just acknowledged. */
    void interrupt(Processor processor, int vector);

    /** Handles an exception or software interrupt; {@link Processor#trap} tells which. */
    void trap(Processor processor);

    /**
     * Called after {@code mov cr8} by guest code, before any interrupt that became deliverable is
     * taken.
     *
     * @param from task priority before
     */
    void priorityWritten(Processor processor, int from);

    /**
     * Whether a pageable page that is neither locked nor absent is in memory for this access. Asked
     * at each access to such a page.
     */
    boolean isResident(Processor processor, long address);

    /**
     * Names guest memory on which nothing that follows depends, for {@link Machine#reducedHash}:
     * the stacks below the stack pointers, and where absolute time is kept.
     */
    void unusedMemory(UnusedMemory unused);

    /**
     * The earliest virtual time at which a clock tick has something to do, {@link Long#MAX_VALUE}
     * for none.
     */
    long nextDeadlineNs();

    /**
     * Asked when no processor can run and only background events are left: how the run ends. The
     * text for people is in {@link #quiescentDetail}.
     */
    RunEnd quiescent();

    /** What is outstanding, in words, when {@link #quiescent} was asked. */
    String quiescentDetail();
}
