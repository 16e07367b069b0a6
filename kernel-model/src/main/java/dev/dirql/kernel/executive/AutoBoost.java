package dev.dirql.kernel.executive;

import dev.dirql.kernel.Irql;
import dev.dirql.kernel.traps.BugChecks;
import dev.dirql.machine.Processor;

/**
 * What AutoBoost, which raises the priority of threads that keep others waiting, asks of those who
 * use its locks: fast and guarded mutexes, push locks and resources. WDK, "Bug Check 0x192" and
 * "Bug Check 0x162".
 */
final class AutoBoost {
    private static final int LOCK_ACQUISITION_WITH_RAISED_IRQL = 0x192;
    private static final int INVALID_LOCK_RELEASE = 0x162;

    /** Sessions are not modelled: there is the one of the system. */
    private static final int SESSION = 0;

    private final BugChecks bugChecks;

    AutoBoost(BugChecks bugChecks) {
        this.bugChecks = bugChecks;
    }

    /** A thread is about to acquire a lock, for which it could not wait at a raised IRQL. */
    void acquires(Processor processor, long lock, long caller) {
        if (processor.irql() > Irql.APC_LEVEL) {
            bugChecks.raise(
                    processor,
                    LOCK_ACQUISITION_WITH_RAISED_IRQL,
                    processor.thread,
                    lock,
                    processor.irql(),
                    0,
                    caller);
        }
    }

    /** A thread releases a lock that it does not own. */
    void releasesUnowned(Processor processor, long lock, long caller) {
        bugChecks.raise(
                processor, INVALID_LOCK_RELEASE, processor.thread, lock, SESSION, 0, caller);
    }
}
