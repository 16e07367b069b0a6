package dev.dirql.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.events.Event;
import dev.dirql.machine.InstructionEngine.Stop;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where a run pauses for somebody who looks at it step by step. */
class StepStopsTest {
    private final List<Long> seen = new ArrayList<>();

    /** Two processors that count, and at every fifth address do something others can see. */
    private static Machine machine() {
        Machine machine = new Machine(MachineSettings.of(2), DecisionSource.defaultPolicy());
        machine.attach(_ -> InterruptController.none());
        ToyEngine engine = new ToyEngine();
        machine.attach(engine);
        ToySoftware software = new ToySoftware(machine);
        machine.attach(software);
        long service =
                software.service(p -> {
                    machine.emit(p, new Event.InterruptUnclaimed(2));
                    p.rip = 4;
                });
        for (int i = 0; i < 4; i++) {
            engine.plain(p -> {
                p.rip = p.rip == 3 ? service : p.rip + 1;
                return Stop.LIMIT;
            });
        }
        engine.visible(p -> {
            machine.emit(p, new Event.InterruptUnclaimed(1));
            p.rip = p.clockNs > 2_000 ? 5 : 0;
            return Stop.LIMIT;
        });
        engine.visible(p -> {
            p.rip++;
            return Stop.HALT;
        });
        return machine;
    }

    @Test
    void anEventHasHappenedAtItsBoundaryAndNotBefore() {
        Machine told = machine();
        List<Long> boundaries = new ArrayList<>();
        told.addSink((_, _) -> boundaries.add(told.boundary()));
        told.run();
        assertThat(boundaries.size()).isGreaterThan(100);

        Machine machine = machine();
        for (long place = 0; machine.ended() == null; place++) {
            machine.pauseAtStep(place);
            machine.run();
            assertThat(machine.isAtBoundary() || machine.ended() != null).isTrue();
            long here = place;
            assertThat(machine.sequence())
                    .isEqualTo(boundaries.stream().filter(at -> at <= here).count());
        }
    }

    @Test
    void aPauseAtTheBoundaryOfAnEventComesBehindItsStep() {
        Machine machine = machine();
        machine.addSink((_, _) -> machine.pauseAtBoundary());
        long sequence = 0;
        while (machine.ended() == null) {
            machine.pauseAtStep(Long.MAX_VALUE);
            machine.run();
            if (machine.ended() == null) {
                assertThat(machine.sequence()).isEqualTo(++sequence);
                assertThat(machine.steps()).isEqualTo(machine.boundary());
            }
        }
    }

    @Test
    void everyStepOfAProcessorIsTriedInTurn() {
        Machine machine = machine();
        machine.stopBefore(
                new StepStops(
                        new long[0],
                        2,
                        (p, _) -> {
                            assertThat(p.number()).isEqualTo(1);
                            if (seen.isEmpty() || seen.getLast() != p.steps) {
                                seen.add(p.steps);
                            }
                            return false;
                        }));

        machine.run();

        long done = machine.processor(1).steps;
        assertThat(seen).hasSize((int) done).isSorted();
        assertThat(seen.getLast()).isEqualTo(done - 1);
    }

    @Test
    void addressesOfCodeAndServicesAreLookedAtBeforeTheyAreExecuted() {
        Machine machine = machine();
        long[] hits = new long[2];
        machine.stopBefore(
                new StepStops(
                        new long[] {2, ToySoftware.WINDOW},
                        0,
                        (p, _) -> {
                            hits[p.rip == 2 ? 0 : 1]++;
                            return p.rip == ToySoftware.WINDOW && hits[1] == 3;
                        }));

        machine.run();

        assertThat(machine.ended()).isNull();
        assertThat(hits[0]).isGreaterThanOrEqualTo(hits[1]);
        assertThat(
                        machine.processor(0).rip == ToySoftware.WINDOW
                                || machine.processor(1).rip == ToySoftware.WINDOW)
                .isTrue();
    }

    @Test
    void lookingAtStepsChangesNothing() {
        Machine plain = machine();
        plain.run();
        Machine watched = machine();
        watched.stopBefore(new StepStops(new long[] {1, 4}, 1, (_, _) -> false));

        watched.run();

        assertThat(watched.exactHash()).isEqualTo(plain.exactHash());
    }
}
