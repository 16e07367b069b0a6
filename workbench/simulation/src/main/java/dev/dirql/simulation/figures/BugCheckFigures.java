package dev.dirql.simulation.figures;

import dev.dirql.kernel.traps.BugCheckParameters;
import java.util.List;

/**
 * The bug check that ended a run.
 *
 * @param address code that caused it
 * @param sequence its event
 */
public record BugCheckFigures(
        int code,
        String name,
        List<Long> parameters,
        long address,
        long sequence,
        long timeNs,
        int processor,
        int irql) {
    public BugCheckFigures {
        parameters = List.copyOf(parameters);
    }

    /** What each parameter means, empty where one means nothing; none for a driver's own code. */
    public List<String> meanings() {
        return BugCheckParameters.of(code, parameters);
    }
}
