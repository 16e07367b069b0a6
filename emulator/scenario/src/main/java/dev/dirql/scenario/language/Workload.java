package dev.dirql.scenario.language;

import java.util.List;

/**
 * What goes on outside the drivers: threads that make requests, and things that happen to devices.
 */
public record Workload(List<WorkloadThread> threads, List<TimedStimuli> stimuli) {
    public static final Workload NONE = new Workload(List.of(), List.of());

    public Workload {
        threads = List.copyOf(threads);
        stimuli = List.copyOf(stimuli);
    }
}
