package dev.dirql.events.statistics;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a processor did.
 *
 * @param processor its number
 * @param timeAtIrqlNs virtual time spent at each IRQL, ascending by IRQL; an IRQL it was never at
 *     is not in it
 * @param interruptsByVector interrupts taken, ascending by vector
 * @param dpcs DPC routines run
 * @param spinNs virtual time spent waiting for locks that it then got
 * @param contextSwitches times it went on with another thread
 */
public record ProcessorRow(
        int processor,
        SortedMap<Integer, Long> timeAtIrqlNs,
        SortedMap<Integer, Long> interruptsByVector,
        long dpcs,
        long spinNs,
        long contextSwitches) {
    public ProcessorRow {
        timeAtIrqlNs = Collections.unmodifiableSortedMap(new TreeMap<>(timeAtIrqlNs));
        interruptsByVector = Collections.unmodifiableSortedMap(new TreeMap<>(interruptsByVector));
    }

    /** All interrupts taken. */
    public long interrupts() {
        return interruptsByVector.values().stream().mapToLong(Long::longValue).sum();
    }
}
