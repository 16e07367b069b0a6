package dev.dirql.simulation;

import dev.dirql.events.RunEnd;
import dev.dirql.simulation.figures.BugCheckFigures;
import dev.dirql.simulation.figures.DebugLine;
import dev.dirql.simulation.figures.FindingFigures;
import dev.dirql.simulation.figures.HeldLock;
import dev.dirql.simulation.figures.LockFigures;
import dev.dirql.simulation.figures.ProcessorFigures;
import dev.dirql.simulation.figures.RequestFigures;
import dev.dirql.simulation.figures.SpuriousFigures;
import dev.dirql.store.SymbolTable;
import java.util.List;
import java.util.Optional;

/**
 * What came of a run: everything that a report says.
 *
 * @param scenario the scenario's file as its user named it
 * @param title its title, empty if it has none
 * @param seed seed that disturbed the policy, 0 for none
 * @param processorCount processors of the machine
 * @param end how the run ended
 * @param endDetail more about it in words, may be empty
 * @param timeNs virtual time at its end
 * @param steps steps of all processors together
 * @param events events that happened
 * @param decisions decisions that were asked
 * @param deviations decisions that were answered with something else than the default
 * @param trace what became of its trace
 * @param symbols names of the addresses of code
 */
public record RunResult(
        String scenario,
        String title,
        long seed,
        int processorCount,
        RunEnd end,
        String endDetail,
        long timeNs,
        long steps,
        long events,
        long decisions,
        long deviations,
        TraceState trace,
        List<ExpectationResult> expectations,
        List<FindingFigures> findings,
        Optional<BugCheckFigures> bugCheck,
        List<LockFigures> locks,
        List<HeldLock> heldLocks,
        List<ProcessorFigures> processors,
        List<SpuriousFigures> spuriousInterrupts,
        List<RequestFigures> requests,
        List<DebugLine> debugLines,
        SymbolTable symbols) {
    public RunResult {
        expectations = List.copyOf(expectations);
        findings = List.copyOf(findings);
        locks = List.copyOf(locks);
        heldLocks = List.copyOf(heldLocks);
        processors = List.copyOf(processors);
        spuriousInterrupts = List.copyOf(spuriousInterrupts);
        requests = List.copyOf(requests);
        debugLines = List.copyOf(debugLines);
    }

    /** What became of the trace of a run. */
    public enum TraceState {
        /** Nothing was to be recorded. */
        NONE,
        /** Everything was recorded. */
        COMPLETE,
        /** The limit for its size was reached; the run went on without it. */
        LIMIT_REACHED,
        /** The disk was full, and the run was stopped. */
        DISK_FULL
    }

    /** Whether everything that was expected held and nothing else went wrong. */
    public boolean passed() {
        return expectations.stream().allMatch(ExpectationResult::held);
    }
}
