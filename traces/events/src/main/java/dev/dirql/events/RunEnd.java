package dev.dirql.events;

/** Why a run ended. */
public enum RunEnd {
    /** The workload is done and nothing is outstanding. */
    DONE,
    /** The guest bug-checked. */
    BUG_CHECK,
    /** A cycle of owners and waiters that nothing can resolve. */
    DEADLOCK,
    /** Only periodic events are left, and something is outstanding. */
    STUCK,
    /**
     * The limit on virtual time or steps was reached, or would be: the kernel walks along a list
     * without an end.
     */
    BUDGET,
    /** The processor met an instruction, or the driver a routine, that dirql does not model. */
    NOT_MODELLED,
    /** The code of a device that the scenario declares went wrong. */
    DEVICE_FAULT,
    /** A person or a limit of the host stopped the run. */
    STOPPED
}
