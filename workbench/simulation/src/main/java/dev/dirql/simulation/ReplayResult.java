package dev.dirql.simulation;

import dev.dirql.store.SymbolTable;
import dev.dirql.store.TraceComparison.EventDifference;
import java.util.Optional;

/**
 * What came of a replay.
 *
 * @param events events that were compared and equal
 * @param difference the first event that differs; empty if none did
 * @param decisionMismatch the first decision that was another one than the recorded, in words;
 *     empty if none was
 * @param inputsChanged whether the scenario was another one than the recorded
 * @param recordingEnds why the recording ends before the run does; empty if it holds all of it
 * @param moment where the machine stands at the position that was asked for
 * @param symbols names of addresses in the replayed run
 * @param recordedSymbols names of addresses in the recorded run
 * @param stopped whether the user stopped it
 */
public record ReplayResult(
        long events,
        Optional<EventDifference> difference,
        Optional<String> decisionMismatch,
        boolean inputsChanged,
        String recordingEnds,
        Optional<MachineMoment> moment,
        SymbolTable symbols,
        SymbolTable recordedSymbols,
        boolean stopped) {
    /** Whether every event was the recorded one. */
    public boolean isIdentical() {
        return difference.isEmpty() && decisionMismatch.isEmpty();
    }
}
