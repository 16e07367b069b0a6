package dev.dirql.debugger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dirql.simulation.RunPosition;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A person's change makes another future; dropped, it is as if it had not been. */
class BranchTest {
    private static byte[] number(int value) {
        return new byte[] {(byte) value, (byte) (value >> 8), 0, 0};
    }

    private static long locked(Debugger debugger) {
        long address = debugger.inspection().address("counter!Locked").orElseThrow();
        return debugger.inspection().number(0, address, 4).orElseThrow();
    }

    private static void write(Debugger debugger, int value) {
        long address = debugger.inspection().address("counter!Locked").orElseThrow();
        debugger.edit(new Edit.Memory(0, address, number(value)));
    }

    @Test
    void aBranchIsVisitedAgainWithItsEditsAndDroppedWithoutATrace() {
        try (Debugger debugger = Counters.debugger(2, 0)) {
            debugger.go(Direction.FORWARD);
            long end = debugger.position().steps();
            long endHash = debugger.exactHash();
            debugger.goTo(end / 2);
            long hash = debugger.exactHash();
            Position before = debugger.position();
            long counted = locked(debugger);

            write(debugger, 5_000);
            assertThat(debugger.position().branch()).isEqualTo(1);
            long edited = debugger.exactHash();
            assertThat(edited).isNotEqualTo(hash);
            debugger.go(Direction.FORWARD);
            long branchEnd = debugger.position().steps();
            long branchHash = debugger.exactHash();
            assertThat(locked(debugger)).isGreaterThan(5_000);

            debugger.goTo(end / 4);
            assertThat(debugger.position().branch()).isZero();
            debugger.goTo(end / 2);
            assertThat(debugger.exactHash()).isEqualTo(edited);
            debugger.go(Direction.FORWARD);
            assertThat(debugger.position().steps()).isEqualTo(branchEnd);
            assertThat(debugger.exactHash()).isEqualTo(branchHash);

            assertThat(debugger.dropBranch()).isTrue();
            assertThat(debugger.exactHash()).isEqualTo(hash);
            assertThat(debugger.position()).isEqualTo(before);
            assertThat(locked(debugger)).isEqualTo(counted);
            debugger.go(Direction.FORWARD);
            assertThat(debugger.exactHash()).isEqualTo(endHash);
            assertThat(debugger.dropBranch()).isFalse();
        }
    }

    @Test
    void branchesLieAboveEachOther() {
        try (Debugger debugger = Counters.debugger(2, 0)) {
            debugger.goTo(1_500);
            long first = debugger.exactHash();
            write(debugger, 1_000);
            debugger.goTo(2_500);
            long second = debugger.exactHash();
            write(debugger, 2_000);
            debugger.edit(new Edit.Register(1, RegisterName.R15, 77));
            debugger.goTo(3_000);
            assertThat(debugger.branches())
                    .extracting(Branch::from)
                    .containsExactly(1_500L, 2_500L);
            assertThat(debugger.branches().getLast().edits()).hasSize(2);

            debugger.dropBranch();
            assertThat(debugger.exactHash()).isEqualTo(second);
            debugger.goTo(3_000);
            assertThat(locked(debugger)).isBetween(1_000L, 1_999L);
            debugger.goTo(2_000);
            debugger.dropBranch();
            assertThat(debugger.exactHash()).isEqualTo(first);
        }
    }

