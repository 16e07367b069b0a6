package dev.dirql.debugger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.events.Event;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What stops a run forwards stops it backwards, at the same places. */
class StopsTest {
    private static Trigger at(Debugger debugger, String symbol) {
        return new Trigger.Execute(List.of(debugger.inspection().address(symbol).orElseThrow()));
    }

    private static Trigger on(Debugger debugger, String variable, Access access) {
        long address = debugger.inspection().address(variable).orElseThrow();
        return debugger.inspection().watch(0, address, 4, access).orElseThrow();
    }

    private static List<Hit> forwards(Debugger debugger) {
        List<Hit> hits = new ArrayList<>();
        while (debugger.go(Direction.FORWARD) instanceof Arrival.Hits(List<Hit> here)) {
            assertThat(debugger.position().steps()).isEqualTo(here.getFirst().steps());
            hits.addAll(here);
        }
        assertThat(debugger.isAtEnd()).isTrue();
        return hits;
    }

    private static List<Hit> backwards(Debugger debugger) {
        List<Hit> hits = new ArrayList<>();
        while (debugger.go(Direction.BACKWARD) instanceof Arrival.Hits(List<Hit> here)) {
            assertThat(debugger.position().steps()).isEqualTo(here.getFirst().before());
            List<Hit> reversed = new ArrayList<>(here);
            Collections.reverse(reversed);
            hits.addAll(reversed);
        }
        assertThat(debugger.position().steps()).isZero();
        Collections.reverse(hits);
        return hits;
    }

    /** Says where they begin to differ, rather than all of both. */
    private static void assertSame(List<Hit> backwards, List<Hit> forwards) {
        int same = 0;
        int count = Math.min(backwards.size(), forwards.size());
        while (same < count && backwards.get(same).equals(forwards.get(same))) {
            same++;
        }
        assertThat(backwards.stream().skip(same).limit(3).toList())
                .describedAs("from %d of %d, %d", same, forwards.size(), backwards.size())
                .isEqualTo(forwards.stream().skip(same).limit(3).toList());
    }

