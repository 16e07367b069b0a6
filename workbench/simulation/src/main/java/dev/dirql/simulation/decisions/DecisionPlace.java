package dev.dirql.simulation.decisions;

import dev.dirql.machine.DecisionPoint;

/**
 * Where a decision was asked, in words that still mean something after the program changed.
 *
 * @param context who was running: {@code "thread 2"}, {@code "dpc OnDpc"}, {@code "interrupt
 *     0x50"}, {@code "machine"}
 * @param routine the routine that was executing, with offset; empty where there was none
 */
public record DecisionPlace(String context, String routine) {
    /** No processor was involved. */
    public static final DecisionPlace MACHINE = new DecisionPlace("machine", "");

    /** Finds the place of a question that is being asked. */
    @FunctionalInterface
    public interface Finder {
        DecisionPlace of(DecisionPoint point);
    }
}
