package dev.dirql.kernel.threads;

import static dev.dirql.kernel.TestKernel.DATA;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.events.Event;
import dev.dirql.events.Stamp;
import dev.dirql.kernel.GuestCode.Routine;
import dev.dirql.kernel.Irql;
import dev.dirql.kernel.KernelSettings;
import dev.dirql.kernel.TestKernel;
import dev.dirql.kernel.interrupts.InterruptVectors;
import dev.dirql.machine.Snapshot;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClockTest {
    private static final long TICK_NS = 1_000_000;
    private static final long INTERVAL = DATA + 0x80;

    private static TestKernel machine(int processors) {
        return new TestKernel(processors, KernelSettings.DEFAULT.withTickNs(TICK_NS));
    }

    /** Microseconds at which a processor took clock interrupts. */
    private static List<Long> clockTimes(TestKernel test, int processor) {
        List<Long> times = new ArrayList<>();
        for (int i = 0; i < test.events.size(); i++) {
            Stamp stamp = test.stamps.get(i);
            if (test.events.get(i) instanceof Event.InterruptTaken taken
                    && taken.vector() == InterruptVectors.CLOCK
                    && stamp.processor() == processor) {
                times.add(stamp.timeNs() / 1000);
            }
        }
        return times;
    }

    private static Routine busy(TestKernel test, String name, int microseconds) {
        return test.code.routine(name).calls("KeStallExecutionProcessor", _ -> microseconds);
    }

    private static Routine delayed(TestKernel test, String name, int microseconds) {
        return test.code
                .routine(name)
                .does(p -> p.memory().store64(INTERVAL, -10L * microseconds))
                .calls("KeDelayExecutionThread", _ -> 0, _ -> 0, _ -> INTERVAL);
    }

    @Test
    void aBusyProcessorAndTheTimekeeperTickAndAnIdleOneDoesNot() {
        TestKernel test = machine(3);
        test.thread(1, busy(test, "Busy", 3_500).returns(0).address());

        test.run();

        assertThat(clockTimes(test, 1)).containsExactly(1_000L, 2_000L, 3_000L);
        assertThat(clockTimes(test, 0)).containsExactly(1_000L, 2_000L, 3_000L);
        assertThat(clockTimes(test, 2)).isEmpty();
    }

    @Test
    void whenAllAreIdleOnlyTheTickThatEndsTheWaitInterrupts() {
        TestKernel test = machine(2);
        test.thread(1, delayed(test, "Delayed", 4_200).returns(0).address());

        test.run();

        assertThat(clockTimes(test, 0)).containsExactly(5_000L);
        assertThat(clockTimes(test, 1)).isEmpty();
    }

    @Test
    void aProcessorThatEndsItsIdleTimeTicksWithTheOthers() {
        TestKernel test = machine(2);
        Routine routine =
                delayed(test, "Delayed", 4_200).calls("KeStallExecutionProcessor", _ -> 2_500);
        test.thread(1, routine.returns(0).address());

        test.run();

        assertThat(clockTimes(test, 0)).containsExactly(5_000L, 6_000L, 7_000L);
        assertThat(clockTimes(test, 1)).containsExactly(6_000L, 7_000L);
    }

    @Test
    void theTimersOfAnIdleMachineAreStopped() {
        TestKernel test = machine(2);
        test.thread(1, busy(test, "Busy", 1_500).returns(0).address());

        test.run();

        assertThat(test.machine.processor(0).interruptUnit().timerCountNs()).isZero();
        assertThat(test.machine.processor(1).interruptUnit().timerCountNs()).isZero();
    }

    @Test
    void ticksThatCannotBeTakenMergeIntoOne() {
        TestKernel test = machine(1);
        Routine routine =
                test.code
                        .routine("Masked")
                        .calls("KfRaiseIrql", _ -> Irql.HIGH_LEVEL)
                        .calls("KeStallExecutionProcessor", _ -> 3_500)
                        .calls("KeLowerIrql", _ -> Irql.PASSIVE_LEVEL)
                        .calls("KeStallExecutionProcessor", _ -> 1_000);
        test.thread(0, routine.returns(0).address());

        test.run();

        assertThat(clockTimes(test, 0)).containsExactly(3_500L, 4_000L);
    }

    @Test
    void theTimeIsKeptForWhoeverGoesOnAfterAnIdleTime() {
        TestKernel test = machine(2);
        Routine routine =
                delayed(test, "Delayed", 4_200)
                        .does(p ->
                                p.memory()
                                        .store64(
                                                DATA,
                                                p.memory().load64(SystemTime.SHARED_DATA + 0x08)));
        test.thread(1, routine.returns(0).address());

        test.run();

        assertThat(test.data(0)).isEqualTo(50_000);
    }

    @Test
    void aRestoredMomentTicksAlike() {
        TestKernel test = machine(3);
        Routine routine =
                delayed(test, "Delayed", 2_200).calls("KeStallExecutionProcessor", _ -> 2_500);
        test.thread(1, routine.returns(0).address());
        Routine pausing = busy(test, "Pausing", 1_500).does(_ -> test.machine.pauseAtBoundary());
        test.thread(2, pausing.returns(0).address());
        test.run();
        assertThat(test.machine.hasEnded()).isFalse();
        test.machine.pauseAtStep(Long.MAX_VALUE);
        Snapshot moment = test.machine.snapshot();
        int before = test.events.size();

        test.machine.run();
        List<Event> first = List.copyOf(test.events.subList(before, test.events.size()));
        test.machine.restore(moment);
        int again = test.events.size();
        test.machine.run();

        assertThat(test.events.subList(again, test.events.size())).isEqualTo(first);
        assertThat(clockTimes(test, 1)).startsWith(4_000L, 5_000L);
    }
}
