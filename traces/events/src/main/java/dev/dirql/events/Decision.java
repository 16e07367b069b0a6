package dev.dirql.events;

/**
 * A choice that differs from the default policy. A run is reproduced from these alone: every other
 * choice is the default.
 *
 * @param ordinal how many decisions were asked before this one in the run: its exact place in an
 *     unchanged program
 * @param kind what was open
 * @param context who was running: {@code "thread 2"}, {@code "dpc OnDpc"}, {@code "interrupt
 *     0x50"}, {@code "machine"}
 * @param routine routine and offset that was executing, empty where none was
 * @param occurrence how often this kind was asked before in this context and routine: together with
 *     them a place that still means something after the program changed
 * @param alternatives how many choices there were
 * @param choice the alternative taken, 1 to {@code alternatives - 1}
 */
public record Decision(
        long ordinal,
        DecisionKind kind,
        String context,
        String routine,
        long occurrence,
        int alternatives,
        int choice) {}
