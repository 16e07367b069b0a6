package dev.dirql.kernel.threads;

import static dev.dirql.kernel.TestKernel.DATA;
import static dev.dirql.machine.Processor.RAX;
import static dev.dirql.machine.Processor.RBX;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.events.Event;
import dev.dirql.events.RunEnd;
import dev.dirql.kernel.GuestCode.Routine;
import dev.dirql.kernel.Irql;
import dev.dirql.kernel.KernelSettings;
import dev.dirql.kernel.NtStatus;
import dev.dirql.kernel.TestKernel;
import dev.dirql.machine.Processor;
import java.util.List;
import org.junit.jupiter.api.Test;

class ThreadTest {
    private static final long EVENT = DATA + 0x100;
    private static final long TIMEOUT = DATA + 0x140;
    private static final int SEEN = 0x40;

    private static Routine waiting(Routine routine, long timeoutPointer) {
        return routine.calls(
                "KeWaitForSingleObject", _ -> EVENT, _ -> 0, _ -> 0, _ -> 0, _ -> timeoutPointer);
    }

    private static void initialize(TestKernel test, int type, boolean state) {
        new DispatcherHeader(test.machine.processor(0).memory(), EVENT)
                .initialize(type, DispatcherHeader.SIZE, state);
    }

    @Test
    void anEventEndsTheWaitOnAnotherProcessorAndKeepsNonvolatileRegisters() {
        TestKernel test = new TestKernel(2);
        initialize(test, DispatcherHeader.SYNCHRONIZATION_EVENT, false);
        Routine waiter = test.code.routine("Waiter").does(p -> p.registers[RBX] = 0x4242);
        waiting(waiter, 0)
                .does(p -> p.memory().store64(DATA + SEEN, p.registers[RAX]))
                .does(p -> p.memory().store64(DATA + SEEN + 8, p.registers[RBX]))
                .returns(0);
        Routine setter =
                test.code
                        .routine("Setter")
                        .calls("KeStallExecutionProcessor", _ -> 20)
                        .calls("KeSetEvent", _ -> EVENT, _ -> 0, _ -> 0)
                        .returns(0);
        test.thread(0, waiter.address());
        test.thread(1, setter.address());

        test.run();

        assertThat(test.data(SEEN)).isEqualTo(NtStatus.SUCCESS);
        assertThat(test.data(SEEN + 8)).isEqualTo(0x4242);
        assertThat(test.all(Event.WaitStarted.class)).hasSize(1);
        assertThat(test.all(Event.WaitEnded.class)).hasSize(1);
        assertThat(test.machine.ended()).isEqualTo(RunEnd.DONE);
    }

    @Test
    void aSynchronizationEventReleasesOneAndANotificationEventAll() {
        assertThat(released(DispatcherHeader.SYNCHRONIZATION_EVENT)).isEqualTo(1);
        assertThat(released(DispatcherHeader.NOTIFICATION_EVENT)).isEqualTo(3);
    }

    /** WDK, KePulseEvent: whoever waits is released, and the event is not signaled afterwards. */
    @Test
    void aPulseReleasesWhoWaitsAndLeavesTheEventNotSignaled() {
        assertThat(pulsed(DispatcherHeader.SYNCHRONIZATION_EVENT, false))
                .containsExactly(1L, 0L, 0L);
        assertThat(pulsed(DispatcherHeader.NOTIFICATION_EVENT, false)).containsExactly(3L, 0L, 0L);
    }

    @Test
    void aPulseThatNobodyWaitsForTakesTheSignalAwayAndIsNotKept() {
        assertThat(pulsed(DispatcherHeader.SYNCHRONIZATION_EVENT, true))
                .containsExactly(0L, 1L, 0L);
        assertThat(pulsed(DispatcherHeader.NOTIFICATION_EVENT, true)).containsExactly(0L, 1L, 0L);
    }

