package dev.dirql.events;

/**
 * The kinds of lock that NT offers to drivers. An acquisition says how the lock was taken: one
 * structure may be taken in several ways, if only by mistake.
 */
public enum LockKind {
    /** KSPIN_LOCK taken with the ordinary Ke… routines. */
    SPIN_LOCK("spin lock"),
    /**
     * The spin lock of a KINTERRUPT, held by the kernel around an ISR or a SynchCritSection
     * routine.
     */
    INTERRUPT_SPIN_LOCK("interrupt spin lock"),
    /** KSPIN_LOCK taken in order of arrival, with a KLOCK_QUEUE_HANDLE. */
    QUEUED_SPIN_LOCK("queued spin lock"),
    /** KSPIN_LOCK taken by an ExInterlocked… routine, interrupts disabled. */
    INTERLOCKED_SPIN_LOCK("interlocked spin lock"),
    /** EX_SPIN_LOCK, as the lock that it is. */
    READER_WRITER_SPIN_LOCK("reader-writer spin lock"),
    /** EX_SPIN_LOCK taken by one of its readers. */
    SHARED_SPIN_LOCK("shared spin lock"),
    /** EX_SPIN_LOCK taken by a writer. */
    EXCLUSIVE_SPIN_LOCK("exclusive spin lock"),
    /** KMUTEX: its waiters do not spin, as with all that follow. */
    MUTEX("mutex", true),
    FAST_MUTEX("fast mutex", true),
    GUARDED_MUTEX("guarded mutex", true),
    /** ERESOURCE. */
    RESOURCE("resource", true),
    PUSH_LOCK("push lock", true),
    REMOVE_LOCK("remove lock", true),
    RUNDOWN_PROTECTION("rundown protection", true);

    private final String text;
    private final boolean waits;

    LockKind(String text) {
        this(text, false);
    }

    LockKind(String text, boolean waits) {
        this.text = text;
        this.waits = waits;
    }

    /** Whether its waiters give up their processors instead of spinning. */
    public boolean waits() {
        return waits;
    }

    /** The words a report uses. */
    public String text() {
        return text;
    }
}
