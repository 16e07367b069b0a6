package dev.dirql.simulation;

import dev.dirql.machine.Machine;
import dev.dirql.scenario.language.Overrides;
import dev.dirql.simulation.decisions.DecisionReplay;
import dev.dirql.store.InputFile;
import dev.dirql.store.TraceHeader;
import dev.dirql.store.TraceInput;
import dev.dirql.store.TraceReader;
import dev.dirql.store.TraceRecord.EventRecord;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SequencedMap;

/** Repeats a recorded run and compares it with the recording, event by event. */
public final class Replay {
    private static final long STEPS_AT_A_TIME = 2_000_000;

    private final TraceReader trace;
    private final CheckedScenario checked;
    private final boolean changed;

    private Replay(TraceReader trace, CheckedScenario checked) {
        this.trace = trace;
        this.checked = checked;
        changed = !hashes(parts().inputs()).equals(recordedHashes(trace));
    }

    /**
     * Asks for the jars that a run took devices from: without them it cannot be repeated.
     *
     * @throws UserError if one is missing
     */
    public static void requireJars(TraceReader trace, DeviceLibrary library) {
        List<TraceInput> recorded =
                trace.header().inputs().stream()
                        .filter(input -> input.role() == TraceInput.Role.DEVICES)
                        .toList();
        if (recorded.size() > library.jars().size()) {
            TraceInput jar = recorded.get(library.jars().size());
            throw new UserError(
                    "%s was recorded with devices of %s, SHA-256 %s. Name it with --devices."
                            .formatted(trace.trace(), jar.name(), jar.sha256()));
        }
    }

    /** The scenario as it was recorded, of devices that are always there, checked anew. */
    public static CheckedScenario recorded(TraceReader trace) {
        return recorded(trace, DeviceLibrary.BUILT_IN);
    }

    /** The scenario as it was recorded, checked anew. */
    public static CheckedScenario recorded(TraceReader trace, DeviceLibrary library) {
        return with(trace, new RecordedScenario(trace), library);
    }

    /** Another text of the scenario, with the options of the recorded run. */
    public static CheckedScenario with(
            TraceReader trace, ScenarioSource source, DeviceLibrary library) {
        TraceHeader header = trace.header();
        SequencedMap<String, String> parameters = new LinkedHashMap<>();
        header.options()
                .forEach((name, value) -> {
                    if (name.startsWith(Simulation.PARAMETER)) {
                        parameters.put(name.substring(Simulation.PARAMETER.length()), value);
                    }
                });
        return CheckedScenario.check(
                source,
                new Overrides(
                        parameters,
                        OptionalInt.of(header.processors()),
                        OptionalLong.of(header.seed())),
                library);
    }

    /**
     * @param checked a scenario that is right
     */
    public static Replay of(TraceReader trace, CheckedScenario checked) {
        return new Replay(trace, checked);
    }

    /** Whether the scenario is another one than the recorded. */
    public boolean isChanged() {
        return changed;
    }

    /**
     * Runs it again.
     *
     * @param until where to stop; empty for the end
     */
    public ReplayResult run(Optional<RunPosition> until, RunMonitor monitor) {
        long pauseAt = until.map(this::event).orElse(Long.MAX_VALUE);
        try (ReplayedRun run = open(pauseAt)) {
            boolean reached = go(run, pauseAt, monitor);
            if (reached) {
                goOn(run, until.map(Replay::steps).orElse(0L));
            } else if (run.machine().ended() != null) {
                run.comparison().runEnded();
            }
            return run.result(
                    until.map(_ -> MachineMoment.of(run)), changed, monitor.isStopRequested());
        }
    }

    /** Opens the run again for somebody who drives it; it stands before its first step. */
    public ReplayedRun open() {
        return open(Long.MAX_VALUE);
    }

    private ReplayedRun open(long pauseAt) {
        return new ReplayedRun(
                trace,
                checked,
                parts(),
                changed ? DecisionReplay.Match.PLACE : DecisionReplay.Match.ORDINAL,
                pauseAt);
    }

    private CheckedScenario.Parts parts() {
        return checked.parts()
                .orElseThrow(() -> new IllegalArgumentException(checked.name() + " is wrong"));
    }

    /** Runs to the event, the end of the run or of the recording, or the first difference. */
    private static boolean go(ReplayedRun run, long pauseAt, RunMonitor monitor) {
        Machine machine = run.machine();
        EventComparison comparison = run.comparison();
        while (machine.ended() == null
                && comparison.difference().isEmpty()
                && !comparison.recordingEnded()
                && !monitor.isStopRequested()) {
            if (machine.sequence() >= pauseAt) {
                return true;
            }
            run.go(machine.steps() + STEPS_AT_A_TIME);
            monitor.progress(machine.nowNs(), machine.steps(), machine.sequence());
        }
        return machine.sequence() >= pauseAt && comparison.difference().isEmpty();
    }

    private static void goOn(ReplayedRun run, long steps) {
        Machine machine = run.machine();
        long target = machine.steps() + steps;
        while (machine.ended() == null && machine.steps() < target) {
            run.go(target);
        }
    }

    private static long steps(RunPosition position) {
        return switch (position) {
            case RunPosition.AtEvent(_, long steps) -> steps;
            case RunPosition.AtTime _ -> 0;
        };
    }

    /** The last event at or before a position. */
    private long event(RunPosition position) {
        return switch (position) {
            case RunPosition.AtEvent(long sequence, _) -> {
                if (sequence > trace.lastSequence()) {
                    throw new UserError(
                            "--until %,d: the trace has %,d events."
                                    .formatted(sequence, trace.lastSequence()));
                }
                yield sequence;
            }
            case RunPosition.AtTime _ -> {
                long last = 0;
                for (TraceEvents events = new TraceEvents(trace.records()); events.hasNext(); ) {
                    EventRecord event = events.next();
                    if (!position.isNotBefore(event.stamp())) {
                        break;
                    }
                    last = event.stamp().sequence();
                }
                yield last;
            }
        };
    }

    private static List<String> recordedHashes(TraceReader trace) {
        return trace.header().inputs().stream().map(TraceInput::sha256).toList();
    }

    private static List<String> hashes(List<InputFile> inputs) {
        return inputs.stream().map(input -> sha256(input.content())).toList();
    }

    private static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
