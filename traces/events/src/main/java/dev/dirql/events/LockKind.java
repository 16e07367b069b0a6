package dev.dirql.events;

/** The kinds of lock that NT offers to drivers, by the structure that holds the lock. */
public enum LockKind {
    /** KSPIN_LOCK taken with the ordinary Ke… routines. */
    SPIN_LOCK("spin lock"),
    /**
     * The spin lock of a KINTERRUPT, held by the kernel around an ISR or a SynchCritSection
     * routine.
     */
    INTERRUPT_SPIN_LOCK("interrupt spin lock");

    private final String text;

    LockKind(String text) {
        this.text = text;
    }

    /** The words a report uses. */
    public String text() {
        return text;
    }
}
