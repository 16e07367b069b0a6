package dev.dirql.devices;

import static dev.dirql.devices.DeviceFixture.number;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.events.Event;
import dev.dirql.machine.Snapshot;
import java.util.List;
import org.junit.jupiter.api.Test;

final class IntervalTimerTest {
    private static final int CONTROL = 0;
    private static final int STATUS = 4;
    private static final int RELOAD = 8;
    private static final int COUNT = 12;
    private static final int ENABLE = 1;
    private static final int PERIODIC = 2;
    private static final int INTERRUPT_ENABLE = 4;
    private static final int EXPIRED = 1;
    private static final int OVERRUN = 2;

    private final DeviceFixture timer = DeviceFixture.levelSensitive("IntervalTimer", "timer");
    private final TestMachine test = timer.test;

    /** An ISR that clears what it finds. */
    private void clearStatusInHandler() {
        test.handler =
                (processor, _) -> {
                    timer.write(STATUS, timer.read(STATUS));
                    processor.interruptUnit().endOfInterrupt();
                };
    }

    @Test
    void itCountsDownAndExpiresOnce() {
        timer.write(RELOAD, 1_000);
        test.runUntil(100);
        timer.write(CONTROL, ENABLE);

        test.runUntil(600);
        assertThat(timer.read(COUNT)).isEqualTo(500);
        assertThat(timer.read(STATUS)).isZero();
        test.runUntil(1_100);
        assertThat(timer.read(STATUS)).isEqualTo(EXPIRED);
        assertThat(timer.read(CONTROL)).isZero();
        assertThat(timer.read(COUNT)).isZero();
        timer.write(STATUS, EXPIRED);
        test.runUntil(9_000);

        assertThat(timer.read(STATUS)).isZero();
        assertThat(test.taken).isEmpty();
    }

    @Test
    void aPeriodicTimerInterruptsAgainAndAgain() {
        clearStatusInHandler();
        timer.write(RELOAD, 1_000);
        timer.write(CONTROL, ENABLE | PERIODIC | INTERRUPT_ENABLE);

        test.runUntil(3_500);

        assertThat(test.taken).containsExactly("cpu0 0x51", "cpu0 0x51", "cpu0 0x51");
        assertThat(timer.read(COUNT)).isEqualTo(500);
        assertThat(timer.device.interrupt().count()).isEqualTo(3);
    }

    @Test
    void expiryHoldsTheLineUntilStatusIsWrittenWithOne() {
        timer.write(RELOAD, 1_000);
        timer.write(CONTROL, ENABLE | INTERRUPT_ENABLE);
        test.processor(0).interruptUnit().setTaskPriority(15);
        test.runUntil(2_000);

        timer.write(STATUS, 0);
        assertThat(test.events(Event.LineChanged.class))
                .containsExactly(new Event.LineChanged("timer", DeviceFixture.LINE, true));
        timer.write(STATUS, EXPIRED);

        assertThat(test.events(Event.LineChanged.class).getLast())
                .isEqualTo(new Event.LineChanged("timer", DeviceFixture.LINE, false));
    }

    @Test
    void enablingTheInterruptAfterExpiryRequestsIt() {
        timer.write(RELOAD, 1_000);
        timer.write(CONTROL, ENABLE);
        test.runUntil(2_000);
        assertThat(test.events(Event.LineChanged.class)).isEmpty();

        timer.write(CONTROL, INTERRUPT_ENABLE);

        assertThat(test.events(Event.LineChanged.class)).hasSize(1);
    }

    @Test
    void anExpiryThatFindsTheLastOneUnclearedIsAnOverrun() {
        timer.write(RELOAD, 1_000);
        timer.write(CONTROL, ENABLE | PERIODIC);
        test.runUntil(2_500);

        assertThat(timer.read(STATUS)).isEqualTo(EXPIRED | OVERRUN);
        timer.write(STATUS, OVERRUN);
        assertThat(timer.read(STATUS)).isEqualTo(EXPIRED);
    }