    @ParameterizedTest
    @CsvSource({"1, 0", "2, 0", "8, 0", "1, 5", "2, 5", "8, 5"})
    void addressesAreHitBackwardsWhereTheyWereHitForwards(int processors, long seed) {
        try (Debugger debugger = Counters.debugger(processors, seed)) {
            debugger.add(StopPoint.of(at(debugger, "counter!Add")));
            debugger.add(StopPoint.of(at(debugger, "nt!KeReleaseSpinLock")));

            List<Hit> hits = forwards(debugger);

            assertThat(hits.size()).isGreaterThan(480);
            assertSame(backwards(debugger), hits);
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 0", "2, 0", "8, 0", "2, 5", "8, 5"})
    void accessesAndEventsAreHitBackwardsWhereTheyWereHitForwards(int processors, long seed) {
        try (Debugger debugger = Counters.debugger(processors, seed)) {
            debugger.add(StopPoint.of(on(debugger, "counter!Lock", Access.WRITE)));
            debugger.add(StopPoint.of(on(debugger, "counter!Unlocked", Access.READ_OR_WRITE)));
            debugger.add(StopPoint.of(new Trigger.Happen(EventFilter.of("LockAcquired"))));
            debugger.add(StopPoint.of(new Trigger.Happen(EventFilter.of("DpcQueued"))));

            List<Hit> hits = forwards(debugger);

            assertThat(hits.size()).isGreaterThan(800);
            assertSame(backwards(debugger), hits);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 8})
    void aWatchpointFindsTheLastWriter(int processors) {
        try (Debugger debugger = Counters.debugger(processors, 0)) {
            Trigger locked = on(debugger, "counter!Locked", Access.WRITE);
            StopPoint point = debugger.add(StopPoint.of(locked));
            List<Hit> writes = forwards(debugger);
            long end = debugger.position().steps();
            Random random = new Random(processors);
            assertThat(writes.size()).isGreaterThan(240);

            for (int i = 0; i < 20; i++) {
                long place = random.nextLong(end + 1);
                debugger.goTo(place);
                long value = value(debugger, "counter!Locked");
                List<Hit> earlier =
                        writes.stream().filter(write -> write.steps() <= place).toList();
                Arrival arrival = debugger.go(Direction.BACKWARD);

                if (earlier.isEmpty()) {
                    assertThat(arrival).isInstanceOf(Arrival.Beginning.class);
                    continue;
                }
                Hit.Accessed last = (Hit.Accessed) earlier.getLast().cause();
                assertThat(arrival).isEqualTo(new Arrival.Hits(List.of(earlier.getLast())));
                assertThat(last.after()).isEqualTo(value);
                assertThat(value(debugger, "counter!Locked")).isEqualTo(last.before());
                assertThat(debugger.inspection().processor(last.processor()).rip())
                        .isEqualTo(last.code());
            }
            assertThat(debugger.remove(point.number())).isTrue();
        }
    }

    @Test
    void whoWroteLastIsToldWithoutGoingThere() {
        try (Debugger debugger = Counters.debugger(2, 0)) {
            Trigger locked = on(debugger, "counter!Locked", Access.WRITE);
            assertThat(debugger.chronicle().last(locked)).isEmpty();
            debugger.goTo(2_000);
            Position here = debugger.position();
            long hash = debugger.exactHash();

            Hit last = debugger.chronicle().last(locked).orElseThrow();

            assertThat(((Hit.Accessed) last.cause()).after())
                    .isEqualTo(value(debugger, "counter!Locked"));
            assertThat(last.steps()).isLessThanOrEqualTo(2_000);
            assertThat(debugger.position()).isEqualTo(here);
            assertThat(debugger.exactHash()).isEqualTo(hash);
        }
    }

    private static long value(Debugger debugger, String variable) {
        long address = debugger.inspection().address(variable).orElseThrow();
        return debugger.inspection().number(0, address, 4).orElseThrow();
    }

    @Test
    void aHitIsTheMomentThatAFreshRunHasThere() {
        try (Debugger debugger = Counters.debugger(8, 5);
                var fresh = Counters.run(8, 5)) {
            debugger.add(StopPoint.of(at(debugger, "nt!KeReleaseSpinLock")));

            for (int i = 0; i < 100; i++) {
                debugger.go(Direction.FORWARD);

                fresh.go(debugger.position().steps());
                assertThat(debugger.exactHash()).isEqualTo(fresh.machine().exactHash());
            }
        }
    }

    @Test
    void stopPointsDoNotChangeTheRun() {
        try (Debugger debugger = Counters.debugger(2, 5);
                var fresh = Counters.run(2, 5)) {
            debugger.add(StopPoint.of(at(debugger, "counter!Add")));
            debugger.add(StopPoint.of(on(debugger, "counter!Lock", Access.READ_OR_WRITE)));
            debugger.add(StopPoint.of(new Trigger.Happen(EventFilter.of("IrqlChanged"))));

            forwards(debugger);

            fresh.go(Long.MAX_VALUE);
            assertThat(debugger.exactHash()).isEqualTo(fresh.machine().exactHash());
        }
    }

    @Test
    void anEventIsStoppedAtByTheValuesOfItsFields() {
        try (Debugger debugger = Counters.debugger(2, 0)) {
            long lock = debugger.inspection().address("counter!Lock").orElseThrow();
            EventFilter filter =
                    new EventFilter(Set.of("LockAcquired"), Map.of("lock", lock), Map.of());
            debugger.add(StopPoint.of(new Trigger.Happen(filter)).onlyOn(1));

            for (Hit hit : forwards(debugger)) {
                Hit.Happened cause = (Hit.Happened) hit.cause();
                assertThat(cause.stamp().processor()).isEqualTo(1);
                assertThat(((Event.LockAcquired) cause.event()).lock()).isEqualTo(lock);
            }
        }
    }

    @Test
    void conditionsPassesAndOneShotsAreObeyed() {
        try (Debugger debugger = Counters.debugger(2, 0)) {
            StopPoint even =
                    debugger.add(
                            StopPoint.of(at(debugger, "counter!Add"))
                                    .when((inspection, hit) ->
                                            inspection.register(
                                                                    hit.cause().processor(),
                                                                    RegisterName.RCX)
                                                            % 2
                                                    == 0)
                                    .passing(10));

            debugger.go(Direction.FORWARD);

            assertThat(debugger.stopPoint(even.number()).orElseThrow().hits()).isEqualTo(11);
            debugger.replace(even.withEnabled(false));
            debugger.add(StopPoint.of(at(debugger, "counter!OnTick")).once());
            assertThat(debugger.go(Direction.FORWARD)).isInstanceOf(Arrival.Hits.class);
            assertThat(debugger.stopPoints()).hasSize(1);
            assertThat(debugger.go(Direction.FORWARD)).isInstanceOf(Arrival.Ended.class);
        }
    }

    @Test
    void aDeviceThatReadsMemoryIsSeen() {
        try (Debugger debugger = new Debugger(Runs.script("using-spin-locks.scn", 0))) {
            debugger.go(
                    Direction.FORWARD,
                    List.of(new Trigger.Happen(EventFilter.of("DmaTransferred"))));
            long physical =
                    debugger
                            .chronicle()
                            .events(
                                    0,
                                    debugger.position().steps(),
                                    EventFilter.of("DmaTransferred"),
                                    9)
                            .stream()
                            .map(record ->
                                    ((Event.DmaTransferred) record.event()).physicalAddress())
                            .findFirst()
                            .orElseThrow();
            Trigger buffer =
                    new Trigger.Memory(
                            0,
                            8,
                            Access.READ,
                            List.of(new Trigger.PhysicalRange(physical + 16, 8)));
            debugger.goTo(0);

            Arrival arrival = debugger.go(Direction.FORWARD, List.of(buffer));

            assertThat(arrival).isInstanceOf(Arrival.Hits.class);
            Hit hit = ((Arrival.Hits) arrival).hits().getFirst();
            assertThat(hit.point()).isEqualTo(-1);
            assertThat(hit.cause().processor()).isEqualTo(-1);
        }
    }
}