    /**
     * Three wait, or if the event was signaled nobody, when it is pulsed; one comes later.
     *
     * @return how many were released, the state before and the state after the pulse
     */
    private static List<Long> pulsed(int type, boolean signaled) {
        TestKernel test = new TestKernel(2);
        initialize(test, type, signaled);
        for (int i = 0; i < 3 && !signaled; i++) {
            Routine waiter = test.code.routine("Waiter" + i);
            waiting(waiter, 0).does(p -> TestKernel.add(p, SEEN, 1)).returns(0);
            test.thread(0, waiter.address());
        }
        Routine late = test.code.routine("Late").calls("KeStallExecutionProcessor", _ -> 40);
        waiting(late, 0).does(p -> TestKernel.add(p, SEEN, 1)).returns(0);
        Routine pulser =
                test.code
                        .routine("Pulser")
                        .calls("KeStallExecutionProcessor", _ -> 20)
                        .calls("KePulseEvent", _ -> EVENT, _ -> 0, _ -> 0)
                        .does(p -> p.memory().store64(DATA + SEEN + 8, p.registers[RAX]))
                        .calls("KeReadStateEvent", _ -> EVENT)
                        .does(p -> p.memory().store64(DATA + SEEN + 16, p.registers[RAX]))
                        .returns(0);
        test.thread(0, late.address(), 7);
        test.thread(1, pulser.address());
        test.run();
        return List.of(test.data(SEEN), test.data(SEEN + 8), test.data(SEEN + 16));
    }

    private static long released(int type) {
        TestKernel test = new TestKernel(2);
        initialize(test, type, false);
        for (int i = 0; i < 3; i++) {
            Routine waiter = test.code.routine("Waiter" + i);
            waiting(waiter, 0).does(p -> TestKernel.add(p, SEEN, 1)).returns(0);
            test.thread(0, waiter.address());
        }
        Routine setter =
                test.code
                        .routine("Setter")
                        .calls("KeStallExecutionProcessor", _ -> 20)
                        .calls("KeSetEvent", _ -> EVENT, _ -> 0, _ -> 0)
                        .returns(0);
        test.thread(1, setter.address());
        test.run();
        return test.data(SEEN);
    }

    @Test
    void aWaitWithoutEndIsReportedAsStuck() {
        TestKernel test = new TestKernel(1);
        initialize(test, DispatcherHeader.NOTIFICATION_EVENT, false);
        Routine waiter = waiting(test.code.routine("Waiter"), 0).returns(0);
        test.thread(0, waiter.address());

        test.run();

        assertThat(test.machine.ended()).isEqualTo(RunEnd.STUCK);
        assertThat(test.machine.endDetail())
                .contains("0x" + Long.toHexString(EVENT))
                .contains("driver!Waiter");
    }

    @Test
    void aTimeoutEndsTheWaitAtATickAndNotBefore() {
        TestKernel test = new TestKernel(1, KernelSettings.DEFAULT.withTickNs(1_000_000));
        initialize(test, DispatcherHeader.NOTIFICATION_EVENT, false);
        test.machine.processor(0).memory().store64(TIMEOUT, -25_000);
        Routine waiter =
                waiting(test.code.routine("Waiter"), TIMEOUT)
                        .does(p -> p.memory().store64(DATA + SEEN, p.registers[RAX]))
                        .does(p -> p.memory().store64(DATA + SEEN + 8, p.clockNs))
                        .returns(0);
        test.thread(0, waiter.address());

        test.run();

        assertThat(test.data(SEEN)).isEqualTo(NtStatus.TIMEOUT);
        assertThat(test.data(SEEN + 8)).isBetween(2_500_000L, 3_100_000L);
        assertThat(test.machine.ended()).isEqualTo(RunEnd.DONE);
    }

    @Test
    void aZeroTimeoutOnlyLooks() {
        TestKernel test = new TestKernel(1);
        initialize(test, DispatcherHeader.SYNCHRONIZATION_EVENT, true);
        Routine waiter = test.code.routine("Waiter").calls("KfRaiseIrql", _ -> 2);
        waiting(waiter, TIMEOUT).does(p -> p.memory().store64(DATA + SEEN, p.registers[RAX]));
        waiting(waiter, TIMEOUT)
                .does(p -> p.memory().store64(DATA + SEEN + 8, p.registers[RAX]))
                .calls("KeLowerIrql", _ -> 0)
                .returns(0);
        test.thread(0, waiter.address());

        test.run();

        assertThat(test.data(SEEN)).isEqualTo(NtStatus.SUCCESS);
        assertThat(test.data(SEEN + 8)).isEqualTo(NtStatus.TIMEOUT);
        assertThat(test.findings()).isEmpty();
    }

