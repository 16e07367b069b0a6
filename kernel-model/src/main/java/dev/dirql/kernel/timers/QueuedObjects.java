package dev.dirql.kernel.timers;

import dev.dirql.kernel.dpcs.DpcQueues;
import dev.dirql.kernel.dpcs.KDpc;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.rules.Violation;
import dev.dirql.kernel.rules.Violation.Verifier;
import dev.dirql.machine.Processor;
import java.util.List;

/**
 * Memory that goes must not hold a timer that is set or a DPC that is queued, nor the routine of
 * one. Source: WDK, "Bug check 0xC7".
 */
public final class QueuedObjects {
    private static final int TIMER_OR_DPC_INVALID = 0xC7;
    private static final int TIMER = 0;
    private static final int DPC = 1;
    private static final int DPC_ROUTINE = 2;

    private final TimerQueue timers;
    private final DpcQueues dpcs;
    private final Rules rules;

    public QueuedObjects(TimerQueue timers, DpcQueues dpcs, Rules rules) {
        this.timers = timers;
        this.dpcs = dpcs;
        this.rules = rules;
    }

    /**
     * Memory is about to be freed. With the verifier on this may end the run.
     *
     * @param what the memory in words, as in "pool that is freed"
     */
    public void goes(Processor processor, String what, long start, long size, long caller) {
        for (long timer : timers.all()) {
            if (contains(start, size, timer)) {
                tell(processor, "TimerFreedWhileSet", TIMER, timer, what, start, size, caller);
            }
        }
        for (KDpc dpc : dpcs.queued(processor)) {
            long routine = dpc.deferredRoutine();
            if (contains(start, size, dpc.address())) {
                tell(
                        processor,
                        "DpcFreedWhileQueued",
                        DPC,
                        dpc.address(),
                        what,
                        start,
                        size,
                        caller);
            } else if (contains(start, size, routine)) {
                tell(
                        processor,
                        "DpcRoutineFreedWhileQueued",
                        DPC_ROUTINE,
                        routine,
                        what,
                        start,
                        size,
                        caller);
            }
        }
    }

    /** The timers that are set, as far as their memory is there. */
    public List<KTimer> timers(Processor processor) {
        return timers.all().stream()
                .filter(address -> processor.memory().physical(address) >= 0)
                .map(address -> new KTimer(processor.memory(), address))
                .toList();
    }

    private static boolean contains(long start, long size, long address) {
        return Long.compareUnsigned(address - start, size) < 0;
    }

    private void tell(
            Processor processor,
            String rule,
            int kind,
            long object,
            String what,
            long start,
            long size,
            long caller) {
        String name =
                switch (kind) {
                    case TIMER -> "timer, which is set,";
                    case DPC -> "DPC, which is queued,";
                    default -> "routine of a DPC, which is queued,";
                };
        rules.broken(
                processor,
                Violation.error(
                        rule,
                        "C7",
                        "the %s at 0x%x is in %s".formatted(name, object, what),
                        new Verifier(TIMER_OR_DPC_INVALID, kind, object, start, start + size)),
                caller);
    }
}
