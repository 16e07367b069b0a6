package dev.dirql.simulation.figures;

import java.util.List;

/**
 * Interrupts of a vector that no ISR claimed.
 *
 * @param interrupts names of the interrupt objects that were connected to the vector
 * @param count how many
 * @param processors numbers of the processors that took them, ascending
 */
public record SpuriousFigures(
        int vector, List<String> interrupts, long count, List<Integer> processors) {
    public SpuriousFigures {
        interrupts = List.copyOf(interrupts);
        processors = List.copyOf(processors);
    }
}