    @Test
    void aDelayIsNeverShort() {
        TestKernel test = new TestKernel(2, KernelSettings.DEFAULT.withTickNs(1_000_000));
        test.machine.processor(0).memory().store64(TIMEOUT, -10_000);
        Routine sleeper =
                test.code
                        .routine("Sleeper")
                        .calls("KeDelayExecutionThread", _ -> 0, _ -> 0, _ -> TIMEOUT)
                        .does(p -> p.memory().store64(DATA + SEEN, p.clockNs))
                        .returns(0);
        test.thread(1, sleeper.address());

        test.run();

        assertThat(test.data(SEEN)).isBetween(1_000_000L, 2_100_000L);
    }

    @Test
    void aBetterThreadRunsAtOnceAndEqualsInTurn() {
        TestKernel test = new TestKernel(1);
        initialize(test, DispatcherHeader.NOTIFICATION_EVENT, false);
        Routine urgent = waiting(test.code.routine("Urgent"), 0);
        urgent.does(p -> p.memory().store64(DATA + SEEN, p.memory().load64(DATA + SEEN + 8)))
                .returns(0);
        Routine setter =
                test.code
                        .routine("Setter")
                        .calls("KeSetEvent", _ -> EVENT, _ -> 0, _ -> 0)
                        .does(p -> p.memory().store64(DATA + SEEN + 8, 1))
                        .returns(0);
        test.thread(0, urgent.address(), 12);
        test.thread(0, setter.address(), 8);

        test.run();

        assertThat(test.data(SEEN)).isZero();
        assertThat(test.data(SEEN + 8)).isEqualTo(1);
    }

    @Test
    void aThreadAtRaisedIrqlIsPreemptedOnlyWhenItLowers() {
        TestKernel test = new TestKernel(1);
        initialize(test, DispatcherHeader.NOTIFICATION_EVENT, false);
        Routine urgent = waiting(test.code.routine("Urgent"), 0);
        urgent.does(p -> p.memory().store64(DATA + SEEN, p.memory().load64(DATA + SEEN + 8)))
                .returns(0);
        Routine setter =
                test.code
                        .routine("Setter")
                        .calls("KfRaiseIrql", _ -> Irql.DISPATCH_LEVEL)
                        .calls("KeSetEvent", _ -> EVENT, _ -> 0, _ -> 0)
                        .does(p -> p.memory().store64(DATA + SEEN + 8, 1))
                        .calls("KeLowerIrql", _ -> 0)
                        .does(p -> p.memory().store64(DATA + SEEN + 8, 2))
                        .returns(0);
        test.thread(0, urgent.address(), 12);
        test.thread(0, setter.address(), 8);

        test.run();

        assertThat(test.data(SEEN)).isEqualTo(1);
    }

    @Test
    void equalsShareAProcessorByTheirQuantum() {
        TestKernel test = new TestKernel(1, KernelSettings.DEFAULT.withTickNs(10_000));
        for (int i = 0; i < 2; i++) {
            int own = SEEN + 8 * i;
            int others = SEEN + 8 * (1 - i);
            Routine busy = test.code.routine("Busy" + i).does(p -> TestKernel.add(p, own, 1));
            busy.repeatsFrom(busy.address() + 4, p -> p.memory().load64(DATA + others) == 0)
                    .returns(0);
            test.thread(0, busy.address());
        }

        test.run();

        assertThat(test.machine.ended()).isEqualTo(RunEnd.DONE);
        assertThat(test.all(Event.ThreadSwitched.class))
                .extracting(Event.ThreadSwitched::reason)
                .contains("quantum end");
    }

