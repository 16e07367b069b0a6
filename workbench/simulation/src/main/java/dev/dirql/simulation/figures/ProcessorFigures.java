package dev.dirql.simulation.figures;

import java.util.List;

/**
 * What one processor did.
 *
 * @param irqlTimes time at each IRQL at which any time was spent, ascending
 * @param idleNs time in which the idle thread was current and nothing else ran
 * @param interrupts interrupts taken
 * @param dpcs DPC routines run
 * @param spinNs time spent spinning for locks that were acquired in the end
 * @param threadSwitches how often it went on with another thread
 */
public record ProcessorFigures(
        int processor,
        List<IrqlTime> irqlTimes,
        long idleNs,
        long interrupts,
        long dpcs,
        long spinNs,
        long threadSwitches) {
    public ProcessorFigures {
        irqlTimes = List.copyOf(irqlTimes);
    }

    /** Time at one IRQL. */
    public record IrqlTime(int irql, long timeNs) {}
}
