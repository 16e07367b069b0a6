package dev.dirql.debugger;

import java.util.List;

/** Why the machine stands where it stands now. */
public sealed interface Arrival {
    /** It is where it was told to go, or the step that was asked for is done. */
    record Reached() implements Arrival {}

    /** Stop points were hit, all at this position; the first comes first. */
    record Hits(List<Hit> hits) implements Arrival {
        public Hits {
            hits = List.copyOf(hits);
        }
    }

    /** The run is over: there is nothing behind this position. */
    record Ended() implements Arrival {}

    /** The run begins here: there is nothing before this position. */
    record Beginning() implements Arrival {}

    /** Somebody asked for a halt. */
    record Halted() implements Arrival {}

    /**
     * A replay differs from its recording, or that ends here, or the trace that is written is full.
     * This is said once; the run can go on.
     */
    record Trouble(String text) implements Arrival {}
}
