package dev.dirql.kernel.timers;

import static dev.dirql.kernel.TestKernel.DATA;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.events.Event;
import dev.dirql.kernel.GuestCode.Routine;
import dev.dirql.kernel.KernelSettings;
import dev.dirql.kernel.TestKernel;
import dev.dirql.machine.DecisionSource;
import dev.dirql.machine.Processor;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TimerTest {
    private static final long TIMER = DATA + 0x100;
    private static final long DPC = DATA + 0x140;
    private static final long THREADED = DATA + 0x180;
    private static final int RUNS = 0x40;
    private static final int CALLS = 0x48;
    private static final int EX_TIMER = 0x50;
    private static final int THREADED_RUNS = 0x58;
    private static final int INTERRUPTS = 0x60;
    private static final int GENERIC_DPCS = 0x68;
    private static final long TICK_NS = 100_000;
    private static final long MILLISECOND = 10_000;

    private static Routine counting(TestKernel test, String name, int offset) {
        return test.code.routine(name).does(p -> TestKernel.add(p, offset, 1)).returns(0);
    }

    /** Sleeps for so many milliseconds. */
    private static void sleeps(Routine routine, long milliseconds) {
        routine.does(p -> p.memory().store64(DATA + 0x80, -MILLISECOND * milliseconds))
                .calls("KeDelayExecutionThread", _ -> 0, _ -> 0, _ -> DATA + 0x80);
    }

    @Test
    void aTimerThatNobodyWaitsForLetsTheRunGoOnUntilItExpired() {
        TestKernel test = new TestKernel(1);
        Routine dpc = counting(test, "Dpc", RUNS);
        Routine main = test.code.routine("Main");
        main.calls("KeInitializeTimer", _ -> TIMER)
                .calls("KeInitializeDpc", _ -> DPC, _ -> dpc.address(), _ -> 0)
                .calls("KeSetTimer", _ -> TIMER, _ -> -50 * MILLISECOND, _ -> DPC)
                .returns(0);
        test.thread(0, main.address());

        test.run();

        assertThat(test.data(RUNS)).isEqualTo(1);
        // The first tick of 15.625 ms that is not before 50 ms.
        assertThat(test.machine.nowNs()).isBetween(62_500_000L, 62_501_000L);
    }

    @Test
    void timersExpireInTheOrderInWhichTheyAreDue() {
        TimerQueue queue = new TimerQueue();
        queue.add(TimerQueue.Entry.at(1, 300));
        queue.add(TimerQueue.Entry.at(2, 100));
        queue.add(TimerQueue.Entry.at(3, 300));
        queue.add(TimerQueue.Entry.at(4, 200));

        assertThat(queue.all()).containsExactly(2L, 4L, 1L, 3L);
        assertThat(queue.nextDueNs()).isEqualTo(100);
        assertThat(queue.remove(2)).isTrue();
        assertThat(queue.remove(2)).isFalse();
        assertThat(queue.nextDueNs()).isEqualTo(200);
    }

    @Test
    void periodsThatAreOverAreLeftOut() {
        assertThat(Timers.next(100, 10, 100)).isEqualTo(110);
        assertThat(Timers.next(100, 10, 109)).isEqualTo(110);
        assertThat(Timers.next(100, 10, 110)).isEqualTo(120);
        assertThat(Timers.next(100, 10, 155)).isEqualTo(160);
    }

    @Test
    void aRunCutIntoMomentsIsTheSameRun() {
        for (int seed = 0; seed < 12; seed++) {
            TestKernel whole = everything(random(seed)).run();
            TestKernel cut = everything(random(seed));
            Random pauses = new Random(seed);
            cut.machine.pauseAtStep(pauses.nextInt(300));
            cut.run();
            while (cut.machine.ended() == null) {
                cut.machine.restore(cut.machine.snapshot());
                cut.machine.pauseAtStep(cut.machine.steps() + 1 + pauses.nextInt(60));
                cut.machine.run();
            }

            assertThat(whole.data(RUNS)).as("seed %d", seed).isGreaterThanOrEqualTo(4);
            assertThat(whole.data(CALLS)).as("seed %d", seed).isPositive();
            assertThat(whole.data(THREADED_RUNS)).as("seed %d", seed).isEqualTo(1);
            assertThat(whole.data(INTERRUPTS)).as("seed %d", seed).isEqualTo(3);
            assertThat(whole.data(GENERIC_DPCS)).as("seed %d", seed).isEqualTo(3);
            assertThat(cut.events).as("seed %d", seed).isEqualTo(whole.events);
            assertThat(cut.machine.exactHash())
                    .as("seed %d", seed)
                    .isEqualTo(whole.machine.exactHash());
        }
    }

    private static DecisionSource random(int seed) {
        Random random = new Random(seed);
        return point -> random.nextInt(4) == 0 ? random.nextInt(point.alternatives()) : 0;
    }

    /** Timers of both kinds, a threaded DPC, and calls on every processor. */
    private static TestKernel everything(DecisionSource decisions) {
        TestKernel test = new TestKernel(3, KernelSettings.DEFAULT.withTickNs(TICK_NS), decisions);
        Routine dpc = counting(test, "Dpc", RUNS);
        Routine callback = counting(test, "Callback", CALLS);
        Routine threaded = counting(test, "Threaded", THREADED_RUNS);
        Routine everywhere = counting(test, "Everywhere", INTERRUPTS);
        Routine generic =
                test.code
                        .routine("Generic")
                        .does(p -> p.registers[Processor.RBX] = p.registers[Processor.R8])
                        .does(p -> TestKernel.add(p, GENERIC_DPCS, 1))
                        .calls("KeSignalCallDpcDone", p -> p.registers[Processor.RBX])
                        .returns(0);
        Routine main = test.code.routine("Main");
        main.calls("KeInitializeTimerEx", _ -> TIMER, _ -> 1)
                .calls("KeInitializeDpc", _ -> DPC, _ -> dpc.address(), _ -> 0)
                .calls("KeSetTimerEx", _ -> TIMER, _ -> -MILLISECOND, _ -> 1, _ -> DPC)
                .calls("ExAllocateTimer", _ -> callback.address(), _ -> 0, _ -> 4)
                .does(p -> p.memory().store64(DATA + EX_TIMER, p.registers[Processor.RAX]))
                .calls(
                        "ExSetTimer",
                        p -> p.memory().load64(DATA + EX_TIMER),
                        _ -> -MILLISECOND,
                        _ -> MILLISECOND,
                        _ -> 0)
                .calls("KeInitializeThreadedDpc", _ -> THREADED, _ -> threaded.address(), _ -> 0)
                .calls("KeSetTargetProcessorDpc", _ -> THREADED, _ -> 2)
                .calls("KeInsertQueueDpc", _ -> THREADED, _ -> 0, _ -> 0)
                .calls("KeIpiGenericCall", _ -> everywhere.address(), _ -> 0)
                .calls("KeGenericCallDpc", _ -> generic.address(), _ -> 0);
        sleeps(main, 5);
        main.calls("ExDeleteTimer", p -> p.memory().load64(DATA + EX_TIMER), _ -> 1, _ -> 1, _ -> 0)
                .calls("KeCancelTimer", _ -> TIMER)
                .calls("KeFlushQueuedDpcs")
                .returns(0);
        test.thread(0, main.address());
        return test;
    }

    @Test
    void aTimerInMemoryThatIsGoneStopsTheMachine() {
        TestKernel test = new TestKernel(1);
        Routine main = test.code.routine("Main");
        main.calls("KeInitializeTimer", _ -> TIMER)
                .calls("KeSetTimer", _ -> TIMER, _ -> -MILLISECOND, _ -> 0)
                .does(p -> p.memory().store64(TIMER, 0x4141_4141_0141_4141L))
                .returns(0);
        test.thread(0, main.address());

        test.run();

        assertThat(test.all(Event.BugChecked.class))
                .extracting(Event.BugChecked::name)
                .containsExactly("KERNEL_SECURITY_CHECK_FAILURE");
    }

    /** A due time that is over: it expires at once, and goes on as any other. */
    @Test
    void aPeriodicTimerThatIsDueAlreadyExpiresAtOnceAndThenEachPeriod() {
        TestKernel test = new TestKernel(1);
        Routine dpc = counting(test, "Dpc", RUNS);
        Routine main = test.code.routine("Main");
        main.calls("KeInitializeTimer", _ -> TIMER)
                .calls("KeInitializeDpc", _ -> DPC, _ -> dpc.address(), _ -> 0)
                .calls("KeSetTimerEx", _ -> TIMER, _ -> 0, _ -> 50, _ -> DPC)
                .does(p -> p.memory().store64(DATA + 0x90, p.memory().load64(DATA + RUNS)));
        sleeps(main, 220);
        main.calls("KeCancelTimer", _ -> TIMER)
                .does(p -> p.memory().store64(DATA + 0x98, p.registers[Processor.RAX]))
                .returns(0);
        test.thread(0, main.address());

        test.run();

        assertThat(test.data(0x90)).isEqualTo(1);
        assertThat(test.data(RUNS)).isEqualTo(5);
        assertThat(test.data(0x98)).isEqualTo(1);
        assertThat(new KTimer(test.machine.processor(0).memory(), TIMER).isInserted()).isFalse();
    }
}