    @Test
    void aStopWhereABranchBeginsIsOnTheBranch() {
        try (Debugger debugger = Counters.debugger(2, 0)) {
            long address = debugger.inspection().address("counter!Locked").orElseThrow();
            Trigger.Memory locked =
                    debugger.inspection().watch(0, address, 4, Access.WRITE).orElseThrow();
            debugger.goTo(1_000);
            debugger.go(Direction.FORWARD, List.of(locked));
            long there = debugger.position().steps();
            long counted = locked(debugger);
            write(debugger, 7_000);
            long edited = debugger.exactHash();
            debugger.goTo(there + 1_000);
            long later = debugger.exactHash();

            debugger.goTo(there - 5);
            Arrival arrival = debugger.go(Direction.FORWARD, List.of(locked));

            Hit hit = ((Arrival.Hits) arrival).hits().getFirst();
            assertThat(((Hit.Accessed) hit.cause()).after()).isEqualTo(counted);
            assertThat(debugger.position().steps()).isEqualTo(there);
            assertThat(debugger.exactHash()).isEqualTo(edited);
            assertThat(locked(debugger)).isEqualTo(7_000);
            debugger.goUpTo(there + 1_000);
            assertThat(debugger.exactHash()).isEqualTo(later);
            debugger.go(Direction.BACKWARD, List.of(locked));
            debugger.goTo(there);
            debugger.go(Direction.BACKWARD, List.of(locked));
            assertThat(debugger.position().steps()).isEqualTo(there - 1);
        }
    }

    @Test
    void aDecisionIsMadeOtherwise() {
        try (Debugger debugger = Counters.debugger(2, 0)) {
            debugger.goTo(2_000);
            List<Chronicle.DecisionRecord> asked =
                    debugger.chronicle().decisions(2_000, 2_500, 100);
            assertThat(asked).isNotEmpty();
            assertThat(asked).allMatch(record -> record.decision().choice() == 0);

            debugger.edit(new Edit.Decision(0, 1));

            List<Chronicle.DecisionRecord> steered =
                    debugger.chronicle().decisions(2_000, 2_500, 100);
            assertThat(steered.getFirst().decision().ordinal())
                    .isEqualTo(asked.getFirst().decision().ordinal());
            assertThat(steered.getFirst().decision().choice()).isEqualTo(1);
            assertThat(steered.getFirst().decision().steered()).isTrue();
            assertThat(debugger.position().steps()).isEqualTo(2_000);
        }
    }

    @Test
    void eachEventIsToldOnceOnItsLine() {
        try (Debugger debugger = Counters.debugger(2, 5)) {
            List<Long> told = new ArrayList<>();
            debugger.tell((stamp, _) -> told.add(stamp.sequence()));
            debugger.goTo(3_000);
            debugger.goTo(100);
            debugger.goTo(4_000);
            assertThat(told).isNotEmpty().isSorted().doesNotHaveDuplicates();
            long last = told.getLast();

            debugger.goTo(new RunPosition.AtEvent(last - 20, 0));
            told.clear();
            long from = debugger.position().sequence();
            write(debugger, 9);
            debugger.goTo(4_000);

            assertThat(told.getFirst()).isEqualTo(from + 1);
            debugger.dropBranch();
            told.clear();
            debugger.goTo(4_000);
            assertThat(told).isEmpty();
        }
    }

    @Test
    void whatCannotBeChangedIsRefused() {
        try (Debugger debugger = Counters.debugger(2, 0)) {
            debugger.goTo(1_000);
            long hash = debugger.exactHash();

            assertThatThrownBy(() -> debugger.edit(new Edit.Memory(0, 0x10, number(1))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("0x10");
            assertThatThrownBy(() -> debugger.edit(new Edit.Register(2, RegisterName.RAX, 0)))
                    .isInstanceOf(IllegalArgumentException.class);

            assertThat(debugger.exactHash()).isEqualTo(hash);
            assertThat(debugger.branches()).isEmpty();
        }
    }

    @Test
    void eventsAndTimesArePlacesToGoTo() {
        try (Debugger debugger = Counters.debugger(2, 5)) {
            debugger.goTo(new RunPosition.AtEvent(60, 3));
            Position position = debugger.position();
            assertThat(position.sequence()).isGreaterThanOrEqualTo(60);
            debugger.go(Direction.FORWARD);
            debugger.goTo(new RunPosition.AtEvent(60, 3));
            assertThat(debugger.position()).isEqualTo(position);

            debugger.goTo(new RunPosition.AtTime(2_000));
            Position time = debugger.position();
            assertThat(time.timeNs()).isBetween(1_500L, 2_500L);
            debugger.goTo(0);
            debugger.goTo(new RunPosition.AtTime(2_000));
            assertThat(debugger.position()).isEqualTo(time);
        }
    }
}
