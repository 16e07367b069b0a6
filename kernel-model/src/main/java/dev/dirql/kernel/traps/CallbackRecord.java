package dev.dirql.kernel.traps;

import dev.dirql.kernel.structures.ListEntry;
import dev.dirql.machine.GuestMemory;

/** What the two kinds of records of bug-check callbacks have in common. */
sealed interface CallbackRecord permits KBugCheckCallbackRecord, KBugCheckReasonCallbackRecord {
    /** KBUGCHECK_BUFFER_DUMP_STATE: it is not registered. */
    int EMPTY = 0;

    /** It is registered. */
    int INSERTED = 1;

    /** Its routine was called. */
    int STARTED = 2;

    /** Its routine returned, and is not called again. */
    int FINISHED = 3;

    /** Its routine did not return. */
    int INCOMPLETE = 4;

    GuestMemory memory();

    long address();

    int bytes();

    ListEntry entry();

    long routine();

    /** Address of the name of who registered it, or 0. */
    long component();

    /** Whether it is as it was when it was registered. */
    boolean isIntact();

    int state();

    void setState(int value);
}
