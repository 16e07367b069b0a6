package dev.dirql.devices;

import static dev.dirql.devices.DeviceFixture.yes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dirql.events.Event;
import dev.dirql.machine.Snapshot;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Stimuli on the interrupt of a periodic timer that expires every microsecond. */
final class InterruptTapTest {
    private static final int CONTROL = 0;
    private static final int STATUS = 4;
    private static final int RELOAD = 8;
    private static final int RUN = 7;
    private static final long PERIOD_NS = 1_000;

    /** When the ISR ran, and the status it found. */
    private final List<String> handled = new ArrayList<>();

    private DeviceFixture levelSensitive() {
        return started(DeviceFixture.levelSensitive("IntervalTimer", "timer"));
    }

    private DeviceFixture latched() {
        return started(DeviceFixture.latched("IntervalTimer", "timer"));
    }

    private DeviceFixture message() {
        return started(DeviceFixture.of("IntervalTimer", "timer", "message", yes()));
    }

    private DeviceFixture started(DeviceFixture timer) {
        timer.test.handler =
                (processor, _) -> {
                    long status = timer.read(STATUS);
                    handled.add(processor.clockNs / PERIOD_NS + ":" + status);
                    timer.write(STATUS, status);
                    processor.interruptUnit().endOfInterrupt();
                };
        timer.write(RELOAD, PERIOD_NS);
        timer.write(CONTROL, RUN);
        return timer;
    }

    private List<String> after(DeviceFixture timer, InterruptStimulus... stimuli) {
        for (InterruptStimulus stimulus : stimuli) {
            timer.device.apply(stimulus);
        }
        timer.test.runUntil(4 * PERIOD_NS + 900);
        return handled;
    }

    private static List<String> stimuliIn(DeviceFixture timer) {
        return timer.test.events(Event.StimulusApplied.class).stream()
                .map(Event.StimulusApplied::stimulus)
                .toList();
    }

    @Test
    void withoutStimuliEachExpiryIsOneInterrupt() {
        assertThat(after(levelSensitive())).containsExactly("1:1", "2:1", "3:1", "4:1");
        handled.clear();
        assertThat(after(latched())).containsExactly("1:1", "2:1", "3:1", "4:1");
        handled.clear();
        assertThat(after(message())).containsExactly("1:1", "2:1", "3:1", "4:1");
    }

    // ---- lose ----

    @Test
    void aLostInterruptNeverReachesTheWire() {
        DeviceFixture timer = levelSensitive();

        // Nobody clears EXPIRED, so the condition lasts and there is no further interrupt.
        assertThat(after(timer, new InterruptStimulus.Lose(2))).containsExactly("1:1");
        assertThat(timer.read(STATUS)).isEqualTo(3);
        assertThat(stimuliIn(timer)).containsExactly("lose interrupt 2");

        timer.write(STATUS, 3);
        timer.test.runUntil(5 * PERIOD_NS + 900);

        assertThat(handled).containsExactly("1:1", "5:1");
    }

    @Test
    void aLostMessageIsNotSent() {
        assertThat(after(message(), new InterruptStimulus.Lose(1))).isEmpty();
    }

    @Test
    void ordinalsCountFromTheMomentTheStimulusIsGiven() {
        DeviceFixture timer = levelSensitive();
        timer.test.runUntil(2_500);

        assertThat(after(timer, new InterruptStimulus.Lose(2)))
                .containsExactly("1:1", "2:1", "3:1");
    }

    // ---- duplicate ----

    @Test
    void aDuplicatedInterruptComesAgainWithoutCause() {
        List<String> expected = List.of("1:1", "2:1", "2:0", "3:1", "4:1");

        assertThat(after(levelSensitive(), new InterruptStimulus.Duplicate(2))).isEqualTo(expected);
        handled.clear();
        assertThat(after(latched(), new InterruptStimulus.Duplicate(2))).isEqualTo(expected);
        handled.clear();
        assertThat(after(message(), new InterruptStimulus.Duplicate(2))).isEqualTo(expected);
    }

    // ---- delay ----

    @Test
    void aDelayedInterruptComesLaterAndFindsItsCause() {
        assertThat(after(levelSensitive(), new InterruptStimulus.Delay(2, 1_500)))
                .containsExactly("1:1", "3:3", "4:1");
        handled.clear();
        assertThat(after(message(), new InterruptStimulus.Delay(2, 1_500)))
                .containsExactly("1:1", "3:3", "4:1");
    }

    @Test
    void aDelayedLevelWhoseCauseIsGoneDoesNotCome() {
        DeviceFixture timer = levelSensitive();
        timer.device.apply(new InterruptStimulus.Delay(1, 500));
        timer.test.runUntil(1_200);
        timer.write(STATUS, 1);

        timer.test.runUntil(2_900);

        assertThat(handled).containsExactly("2:1");
    }

