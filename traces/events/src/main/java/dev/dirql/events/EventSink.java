package dev.dirql.events;

/**
 * Receives every event of a run, in order. Trace writers, rules, statistics and the replayer are
 * sinks.
 */
@FunctionalInterface
public interface EventSink {
    void accept(Stamp stamp, Event event);

    /** Forgets what it is given. */
    static EventSink none() {
        return (_, _) -> {};
    }
}