    @Test
    void clearingEnableStopsTheCountWhereItIs() {
        timer.write(RELOAD, 1_000);
        timer.write(CONTROL, ENABLE);
        test.runUntil(400);
        timer.write(CONTROL, 0);
        test.runUntil(5_000);

        assertThat(timer.read(COUNT)).isEqualTo(600);
        assertThat(timer.read(STATUS)).isZero();
        timer.write(CONTROL, ENABLE);
        assertThat(timer.read(COUNT)).isEqualTo(1_000);
    }

    @Test
    void writingEnableAgainDoesNotStartAgain() {
        timer.write(RELOAD, 1_000);
        timer.write(CONTROL, ENABLE);
        test.runUntil(400);

        timer.write(CONTROL, ENABLE | PERIODIC);

        assertThat(timer.read(COUNT)).isEqualTo(600);
    }

    @Test
    void aReloadWrittenWhileItRunsCountsFromTheNextPeriod() {
        timer.write(RELOAD, 1_000);
        timer.write(CONTROL, ENABLE | PERIODIC);
        test.runUntil(400);
        timer.write(RELOAD, 300);
        assertThat(timer.read(COUNT)).isEqualTo(600);

        test.runUntil(1_100);

        assertThat(timer.read(COUNT)).isEqualTo(200);
    }

    @Test
    void withoutReloadItDoesNotStart() {
        timer.write(CONTROL, ENABLE | INTERRUPT_ENABLE);

        assertThat(timer.read(CONTROL)).isEqualTo(INTERRUPT_ENABLE);
        test.run();
        assertThat(test.taken).isEmpty();
    }

    @Test
    void raiseSetsExpiredWithoutTouchingTheCount() {
        clearStatusInHandler();
        timer.write(RELOAD, 1_000);
        timer.write(CONTROL, ENABLE | INTERRUPT_ENABLE);
        test.runUntil(400);

        timer.device.apply(new InterruptStimulus.Raise());

        assertThat(timer.read(STATUS)).isEqualTo(EXPIRED);
        assertThat(timer.read(COUNT)).isEqualTo(600);
        test.run();
        assertThat(test.taken).hasSize(2);
        assertThat(test.events(Event.StimulusApplied.class))
                .containsExactly(new Event.StimulusApplied("timer", "raise"));
    }

    @Test
    void itsRegistersCanBePorts() {
        DeviceFixture ported =
                DeviceFixture.latched("IntervalTimer", "timer", "ports", number(0x340));
        TestMachine machine = ported.test;
        var bus = machine.machine.bus();
        bus.writePort(machine.processor(0), 0x340 + RELOAD, 4, 1_000);
        bus.writePort(machine.processor(0), 0x340 + CONTROL, 4, ENABLE | INTERRUPT_ENABLE);

        machine.runUntil(2_000);

        assertThat(bus.readPort(machine.processor(0), 0x340 + STATUS, 4)).isEqualTo(EXPIRED);
        assertThat(machine.taken).containsExactly("cpu0 0x51");
        assertThat(ported.device.constants())
                .contains(
                        new DeviceConstant("TIMER_STATUS", "((PULONG)0x344ULL)", "What happened."),
                        new DeviceConstant(
                                "TIMER_PORT_BASE",
                                "0x340UL",
                                "First port, 0 if the registers are memory."));
    }

    @Test
    void aRunningTimerComesBackFromAMoment() {
        clearStatusInHandler();
        timer.write(RELOAD, 700);
        timer.write(CONTROL, ENABLE | PERIODIC | INTERRUPT_ENABLE);
        test.runUntil(1_000);
        Snapshot moment = test.machine.snapshot();
        test.events.clear();
        test.runUntil(5_000);
        long hash = test.machine.exactHash();
        List<Event> once = List.copyOf(test.events);
        test.events.clear();

        test.machine.restore(moment);
        test.runUntil(5_000);

        assertThat(test.machine.exactHash()).isEqualTo(hash);
        assertThat(test.events).isEqualTo(once).hasSizeGreaterThan(20);
    }
}
