package dev.dirql.kernel.interrupts;

import static dev.dirql.kernel.TestKernel.DATA;
import static dev.dirql.machine.Processor.RAX;
import static dev.dirql.machine.Processor.RBX;
import static dev.dirql.machine.Processor.RCX;
import static dev.dirql.machine.Processor.RDX;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.events.Event;
import dev.dirql.events.LockKind;
import dev.dirql.events.RunEnd;
import dev.dirql.kernel.FakeInterruptController;
import dev.dirql.kernel.GuestCode.Routine;
import dev.dirql.kernel.Irql;
import dev.dirql.kernel.KernelSettings;
import dev.dirql.kernel.NtStatus;
import dev.dirql.kernel.TestKernel;
import dev.dirql.machine.DeviceRegisters;
import dev.dirql.machine.Processor;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class InterruptTest {
    private static final int POINTER = 0x10;
    private static final int OTHER_POINTER = 0x18;
    private static final int STATUS = 0x20;
    private static final int SHARED_LOCK = 0x28;
    private static final int SEEN = 0x40;
    private static final long LOWEST_PRIORITY = 1 << 8;
    private static final long LOGICAL = 1 << 11;

    /** Line 11: IRQL 5. */
    private static final int VECTOR = InterruptVectors.ofLine(11);

    /** Line 4: IRQL 7. */
    private static final int HIGHER = InterruptVectors.ofLine(4);

    private static Routine connecting(
            Routine routine, int pointer, long isr, int vector, int mode) {
        return connecting(routine, pointer, isr, vector, vector >>> 4, mode, 0, true);
    }

    private static Routine connecting(
            Routine routine,
            int pointer,
            long isr,
            int vector,
            int synchronizeIrql,
            int mode,
            long lock,
            boolean shared) {
        return routine.calls(
                        "IoConnectInterrupt",
                        _ -> DATA + pointer,
                        _ -> isr,
                        _ -> 0x77,
                        _ -> lock,
                        _ -> vector,
                        _ -> vector >>> 4,
                        _ -> synchronizeIrql,
                        _ -> mode,
                        _ -> shared ? 1 : 0,
                        _ -> -1,
                        _ -> 0)
                .does(p -> p.memory().store32(DATA + STATUS, p.registers[RAX]));
    }

    private static void raise(Processor processor, int target, int vector) {
        processor.machine().controller().sendToProcessor(target, vector, "test");
    }

    private static Routine isr(TestKernel test, String name, int counter, boolean claims) {
        return test.code
                .routine(name)
                .does(p -> TestKernel.add(p, counter, 1))
                .does(p -> p.memory().store64(DATA + SEEN, p.irql()))
                .returns(claims ? 1 : 0);
    }

    private static long interrupt(Processor processor) {
        return processor.memory().load64(DATA + POINTER);
    }

    @Test
    void anIsrRunsAtItsLevelUnderItsLockAndRestoresWhatItInterrupted() {
        TestKernel test = new TestKernel(1);
        Routine isr =
                test.code
                        .routine("Isr")
                        .does(p -> p.memory().store64(DATA + SEEN, p.irql()))
                        .does(p -> p.memory().store64(DATA + SEEN + 8, p.registers[RCX]))
                        .does(p -> p.memory().store64(DATA + SEEN + 16, p.registers[RDX]))
                        .does(p -> p.registers[Processor.R9] = 0x9999)
                        .returns(1);
        Routine main = connecting(test.code.routine("Main"), POINTER, isr.address(), VECTOR, 0);
        main.does(p -> p.registers[Processor.R9] = 0x1234)
                .does(p -> raise(p, 0, VECTOR))
                .does(p -> p.memory().store64(DATA + SEEN + 24, p.registers[Processor.R9]))
                .returns(0);
        test.thread(0, main.address());

        test.run();

        assertThat(test.data(SEEN)).isEqualTo(5);
        assertThat(test.data(SEEN + 8)).isEqualTo(test.data(POINTER));
        assertThat(test.data(SEEN + 16)).isEqualTo(0x77);
        assertThat(test.data(SEEN + 24)).isEqualTo(0x1234);
        assertThat(test.all(Event.LockAcquired.class).get(0).lockKind())
                .isEqualTo(LockKind.INTERRUPT_SPIN_LOCK);
        assertThat(test.all(Event.LockAcquired.class).get(0).lockName()).isEqualTo("vector 0x51");
        assertThat(test.all(Event.IsrReturned.class).get(0).claimed()).isTrue();
        assertThat(test.machine.processor(0).irql()).isEqualTo(Irql.PASSIVE_LEVEL);
        assertThat(test.machine.ended()).isEqualTo(RunEnd.DONE);
        assertThat(test.findings()).isEmpty();
    }

    @Test
    void aHigherInterruptNestsInAnIsrAndALowerOneWaits() {
        TestKernel test = new TestKernel(1);
        Routine high =
                test.code
                        .routine("High")
                        .does(p ->
                                p.memory().store64(DATA + SEEN, p.memory().load64(DATA + SEEN + 8)))
                        .returns(1);
        Routine low =
                test.code
                        .routine("Low")
                        .does(p -> TestKernel.add(p, SEEN + 8, 1))
                        .does(p -> raise(p, 0, HIGHER))
                        .does(p -> raise(p, 0, VECTOR))
                        .does(p -> TestKernel.add(p, SEEN + 8, 1))
                        .repeatsFrom(0, _ -> false)
                        .returns(1);
        Routine main = test.code.routine("Main");
        connecting(main, POINTER, low.address(), VECTOR, 1);
        connecting(main, OTHER_POINTER, high.address(), HIGHER, 1);
        main.does(p -> raise(p, 0, VECTOR)).returns(0);
        test.thread(0, main.address());
        test.machine.pauseAtStep(150);

        test.run();

        List<String> order =
                test.events.stream()
                        .filter(e ->
                                e instanceof Event.IsrStarted || e instanceof Event.IsrReturned)
                        .map(e -> e instanceof Event.IsrStarted s ? "+" + s.vector() : "-")
                        .toList();
        assertThat(order.subList(0, 4)).containsExactly("+" + VECTOR, "+" + HIGHER, "-", "-");
        assertThat(test.data(SEEN)).isOdd();
    }

    @Test
    void aLevelSensitiveChainEndsAtTheFirstThatClaims() {
        TestKernel test = chain(0);

        assertThat(test.data(0x80)).isEqualTo(1);
        assertThat(test.data(0x88)).isEqualTo(1);
        assertThat(test.data(0x90)).isZero();
    }

    @Test
    void aLatchedChainIsPassedOverUntilNobodyClaims() {
        TestKernel test = chain(1);

        // The second claims once only: a pass in which it did, and one in which nobody does.
        assertThat(test.data(0x80)).isEqualTo(2);
        assertThat(test.data(0x88)).isEqualTo(2);
        assertThat(test.data(0x90)).isEqualTo(2);
    }

    private static TestKernel chain(int mode) {
        TestKernel test = new TestKernel(1);
        long[] pointers = {POINTER, OTHER_POINTER, 0x30};
        Routine second =
                test.code
                        .routine("Second")
                        .does(p -> TestKernel.add(p, 0x88, 1))
                        .does(p -> p.registers[RBX] = p.memory().load64(DATA + 0x88));
        second.repeatsFrom(second.here() + 12, p -> p.registers[RBX] > 1);
        second.returns(1);
        second.does(p -> p.registers[Processor.RSP] += 0x58)
                .does(p -> {
                    p.registers[RAX] = 0;
                    p.rip = p.memory().load64(p.registers[Processor.RSP]);
                    p.registers[Processor.RSP] += 8;
                });
        long[] isrs = {
            isr(test, "First", 0x80, false).address(),
            second.address(),
            isr(test, "Third", 0x90, false).address()
        };
        Routine main = test.code.routine("Main");
        for (int i = 0; i < 3; i++) {
            connecting(main, (int) pointers[i], isrs[i], VECTOR, mode);
        }
        main.does(p -> raise(p, 0, VECTOR)).returns(0);
        test.thread(0, main.address());
        return test.run();
    }

    @Test
    void anInterruptNobodyClaimsStormsUntilTheBugCheck() {
        TestKernel test = new TestKernel(1, KernelSettings.DEFAULT.withStormMaximum(10));
        Routine isr = test.code.routine("Isr").does(p -> raise(p, 0, VECTOR)).returns(0);
        Routine main = connecting(test.code.routine("Main"), POINTER, isr.address(), VECTOR, 0);
        main.does(p -> raise(p, 0, VECTOR)).returns(0);
        test.thread(0, main.address());

        test.run();

        Event.BugChecked stop = test.all(Event.BugChecked.class).get(0);
        assertThat(stop.name()).isEqualTo("HARDWARE_INTERRUPT_STORM");
        assertThat(stop.parameter1()).isEqualTo(isr.address());
        assertThat(stop.parameter2()).isEqualTo(0x77);
        assertThat(stop.parameter3()).isEqualTo(test.data(POINTER));
        assertThat(stop.parameter4()).isEqualTo(1);
        assertThat(test.all(Event.InterruptUnclaimed.class)).hasSize(11);
    }

    @Test
    void aStormOfAVectorWithoutAnInterruptObjectNamesNoIsrAndNoChain() {
        TestKernel test = new TestKernel(1, KernelSettings.DEFAULT.withStormMaximum(3));
        Routine main = test.code.routine("Main");
        for (int i = 0; i < 6; i++) {
            main.does(p -> raise(p, 0, VECTOR)).does(_ -> {});
        }
        main.returns(0);
        test.thread(0, main.address());

        test.run();

        Event.BugChecked stop = test.all(Event.BugChecked.class).get(0);
        assertThat(stop.name()).isEqualTo("HARDWARE_INTERRUPT_STORM");
        assertThat(stop.parameter1()).isZero();
        assertThat(stop.parameter2()).isZero();
        assertThat(stop.parameter3()).isZero();
        assertThat(stop.parameter4()).isEqualTo(1);
        assertThat(test.all(Event.InterruptUnclaimed.class)).hasSize(4);
        assertThat(test.all(Event.IsrStarted.class)).isEmpty();
    }

    @Test
    void aLatchedChainThatIsAlwaysClaimedIsPassedOverAsOftenAsTheLimitSays() {
        TestKernel test = new TestKernel(1, KernelSettings.DEFAULT.withStormMaximum(7));
        Routine first = isr(test, "First", 0x80, true);
        Routine second = isr(test, "Second", 0x88, true);
        Routine main = test.code.routine("Main");
        connecting(main, POINTER, first.address(), VECTOR, KInterrupt.LATCHED);
        connecting(main, OTHER_POINTER, second.address(), VECTOR, KInterrupt.LATCHED);
        main.does(p -> raise(p, 0, VECTOR)).returns(0);
        test.thread(0, main.address());

        test.run();

        assertThat(test.data(0x80)).isEqualTo(7);
        assertThat(test.data(0x88)).isEqualTo(7);
        assertThat(test.machine.ended()).isEqualTo(RunEnd.DONE);
    }

    @Test
    void aSynchronizeIrqlBelowTheIrqlIsRefused() {
        TestKernel test = new TestKernel(1);
        Routine isr = isr(test, "Isr", 0x80, true);
        Routine main = test.code.routine("Main");
        connecting(main, POINTER, isr.address(), VECTOR, 4, 0, 0, true).returns(0);
        test.thread(0, main.address());

        test.run();

        assertThat((int) test.data(STATUS)).isEqualTo(NtStatus.INVALID_PARAMETER);
        assertThat(test.all(Event.InterruptConnected.class)).isEmpty();
    }

    /** WDK, IoConnectInterrupt: the arguments come from the resources, and fit together. */
    @Test
    void whatContradictsItselfIsRefused() {
        record Call(long isr, int vector, int irql, int synchronizeIrql, int mode, long set) {}
        long isr = 0x1234;
        List<Call> wrong =
                List.of(
                        new Call(0, VECTOR, 5, 5, 0, -1),
                        new Call(isr, VECTOR, 4, 5, 0, -1),
                        new Call(isr, VECTOR, 0, 0, 0, -1),
                        new Call(isr, VECTOR, 5, 16, 0, -1),
                        new Call(isr, VECTOR, 5, 5, 2, -1),
                        new Call(isr, VECTOR, 5, 5, 0, 0),
                        new Call(isr, VECTOR, 5, 5, 0, 2),
                        new Call(isr, 0x2F, 2, 2, 0, -1));
        for (Call call : wrong) {
            TestKernel test = new TestKernel(1);
            Routine main =
                    test.code
                            .routine("Main")
                            .calls(
                                    "IoConnectInterrupt",
                                    _ -> DATA + POINTER,
                                    _ -> call.isr,
                                    _ -> 0x77,
                                    _ -> 0,
                                    _ -> call.vector,
                                    _ -> call.irql,
                                    _ -> call.synchronizeIrql,
                                    _ -> call.mode,
                                    _ -> 1,
                                    _ -> call.set,
                                    _ -> 0)
                            .does(p -> p.memory().store32(DATA + STATUS, p.registers[RAX]))
                            .returns(0);
            test.thread(0, main.address());

            test.run();

            assertThat((int) test.data(STATUS))
                    .as("%s", call)
                    .isEqualTo(NtStatus.INVALID_PARAMETER);
            assertThat(test.all(Event.InterruptConnected.class)).isEmpty();
        }
    }

    @Test
    void aVectorThatIsNotSharedTakesNoSecondObject() {
        TestKernel test = new TestKernel(1);
        Routine isr = isr(test, "Isr", 0x80, true);
        Routine main = test.code.routine("Main");
        connecting(main, POINTER, isr.address(), VECTOR, 5, 0, 0, false);
        connecting(main, OTHER_POINTER, isr.address(), VECTOR, 5, 0, 0, true).returns(0);
        test.thread(0, main.address());

        test.run();

        assertThat((int) test.data(STATUS)).isEqualTo(NtStatus.INVALID_PARAMETER);
        assertThat(test.all(Event.InterruptConnected.class)).hasSize(1);
    }

    @Test
    void synchronizeExecutionExcludesTheIsrOnAnotherProcessor() {
        TestKernel test = new TestKernel(2);
        Routine isr =
                test.code
                        .routine("Isr")
                        .does(p -> p.memory().store64(DATA + SEEN, p.memory().load64(DATA + 0x80)))
                        .returns(1);
        Routine critical =
                test.code
                        .routine("Critical")
                        .does(p -> p.memory().store64(DATA + 0x80, 1))
                        .does(p -> raise(p, 1, VECTOR))
                        .calls("KeStallExecutionProcessor", _ -> 5)
                        .does(p -> p.memory().store64(DATA + 0x80, 2))
                        .does(p -> p.memory().store64(DATA + 0x88, p.irql()))
                        .returns(1);
        Routine main = connecting(test.code.routine("Main"), POINTER, isr.address(), VECTOR, 0);
        main.calls(
                        "KeSynchronizeExecution",
                        InterruptTest::interrupt,
                        _ -> critical.address(),
                        _ -> 0x55)
                .does(p -> p.memory().store64(DATA + 0x90, p.registers[RAX]))
                .returns(0);
        test.thread(0, main.address());

        test.run();

        // The ISR had to wait for the routine's end, and saw what it left.
        assertThat(test.data(SEEN)).isEqualTo(2);
        assertThat(test.data(0x88)).isEqualTo(5);
        assertThat(test.data(0x90)).isEqualTo(1);
        assertThat(test.all(Event.LockContended.class)).hasSize(1);
        assertThat(test.all(Event.LockAcquired.class).get(1).spinNs()).isGreaterThan(4000);
        assertThat(test.machine.ended()).isEqualTo(RunEnd.DONE);
    }

    @Test
    void synchronizingFromTheIsrOnItsOwnLockIsADeadlock() {
        TestKernel test = new TestKernel(1);
        Routine critical = test.code.routine("Critical").returns(1);
        Routine isr =
                test.code
                        .routine("Isr")
                        .calls(
                                "KeSynchronizeExecution",
                                InterruptTest::interrupt,
                                _ -> critical.address(),
                                _ -> 0)
                        .returns(1);
        Routine main = connecting(test.code.routine("Main"), POINTER, isr.address(), VECTOR, 0);
        main.does(p -> raise(p, 0, VECTOR)).returns(0);
        test.thread(0, main.address());

        test.run();

        assertThat(test.machine.ended()).isEqualTo(RunEnd.DEADLOCK);
        assertThat(test.machine.endDetail())
                .contains("vector 0x51")
                .contains("driver!Isr")
                .contains("nt!KiInterruptExit")
                .contains("driver!Main");
    }

    @Test
    void anInterruptThatPreemptsTheHolderOfItsOwnLockIsADeadlock() {
        TestKernel test = new TestKernel(1);
        Routine low =
                test.code.routine("Low").does(p -> raise(p, 0, HIGHER)).does(_ -> {}).returns(1);
        Routine high = isr(test, "High", 0x80, true);
        Routine main = test.code.routine("Main");
        long lock = DATA + SHARED_LOCK;
        connecting(main, POINTER, low.address(), VECTOR, 5, 1, lock, true);
        connecting(main, OTHER_POINTER, high.address(), HIGHER, 7, 1, lock, true);
        main.does(p -> raise(p, 0, VECTOR)).returns(0);
        test.thread(0, main.address());

        test.run();

        assertThat(test.machine.ended()).isEqualTo(RunEnd.DEADLOCK);
        // A warning when they are connected, and an error when it happens.
        assertThat(test.findings())
                .containsExactly("SynchronizeIrqlTooLow", "SynchronizeIrqlTooLow", "Deadlock");
    }

    @Test
    void anIsrThatReturnsAtAnotherIrqlStopsTheMachine() {
        TestKernel test = new TestKernel(1);
        Routine isr =
                test.code.routine("Isr").calls("KfRaiseIrql", _ -> Irql.CLOCK_LEVEL).returns(1);
        Routine main = connecting(test.code.routine("Main"), POINTER, isr.address(), VECTOR, 0);
        main.does(p -> raise(p, 0, VECTOR)).returns(0);
        test.thread(0, main.address());

        test.run();

        Event.BugChecked stop = test.all(Event.BugChecked.class).get(0);
        assertThat(stop.name()).isEqualTo("IRQL_UNEXPECTED_VALUE");
        assertThat(stop.parameter1()).isEqualTo(13 << 16 | 5 << 8 | 3);
        assertThat(stop.parameter2()).isEqualTo(isr.address());
        assertThat(stop.parameter3()).isEqualTo(test.data(POINTER));
    }

    @Test
    void aSynchCritSectionThatReturnsAtAnotherIrqlStopsTheMachine() {
        TestKernel test = new TestKernel(1);
        Routine critical =
                test.code
                        .routine("Critical")
                        .calls("KfRaiseIrql", _ -> Irql.CLOCK_LEVEL)
                        .returns(1);
        Routine isr = isr(test, "Isr", 0x80, true);
        Routine main = connecting(test.code.routine("Main"), POINTER, isr.address(), VECTOR, 0);
        main.calls(
                        "KeSynchronizeExecution",
                        InterruptTest::interrupt,
                        _ -> critical.address(),
                        _ -> 0x55)
                .returns(0);
        test.thread(0, main.address());

        test.run();

        Event.BugChecked stop = test.all(Event.BugChecked.class).get(0);
        assertThat(test.findings()).containsExactly("IrqlSynchronizeReturn");
        assertThat(stop.name()).isEqualTo("IRQL_UNEXPECTED_VALUE");
        assertThat(stop.parameter1()).isEqualTo(13 << 16 | 5 << 8 | 2);
        assertThat(stop.parameter2()).isEqualTo(critical.address());
        assertThat(stop.parameter3()).isEqualTo(0x55);
    }

    @Test
    void anInterruptLockIsHeldBetweenAcquireAndRelease() {
        TestKernel test = new TestKernel(1);
        Routine isr = isr(test, "Isr", 0x80, true);
        Routine main = connecting(test.code.routine("Main"), POINTER, isr.address(), VECTOR, 0);
        main.calls("KfRaiseIrql", _ -> Irql.DISPATCH_LEVEL)
                .calls("KeAcquireInterruptSpinLock", InterruptTest::interrupt)
                .does(p -> p.registers[RBX] = p.registers[RAX])
                .does(p -> raise(p, 0, VECTOR))
                .does(p -> p.memory().store64(DATA + SEEN + 8, p.memory().load64(DATA + 0x80)))
                .does(p -> p.memory().store64(DATA + SEEN + 16, p.registers[RBX]))
                .calls(
                        "KeReleaseInterruptSpinLock",
                        InterruptTest::interrupt,
                        p -> p.registers[RBX])
                .calls("KeLowerIrql", _ -> Irql.PASSIVE_LEVEL)
                .returns(0);
        test.thread(0, main.address());

        test.run();

        assertThat(test.data(SEEN + 8)).isZero();
        assertThat(test.data(SEEN + 16)).isEqualTo(Irql.DISPATCH_LEVEL);
        assertThat(test.data(0x80)).isEqualTo(1);
        assertThat(test.machine.processor(0).irql()).isZero();
    }

    @Test
    void aDisconnectedIsrIsNotCalled() {
        TestKernel test = new TestKernel(1);
        Routine isr = isr(test, "Isr", 0x80, true);
        Routine main = connecting(test.code.routine("Main"), POINTER, isr.address(), VECTOR, 0);
        main.calls("IoDisconnectInterrupt", InterruptTest::interrupt)
                .does(p -> raise(p, 0, VECTOR))
                .returns(0);
        test.thread(0, main.address());

        test.run();

        assertThat(test.data(0x80)).isZero();
        assertThat(test.all(Event.InterruptDisconnected.class)).hasSize(1);
        assertThat(test.all(Event.InterruptUnclaimed.class)).hasSize(1);
        assertThat(test.machine.processor(0).irql()).isZero();
    }

    @Test
    void aProcessorThatSpunForTheLockDoesNotCallTheIsrOfADisconnectedObject() {
        int beaten = 0;
        for (int seed = 1; seed <= 30; seed++) {
            Random random = new Random(seed);
            TestKernel test =
                    new TestKernel(
                            3,
                            KernelSettings.DEFAULT,
                            point -> random.nextInt(2) * random.nextInt(point.alternatives()));
            int[] eventsAtReturn = new int[1];
            Routine isr = isr(test, "Isr", 0x80, true);
            Routine holder =
                    connecting(test.code.routine("Holder"), POINTER, isr.address(), VECTOR, 0)
                            .calls("KeAcquireInterruptSpinLock", InterruptTest::interrupt)
                            .does(p -> p.registers[RBX] = p.registers[RAX])
                            .does(p -> raise(p, 2, VECTOR))
                            .calls("KeStallExecutionProcessor", _ -> 20)
                            .calls(
                                    "KeReleaseInterruptSpinLock",
                                    InterruptTest::interrupt,
                                    p -> p.registers[RBX])
                            .returns(0);
            Routine disconnecter = test.code.routine("Disconnecter");
            long wait = disconnecter.here();
            disconnecter
                    .calls("KeStallExecutionProcessor", _ -> 10)
                    .repeatsFrom(wait, p -> interrupt(p) == 0)
                    .calls("IoDisconnectInterrupt", InterruptTest::interrupt)
                    .does(_ -> eventsAtReturn[0] = test.events.size())
                    .returns(0);
            test.thread(0, holder.address());
            test.thread(1, disconnecter.address());

            test.run();

            assertThat(test.machine.ended()).as("seed %d", seed).isEqualTo(RunEnd.DONE);
            int disconnected =
                    test.events.indexOf(test.all(Event.InterruptDisconnected.class).get(0));
            assertThat(test.events.subList(disconnected, test.events.size()))
                    .as("seed %d", seed)
                    .noneMatch(Event.IsrStarted.class::isInstance);
            assertThat(test.events.subList(eventsAtReturn[0], test.events.size()))
                    .as("seed %d", seed)
                    .noneMatch(Event.LockAcquired.class::isInstance);
            beaten += test.all(Event.InterruptUnclaimed.class).size();
        }
        assertThat(beaten).isPositive();
    }

    @Test
    void aChainIsAskedToItsEndThoughAnObjectIsDisconnectedAfterItsIsr() {
        int after = 0;
        for (int stall = 0; stall < 20; stall++) {
            TestKernel test = new TestKernel(2);
            long idle = stall;
            Routine first = isr(test, "First", 0x80, false);
            Routine second = isr(test, "Second", 0x88, true);
            Routine main = test.code.routine("Main");
            connecting(main, POINTER, first.address(), VECTOR, 0);
            connecting(main, OTHER_POINTER, second.address(), VECTOR, 0);
            main.does(p -> p.memory().store64(DATA + 0x90, 1)).does(p -> raise(p, 0, VECTOR));
            main.returns(0);
            Routine disconnecter = test.code.routine("Disconnecter");
            long wait = disconnecter.here();
            disconnecter.does(_ -> {}).repeatsFrom(wait, p -> p.memory().load64(DATA + 0x90) == 0);
            for (int i = 0; i < idle; i++) {
                disconnecter.does(_ -> {});
            }
            disconnecter.calls("IoDisconnectInterrupt", InterruptTest::interrupt).returns(0);
            test.thread(0, main.address());
            test.thread(1, disconnecter.address());

            test.run();

            assertThat(test.data(0x88)).as("after %d instructions", stall).isEqualTo(1);
            assertThat(test.all(Event.InterruptUnclaimed.class)).isEmpty();
            after += (int) test.data(0x80);
        }
        assertThat(after).isBetween(1, 19);
    }

    @Test
    void anInterruptThatComesBackAtOnceIsAStormOnItsOwnProcessorOnly() {
        TestKernel test = new TestKernel(2);
        InterruptStorms storms = new InterruptStorms(test.machine, 2);
        Processor quiet = test.machine.processor(0);
        Processor stormy = test.machine.processor(1);
        List<Boolean> noticed = new ArrayList<>();

        for (int i = 0; i < 4; i++) {
            noticed.add(storms.taken(stormy, VECTOR));
            storms.ended(stormy, VECTOR, true);
            quiet.rip += 4;
            storms.taken(quiet, VECTOR);
            storms.ended(quiet, VECTOR, true);
        }

        assertThat(noticed).containsExactly(false, false, false, true);
    }

    @Test
    void anInterruptWhoseLineStaysAssertedIsAStormThoughItIsClaimedAndMuchElseRuns() {
        TestKernel test = new TestKernel(1);
        FakeInterruptController controller = (FakeInterruptController) test.machine.controller();
        InterruptStorms storms = new InterruptStorms(test.machine, 2);
        Processor processor = test.machine.processor(0);
        List<Boolean> noticed = new ArrayList<>();

        for (int i = 0; i < 6; i++) {
            controller.setAsserted(VECTOR, i != 2);
            storms.taken(processor, VECTOR);
            noticed.add(storms.ended(processor, VECTOR, true));
            processor.rip += 4;
            processor.clockNs += 10_000;
        }

        assertThat(noticed).containsExactly(false, false, false, false, false, true);
    }

    @Test
    void aLineGoesToTheProcessorsThatItsEntryCanName() {
        assertThat(entryOf(4, -1)).containsExactly(0x51L | LOWEST_PRIORITY | LOGICAL, 0x0FL);
        assertThat(entryOf(12, -1)).containsExactly(0x51L | LOWEST_PRIORITY, 0xFFL);
        assertThat(entryOf(12, 0x106)).containsExactly(0x51L | LOWEST_PRIORITY | LOGICAL, 0x06L);
        assertThat(entryOf(12, 0x104)).containsExactly(0x51L, 2L);
        assertThat(entryOf(12, 0x600)).containsExactly(0x51L, 9L);
    }

    /** Low half and destination of the redirection entry of line 11 after connecting to it. */
    private static List<Long> entryOf(int processors, long affinity) {
        TestKernel test = new TestKernel(processors);
        long[] registers = new long[0x40];
        int[] selected = new int[1];
        test.machine
                .bus()
                .claimMemory(
                        "I/O APIC",
                        0xFEC0_0000L,
                        0x1000,
                        new DeviceRegisters() {
                            @Override
                            public long read(Processor processor, long offset, int size) {
                                return registers[selected[0]];
                            }

                            @Override
                            public void write(
                                    Processor processor, long offset, int size, long value) {
                                if (offset == 0) {
                                    selected[0] = (int) value;
                                } else {
                                    registers[selected[0]] = value;
                                }
                            }
                        });
        Routine isr = isr(test, "Isr", 0x80, true);
        Routine main =
                test.code
                        .routine("Main")
                        .calls(
                                "IoConnectInterrupt",
                                _ -> DATA + POINTER,
                                _ -> isr.address(),
                                _ -> 0x77,
                                _ -> 0,
                                _ -> VECTOR,
                                _ -> VECTOR >>> 4,
                                _ -> VECTOR >>> 4,
                                _ -> KInterrupt.LATCHED,
                                _ -> 1,
                                _ -> affinity,
                                _ -> 0)
                        .returns(0);
        test.thread(0, main.address());

        test.run();

        return List.of(registers[0x10 + 22], registers[0x10 + 23] >>> 24);
    }

    @Test
    void aLineHasTheVectorOfItsLevel() {
        TestKernel test = new TestKernel(2);
        Routine main =
                test.code
                        .routine("Main")
                        .calls(
                                "HalGetInterruptVector",
                                _ -> 1,
                                _ -> 0,
                                _ -> 11,
                                _ -> 11,
                                _ -> DATA + 0x80,
                                _ -> DATA + 0x88)
                        .does(p -> p.memory().store64(DATA + 0x90, p.registers[RAX]))
                        .returns(0);
        test.thread(0, main.address());

        test.run();

        assertThat(test.data(0x80)).isEqualTo(5);
        assertThat(test.data(0x88)).isEqualTo(0b11);
        assertThat(test.data(0x90)).isEqualTo(0x51);
        assertThat(InterruptVectors.lineOf(0x51)).isEqualTo(11);
    }

    @Test
    void anIsrReturnsAtTheIrqlOfItsCall() {
        TestKernel test = new TestKernel(1);
        Routine isr = test.code.routine("Isr").calls("KfRaiseIrql", _ -> 7).returns(1);
        Routine main = connecting(test.code.routine("Main"), POINTER, isr.address(), VECTOR, 0);
        main.does(p -> raise(p, 0, VECTOR)).returns(0);
        test.thread(0, main.address());

        test.run();

        assertThat(test.findings()).containsExactly("IrqlIsrReturn");
        Event.BugChecked stop = test.all(Event.BugChecked.class).get(0);
        assertThat(stop.name()).isEqualTo("IRQL_UNEXPECTED_VALUE");
        assertThat(stop.parameter1()).isEqualTo(0x070503);
        assertThat(stop.parameter2()).isEqualTo(isr.address());
        assertThat(stop.parameter3()).isEqualTo(test.data(POINTER)).isNotZero();
        assertThat(stop.parameter4()).isZero();
    }
}
