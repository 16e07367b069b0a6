package dev.dirql.simulation;

import dev.dirql.events.Decision;
import dev.dirql.simulation.decisions.DecisionReplay;
import dev.dirql.store.TraceReader;
import java.util.List;
import java.util.Optional;

/** A recorded run that is repeated, and held against its trace event by event. */
public final class ReplayedRun extends OpenRun {
    private final TraceReader trace;
    private final CheckedScenario checked;
    private final DecisionReplay decisions;
    private final EventComparison comparison;
    private final FirstTime compared;

    /**
     * @param pauseAt sequence number of the event at which the run pauses; MAX_VALUE for none
     */
    ReplayedRun(
            TraceReader trace,
            CheckedScenario checked,
            CheckedScenario.Parts parts,
            DecisionReplay.Match match,
            long pauseAt) {
        this(trace, checked, parts, match, pauseAt, new ReplaySource());
    }

    private ReplayedRun(
            TraceReader trace,
            CheckedScenario checked,
            CheckedScenario.Parts parts,
            DecisionReplay.Match match,
            long pauseAt,
            ReplaySource source) {
        super(assemble(parts, trace.decisions(), match, source));
        this.trace = trace;
        this.checked = checked;
        decisions = source.replay();
        machine().addObserverPart(decisions);
        comparison = new EventComparison(new TraceEvents(trace.records()), machine(), pauseAt);
        compared = new FirstTime(comparison, _ -> {});
        machine().addSink(compared);
        assembled().start();
    }

    private static AssembledMachine assemble(
            CheckedScenario.Parts parts,
            List<Decision> decisions,
            DecisionReplay.Match match,
            ReplaySource source) {
        return new AssembledMachine(
                parts, places -> source.of(new DecisionReplay(decisions, match, places)));
    }

    EventComparison comparison() {
        return comparison;
    }

    @Override
    public String scenario() {
        return checked.name();
    }

    @Override
    void paused() {
        // A difference pauses the run; whoever drives it asks for it.
    }

    @Override
    public Optional<String> trouble() {
        if (comparison.difference().isPresent()) {
            return Optional.of(
                    "the run differs from the recorded one at event %,d"
                            .formatted(comparison.difference().get().sequence()));
        }
        return comparison.recordingEnded() ? Optional.of(recordingEnds()) : Optional.empty();
    }

    @Override
    public void setBranch(boolean on) {
        compared.setBranch(on);
    }

    @Override
    public void close() {
        // The trace belongs to whoever opened it.
    }

    /** What came of it up to now. */
    ReplayResult result(Optional<MachineMoment> moment, boolean changed, boolean stopped) {
        return new ReplayResult(
                comparison.compared(),
                comparison.difference(),
                changed ? Optional.empty() : decisions.mismatch(),
                changed,
                comparison.recordingEnded() ? recordingEnds() : "",
                moment,
                symbols(),
                trace.symbols(),
                stopped);
    }

    private String recordingEnds() {
        return trace.summary()
                .map(summary ->
                        switch (summary.closing()) {
                            case CLOSED -> "the recorded run was stopped by its user";
                            case LIMIT -> "recording reached its limit";
                            case DISK_FULL -> "the disk was full";
                        })
                .orElse("recording was cut off");
    }

    /** Keeps hold of the source that a machine was made with. */
    private static final class ReplaySource {
        private Optional<DecisionReplay> made = Optional.empty();

        DecisionReplay of(DecisionReplay replay) {
            made = Optional.of(replay);
            return replay;
        }

        DecisionReplay replay() {
            return made.orElseThrow();
        }
    }
}
