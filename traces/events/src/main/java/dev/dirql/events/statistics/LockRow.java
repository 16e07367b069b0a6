package dev.dirql.events.statistics;

import dev.dirql.events.LockKind;
import java.util.List;

/**
 * What was done with a lock. Times are virtual nanoseconds.
 *
 * @param lock address of the lock
 * @param kind the kind it was first seen as
 * @param name its name
 * @param storage where it lives, empty if no event said so
 * @param acquisitions how often it was acquired
 * @param contended how often a processor had to wait for it
 * @param triesFailed how often a routine that tries once found it held
 * @param spinTotalNs time spent waiting for it, of the acquisitions that followed
 * @param spinMaximumNs the longest of these waits
 * @param holdTotalNs time it was held, of the acquisitions that were released
 * @param holdMaximumNs the longest of these
 * @param irqlsBefore IRQLs at which it was acquired, ascending
 * @param irqlsAfter IRQLs at which it was held, ascending
 * @param processors processors that acquired it, ascending
 * @param firstNs time of the first event of it
 * @param lastNs time of the last event of it
 */
public record LockRow(
        long lock,
        LockKind kind,
        String name,
        String storage,
        long acquisitions,
        long contended,
        long triesFailed,
        long spinTotalNs,
        long spinMaximumNs,
        long holdTotalNs,
        long holdMaximumNs,
        List<Integer> irqlsBefore,
        List<Integer> irqlsAfter,
        List<Integer> processors,
        long firstNs,
        long lastNs) {
    public LockRow {
        irqlsBefore = List.copyOf(irqlsBefore);
        irqlsAfter = List.copyOf(irqlsAfter);
        processors = List.copyOf(processors);
    }
}
