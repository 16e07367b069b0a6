package dev.dirql.machine;

/** The interrupt unit of one processor: its local APIC. */
public interface InterruptUnit extends StatePart {
    /** Task priority class, 0 to 15: what CR8 reads. */
    int taskPriority();

    /** Sets the task priority class, 0 to 15: what {@code mov cr8} writes. */
    void setTaskPriority(int priorityClass);

    /**
     * The vector the processor would take now at its priority, or -1; does not regard RFLAGS.IF.
     */
    int deliverable();

    /** Accepts {@link #deliverable}: moves it from requested to in service and gives it. */
    int acknowledge();

    /** Ends the highest interrupt in service. */
    void endOfInterrupt();

    /** Requests a vector from the processor itself, as an edge. {@code source} is for the trace. */
    void requestSelf(int vector, String source);

    /** Whether the vector is requested and not yet acknowledged. */
    boolean isRequested(int vector);

    /**
     * Starts the unit's timer, which requests {@code vector} as an edge when the count has run
     * down, and again after each further count if it is periodic. A count of 0 stops it. A new
     * start replaces the old one. No timer keeps a run going by itself.
     *
     * @param initialCountNs virtual time from now to the first request
     */
    default void setTimer(int vector, long initialCountNs, boolean periodic) {
        throw new UnsupportedOperationException("this interrupt unit has no timer");
    }

    /** Virtual time until the timer's next request, 0 while it is stopped. */
    default long timerCountNs() {
        return 0;
    }
}
