package dev.dirql.scenario.language;

import dev.dirql.scenario.source.Position;
import java.util.List;
import java.util.OptionalInt;

/**
 * A thread of the workload. It begins when every driver is loaded.
 *
 * @param number its place among the workload's threads, from 0
 * @param name as written, else {@code thread N} with N from 1
 * @param processor the only processor it runs on; empty: any
 * @param priority 1 to 31
 */
public record WorkloadThread(
        Position position,
        int number,
        String name,
        OptionalInt processor,
        int priority,
        List<WorkloadStatement> body) {
    /** The priority of a thread that names none: that of an ordinary system thread. */
    public static final int USUAL_PRIORITY = 8;

    public WorkloadThread {
        body = List.copyOf(body);
    }
}
