package dev.dirql.scenario.language;

import java.util.List;

/**
 * What goes on outside the drivers: threads that make requests, and things that happen to devices.
 *
 * @param failures allocations that fail, counted from the first that a driver asks for
 * @param stimuli what happens at a time
 * @param last what happens when all that is done, in this order
 */
public record Workload(
        List<WorkloadThread> threads,
        List<Stimulus.FailAllocation> failures,
        List<TimedStimuli> stimuli,
        List<Stimulus> last) {
    public static final Workload NONE = new Workload(List.of(), List.of(), List.of(), List.of());

    public Workload {
        threads = List.copyOf(threads);
        failures = List.copyOf(failures);
        stimuli = List.copyOf(stimuli);
        last = List.copyOf(last);
    }
}
