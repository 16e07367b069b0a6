package dev.dirql.simulation.figures;

import dev.dirql.events.LockKind;
import java.util.List;

/**
 * What one lock went through.
 *
 * @param address its guest virtual address
 * @param storage where it lives, as in "device extension"; empty if that was not told
 * @param acquisitions how often it was acquired
 * @param contended how often a processor began to spin for it
 * @param spinTotalNs time spent spinning by acquirers, all together
 * @param spinMaximumNs longest time one acquirer spun
 * @param holdTotalNs time it was held
 * @param holdMaximumNs longest time it was held
 * @param irqls IRQLs it was held at, ascending
 * @param processors processors that acquired it, ascending
 */
public record LockFigures(
        long address,
        String name,
        LockKind kind,
        String storage,
        long acquisitions,
        long contended,
        long spinTotalNs,
        long spinMaximumNs,
        long holdTotalNs,
        long holdMaximumNs,
        List<Integer> irqls,
        List<Integer> processors) {
    public LockFigures {
        irqls = List.copyOf(irqls);
        processors = List.copyOf(processors);
    }
}