    @Test
    void aDelayedEdgeComesThoughItsCauseIsGone() {
        for (DeviceFixture timer : List.of(latched(), message())) {
            handled.clear();
            timer.device.apply(new InterruptStimulus.Delay(1, 500));
            timer.test.runUntil(1_200);
            timer.write(STATUS, 1);

            timer.test.runUntil(2_900);

            assertThat(handled).containsExactly("1:0", "2:1");
        }
    }

    // ---- raise ----

    @Test
    void aSpuriousInterruptFindsNoStatus() {
        for (DeviceFixture timer : List.of(levelSensitive(), latched(), message())) {
            handled.clear();
            timer.test.runUntil(1_500);

            timer.device.apply(new InterruptStimulus.RaiseSpurious());

            timer.test.runUntil(2_900);
            assertThat(handled).containsExactly("1:1", "1:0", "2:1");
            assertThat(stimuliIn(timer)).containsExactly("raise spurious");
        }
    }

    @Test
    void aStormComesSoManyTimes() {
        for (DeviceFixture timer : List.of(levelSensitive(), latched(), message())) {
            handled.clear();
            timer.test.runUntil(1_500);

            timer.device.apply(new InterruptStimulus.Storm(3, 100));

            timer.test.runUntil(2_900);
            assertThat(handled).containsExactly("1:1", "1:0", "1:0", "1:0", "2:1");
            assertThat(stimuliIn(timer)).containsExactly("storm 3 every 100 ns");
        }
    }

    @Test
    void aStormOnAnAssertedLevelChangesNothing() {
        DeviceFixture timer = levelSensitive();
        timer.test.processor(0).interruptUnit().setTaskPriority(15);
        timer.test.runUntil(1_500);
        timer.device.apply(new InterruptStimulus.Storm(5, 10));
        timer.test.runUntil(1_900);

        timer.test.processor(0).interruptUnit().setTaskPriority(0);
        timer.test.runUntil(1_990);

        assertThat(handled).containsExactly("1:1");
    }

    @Test
    void stimuliWithoutSenseAreRefused() {
        assertThatThrownBy(() -> new InterruptStimulus.Lose(0))
                .hasMessage("interrupt 0, not counted from 1");
        assertThatThrownBy(() -> new InterruptStimulus.Delay(1, 0))
                .hasMessage("delay of 0 ns, not at least 1");
        assertThatThrownBy(() -> new InterruptStimulus.Storm(0, 5))
                .hasMessage("storm of 0, not at least 1");
        assertThatThrownBy(() -> new InterruptStimulus.Storm(5, 0))
                .hasMessage("storm every 0 ns, not at least 1");
    }

    // ---- moments ----

    @Test
    void aPlanInTheMiddleComesBackFromAMoment() {
        DeviceFixture timer = levelSensitive();
        timer.device.apply(new InterruptStimulus.Delay(2, 700));
        timer.device.apply(new InterruptStimulus.Duplicate(3));
        timer.device.apply(new InterruptStimulus.Lose(5));
        timer.test.runUntil(1_950);
        timer.device.apply(new InterruptStimulus.Storm(20, 90));
        timer.test.runUntil(2_300);
        Snapshot moment = timer.test.machine.snapshot();
        handled.clear();
        timer.test.events.clear();
        timer.test.runUntil(6_900);
        long hash = timer.test.machine.exactHash();
        List<String> once = List.copyOf(handled);
        List<Event> events = List.copyOf(timer.test.events);
        handled.clear();
        timer.test.events.clear();

        timer.test.machine.restore(moment);
        timer.test.runUntil(6_900);

        assertThat(handled).isEqualTo(once).isNotEmpty();
        assertThat(timer.test.events).isEqualTo(events);
        assertThat(timer.test.machine.exactHash()).isEqualTo(hash);
        assertThat(events)
                .contains(
                        new Event.StimulusApplied("timer", "duplicate interrupt 3"),
                        new Event.StimulusApplied("timer", "lose interrupt 5"));
    }

    @Test
    void theReducedHashLeavesOutHowManyInterruptsThereWere() {
        DeviceFixture timer = levelSensitive();
        timer.test.runUntil(1_500);
        long reduced = timer.test.machine.reducedHash();
        long exact = timer.test.machine.exactHash();

        timer.test.runUntil(2_500);

        assertThat(timer.test.machine.reducedHash()).isEqualTo(reduced);
        assertThat(timer.test.machine.exactHash()).isNotEqualTo(exact);
    }

    @Test
    void aPlannedStimulusIsPartOfTheReducedHash() {
        DeviceFixture timer = levelSensitive();
        timer.test.runUntil(1_500);
        long reduced = timer.test.machine.reducedHash();

        timer.device.apply(new InterruptStimulus.Delay(4, 10));

        assertThat(timer.test.machine.reducedHash()).isNotEqualTo(reduced);
    }
}
