package dev.dirql.simulation.decisions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.events.Decision;
import dev.dirql.events.DecisionKind;
import dev.dirql.events.Stamp;
import dev.dirql.machine.DecisionSource;
import dev.dirql.machine.Machine;
import dev.dirql.machine.MachineSettings;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DecisionsTest {
    private static final DecisionPlace.Finder PLACES =
            point -> new DecisionPlace("thread " + point.subject(), "routine");

    /** A machine is the one that fills decision points. */
    private static List<Integer> ask(DecisionSource source, int times) {
        List<Integer> answers = new ArrayList<>();
        Machine machine = new Machine(MachineSettings.of(1), source);
        for (int i = 0; i < times; i++) {
            DecisionKind kind = i % 2 == 0 ? DecisionKind.LOCK_WINNER : DecisionKind.NEXT_THREAD;
            answers.add(machine.decide(kind, Stamp.NO_PROCESSOR, 3, i % 5));
        }
        return answers;
    }

    @Test
    void seedZeroNeverDisturbs() {
        List<Decision> recorded = new ArrayList<>();

        List<Integer> answers =
                ask(new DecisionRecorder(new SeededPolicy(0), PLACES, recorded::add), 1000);

        assertThat(answers).containsOnly(0);
        assertThat(recorded).isEmpty();
    }

    @Test
    void seedMeansTheSameEveryTimeAndAnotherSeedSomethingElse() {
        List<Integer> first = ask(new SeededPolicy(7), 1000);

        assertThat(ask(new SeededPolicy(7), 1000)).isEqualTo(first);
        assertThat(ask(new SeededPolicy(8), 1000)).isNotEqualTo(first);
        assertThat(first).contains(0, 1, 2);
    }

    @Test
    void seedMeansTheSameForEver() {
        assertThat(ask(new SeededPolicy(7), 24))
                .containsExactly(
                        2, 0, 0, 1, 1, 0, 1, 0, 0, 0, 0, 0, 0, 2, 2, 2, 0, 0, 0, 0, 2, 0, 0, 1);
    }

    @Test
    void recordedDecisionsReplayByOrdinal() {
        List<Decision> recorded = new ArrayList<>();
        List<Integer> answers =
                ask(new DecisionRecorder(new SeededPolicy(3), PLACES, recorded::add), 500);
        DecisionReplay replay = new DecisionReplay(recorded, DecisionReplay.Match.ORDINAL, PLACES);

        assertThat(ask(replay, 500)).isEqualTo(answers);
        assertThat(replay.used()).isEqualTo(recorded.size());
        assertThat(replay.mismatch()).isEmpty();
    }

    @Test
    void recordedDecisionsReplayByPlaceThoughOtherQuestionsCameBetween() {
        List<Decision> recorded = new ArrayList<>();
        DecisionRecorder recorder =
                new DecisionRecorder(new SeededPolicy(3), PLACES, recorded::add);
        List<Integer> answers = ask(recorder, 500);
        DecisionReplay replay = new DecisionReplay(recorded, DecisionReplay.Match.PLACE, PLACES);
        Machine machine = new Machine(MachineSettings.of(1), replay);

        List<Integer> again = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            // A place that the recorded program did not have.
            assertThat(machine.decide(DecisionKind.DPC_PROCESSOR, -1, 3, 99)).isZero();
            DecisionKind kind = i % 2 == 0 ? DecisionKind.LOCK_WINNER : DecisionKind.NEXT_THREAD;
            again.add(machine.decide(kind, Stamp.NO_PROCESSOR, 3, i % 5));
        }

        assertThat(again).isEqualTo(answers);
    }

    @Test
    void questionThatWasNotTheRecordedOneIsNoticed() {
        Decision other = new Decision(0, DecisionKind.PAGE_RESIDENT, "machine", "", 0, 2, 1);
        DecisionReplay replay =
                new DecisionReplay(List.of(other), DecisionReplay.Match.ORDINAL, PLACES);

        ask(replay, 1);

        assertThat(replay.mismatch().orElseThrow()).contains("PAGE_RESIDENT", "LOCK_WINNER");
    }

    @Test
    void policyGoesOnFromTheMomentThatWasRestored() {
        SeededPolicy policy = new SeededPolicy(5);
        List<Decision> recorded = new ArrayList<>();
        DecisionRecorder recorder = new DecisionRecorder(policy, PLACES, recorded::add);
        Machine machine = new Machine(MachineSettings.of(1), recorder);
        machine.addObserverPart(recorder);
        machine.decide(DecisionKind.LOCK_WINNER, -1, 9, 0);
        var moment = machine.snapshot();

        List<Integer> first = answers(machine);
        List<Decision> recordedFirst = List.copyOf(recorded);
        machine.restore(moment);
        recorded.clear();
        List<Integer> second = answers(machine);

        assertThat(second).isEqualTo(first);
        assertThat(recordedFirst).endsWith(recorded.toArray(Decision[]::new));
    }

    private static List<Integer> answers(Machine machine) {
        List<Integer> answers = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            answers.add(machine.decide(DecisionKind.LOCK_WINNER, -1, 9, 0));
        }
        return answers;
    }

    @Test
    void everyKindOfDecisionHasARate() {
        for (DecisionKind kind : DecisionKind.values()) {
            assertThat(SeededPolicy.deviationsIn1024(kind)).isBetween(0, 1024);
        }
    }
}
