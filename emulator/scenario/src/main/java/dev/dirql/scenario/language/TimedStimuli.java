package dev.dirql.scenario.language;

import dev.dirql.scenario.source.Position;
import java.util.List;

/**
 * Things that happen at a time.
 *
 * @param timeNs virtual time since the workload began; 0 for a stimulus written without a time
 * @param periodNs time between repetitions, 0 if it happens once
 * @param times how often, or {@link #UNTIL_THE_END}
 * @param stimuli what happens then, in order
 */
public record TimedStimuli(
        Position position, long timeNs, long periodNs, long times, List<Stimulus> stimuli) {
    /** As long as a thread of the workload runs or a request is outstanding. */
    public static final long UNTIL_THE_END = Long.MAX_VALUE;

    public TimedStimuli {
        stimuli = List.copyOf(stimuli);
    }
}
