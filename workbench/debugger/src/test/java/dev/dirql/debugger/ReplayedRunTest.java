package dev.dirql.debugger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.simulation.LiveRun;
import dev.dirql.simulation.OpenRun;
import dev.dirql.simulation.Replay;
import dev.dirql.simulation.RunResult.TraceState;
import dev.dirql.store.TraceReader;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A recorded run is debugged as a live one, and what is debugged live can be recorded. */
class ReplayedRunTest {
    @TempDir Path directory;

    private static Debugger debugger(OpenRun run) {
        return new Debugger(run, new CheckpointLimits(500, 40, 64 << 20), () -> false);
    }

    /** Records a run that goes back and forth, and off on a branch. */
    private long record(Path trace) {
        LiveRun run = Counters.recorded(2, 5, trace);
        try (Debugger debugger = debugger(run)) {
            debugger.goTo(2_000);
            debugger.goTo(300);
            debugger.goTo(2_500);
            debugger.edit(new Edit.Register(0, RegisterName.R15, 1));
            debugger.go(Direction.FORWARD);
            debugger.dropBranch();
            debugger.go(Direction.FORWARD);
            assertThat(run.result().trace()).isEqualTo(TraceState.COMPLETE);
            return debugger.exactHash();
        }
    }

    @Test
    void aTraceOfARunThatWentBackAndForthHoldsEachEventOnce() {
        long hash = record(directory.resolve("debugged"));
        LiveRun plain = Counters.recorded(2, 5, directory.resolve("plain"));
        plain.go(Long.MAX_VALUE);
        assertThat(plain.machine().exactHash()).isEqualTo(hash);
        plain.close();

        try (TraceReader debugged = TraceReader.open(directory.resolve("debugged"));
                TraceReader expected = TraceReader.open(directory.resolve("plain"))) {
            assertThat(debugged.lastSequence()).isEqualTo(expected.lastSequence());
            assertThat(debugged.decisions()).isEqualTo(expected.decisions());
            var records = expected.records();
            for (var found = debugged.records(); found.hasNext(); ) {
                assertThat(found.next()).isEqualTo(records.next());
            }
            assertThat(records.hasNext()).isFalse();
        }
    }

    @Test
    void aReplayIsComparedOnceAndBranchesAreNot() {
        long hash = record(directory.resolve("trace"));
        try (TraceReader trace = TraceReader.open(directory.resolve("trace"))) {
            Replay replay = Replay.of(trace, Replay.recorded(trace));
            try (Debugger debugger = debugger(replay.open())) {
                debugger.goTo(2_000);
                debugger.goTo(500);
                debugger.edit(new Edit.Register(1, RegisterName.R15, 5));
                debugger.goTo(2_500);
                debugger.dropBranch();

                assertThat(debugger.go(Direction.FORWARD)).isEqualTo(new Arrival.Ended());

                assertThat(debugger.exactHash()).isEqualTo(hash);
                assertThat(debugger.run().trouble()).isEmpty();
                assertThat(
                                debugger.go(
                                        Direction.BACKWARD,
                                        List.of(
                                                new Trigger.Happen(
                                                        EventFilter.of("LockContended")))))
                        .isInstanceOf(Arrival.Hits.class);
            }
        }
    }

    @Test
    void whereARecordingEndsIsSaidOnce() {
        LiveRun run = Counters.recorded(2, 0, directory.resolve("stopped"));
        run.go(1_000);
        run.stop("enough");
        run.close();
        try (TraceReader trace = TraceReader.open(directory.resolve("stopped"));
                Debugger debugger = debugger(Replay.of(trace, Replay.recorded(trace)).open())) {
            Arrival first = debugger.go(Direction.FORWARD);
            assertThat(first).isInstanceOf(Arrival.Trouble.class);
            long there = debugger.position().steps();

            assertThat(debugger.go(Direction.FORWARD)).isEqualTo(new Arrival.Ended());

            debugger.goTo(there / 2);
            assertThat(debugger.go(Direction.FORWARD)).isEqualTo(new Arrival.Ended());
        }
    }
}