    @Test
    void aSystemThreadCanBeMadeAndWaitedFor() {
        TestKernel test = new TestKernel(2);
        Routine child =
                test.code
                        .routine("Child")
                        .does(p -> p.memory().store64(DATA + SEEN, p.registers[Processor.RCX]))
                        .calls("PsTerminateSystemThread", _ -> 7)
                        .returns(0);
        Routine parent =
                test.code
                        .routine("Parent")
                        .calls(
                                "PsCreateSystemThread",
                                _ -> DATA + 0x80,
                                _ -> 0,
                                _ -> 0,
                                _ -> 0,
                                _ -> 0,
                                _ -> child.address(),
                                _ -> 0x99)
                        .does(p -> p.memory().store64(DATA + 0x88, p.registers[RAX]))
                        .calls(
                                "KeWaitForSingleObject",
                                p -> test.kernel.objects().objectOf(p.memory().load64(DATA + 0x80)),
                                _ -> 0,
                                _ -> 0,
                                _ -> 0,
                                _ -> 0)
                        .does(p -> p.memory().store64(DATA + 0x90, p.memory().load64(DATA + SEEN)))
                        .returns(0);
        test.thread(0, parent.address());

        test.run();

        assertThat(test.data(0x88)).isEqualTo(NtStatus.SUCCESS);
        assertThat(test.data(0x90)).isEqualTo(0x99);
        assertThat(test.all(Event.ThreadEnded.class))
                .extracting(Event.ThreadEnded::status)
                .containsExactly(7, 0);
        assertThat(test.machine.ended()).isEqualTo(RunEnd.DONE);
    }

    @Test
    void affinityMovesAThread() {
        TestKernel test = new TestKernel(3);
        Routine mover =
                test.code
                        .routine("Mover")
                        .calls("KeSetSystemAffinityThreadEx", _ -> 0b100)
                        .does(p -> p.memory().store64(DATA + SEEN, p.number()))
                        .calls("KeRevertToUserAffinityThreadEx", _ -> 0)
                        .does(p -> p.memory().store64(DATA + SEEN + 8, p.number()))
                        .returns(0);
        test.thread(1, mover.address());

        test.run();

        assertThat(test.data(SEEN)).isEqualTo(2);
        assertThat(test.data(SEEN + 8)).isEqualTo(1);
    }

    @Test
    void theSharedTimeFollowsTheClock() {
        TestKernel test = new TestKernel(1, KernelSettings.DEFAULT.withTickNs(1_000_000));
        Routine reader =
                test.code
                        .routine("Reader")
                        .calls("KeStallExecutionProcessor", _ -> 5500)
                        .does(p ->
                                p.memory()
                                        .store64(
                                                DATA + SEEN,
                                                p.memory().load64(SystemTime.SHARED_DATA + 0x08)))
                        .does(p ->
                                p.memory()
                                        .store64(
                                                DATA + SEEN + 8,
                                                p.memory().load64(SystemTime.SHARED_DATA + 0x320)))
                        .returns(0);
        test.thread(0, reader.address());

        test.run();

        assertThat(List.of(test.data(SEEN), test.data(SEEN + 8))).containsExactly(50_000L, 5L);
    }

    @Test
    void setEventWithWaitKeepsTheProcessorUntilTheWait() {
        TestKernel test = new TestKernel(1);
        initialize(test, DispatcherHeader.SYNCHRONIZATION_EVENT, false);
        Routine urgent = waiting(test.code.routine("Urgent"), 0);
        urgent.does(p -> p.memory().store64(DATA + SEEN, 1))
                .calls("KeSetEvent", _ -> EVENT, _ -> 0, _ -> 0)
                .returns(0);
        Routine setter =
                test.code
                        .routine("Setter")
                        .calls("KeSetEvent", _ -> EVENT, _ -> 0, _ -> 1)
                        .does(p -> p.memory().store64(DATA + SEEN + 8, p.irql()))
                        .does(p ->
                                p.memory()
                                        .store64(DATA + SEEN + 16, p.memory().load64(DATA + SEEN)));
        waiting(setter, 0).does(p -> p.memory().store64(DATA + SEEN + 24, p.irql())).returns(0);
        test.thread(0, urgent.address(), 12);
        test.thread(0, setter.address(), 8);

        test.run();

        assertThat(test.data(SEEN + 8)).isEqualTo(Irql.DISPATCH_LEVEL);
        assertThat(test.data(SEEN + 16)).isZero();
        assertThat(test.data(SEEN + 24)).isEqualTo(Irql.PASSIVE_LEVEL);
        assertThat(test.data(SEEN)).isEqualTo(1);
        assertThat(test.machine.ended()).isEqualTo(RunEnd.DONE);
    }
}
