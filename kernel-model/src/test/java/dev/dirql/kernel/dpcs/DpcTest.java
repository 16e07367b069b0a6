package dev.dirql.kernel.dpcs;

import static dev.dirql.kernel.TestKernel.DATA;
import static dev.dirql.machine.Processor.R8;
import static dev.dirql.machine.Processor.RAX;
import static dev.dirql.machine.Processor.RDX;
import static dev.dirql.machine.Processor.RSP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.events.Event;
import dev.dirql.events.Finding;
import dev.dirql.events.RunEnd;
import dev.dirql.events.Severity;
import dev.dirql.kernel.GuestCode.Routine;
import dev.dirql.kernel.Irql;
import dev.dirql.kernel.TestKernel;
import dev.dirql.kernel.images.CallStack;
import dev.dirql.kernel.threads.KernelThread;
import dev.dirql.kernel.traps.BugChecks.BugCheck;
import java.util.List;
import org.junit.jupiter.api.Test;

class DpcTest {
    private static final long DPC = DATA + 0x100;
    private static final long SECOND = DATA + 0x180;
    private static final int SEEN = 0x40;

    private static Routine initializing(Routine main, long dpc, long routine) {
        return main.calls("KeInitializeDpc", _ -> dpc, _ -> routine, _ -> 0x11);
    }

    private static Routine noting(TestKernel test, String name, int offset) {
        return test.code
                .routine(name)
                .does(p -> p.memory().store64(DATA + offset, p.irql()))
                .does(p -> p.memory().store64(DATA + offset + 8, p.registers[RDX]))
                .does(p -> p.memory().store64(DATA + offset + 16, p.registers[R8]))
                .does(p -> p.memory().store64(DATA + offset + 24, p.number()))
                .does(p -> p.memory().store64(DATA + offset + 32, p.registers[RSP]))
                .returns(0);
    }

    @Test
    void aDpcRunsWhenTheIrqlFallsOnItsOwnStackWithItsArguments() {
        TestKernel test = new TestKernel(1);
        Routine dpc = noting(test, "Dpc", SEEN);
        Routine main = initializing(test.code.routine("Main"), DPC, dpc.address());
        main.calls("KfRaiseIrql", _ -> Irql.DISPATCH_LEVEL)
                .calls("KeInsertQueueDpc", _ -> DPC, _ -> 0x22, _ -> 0x33)
                .does(p -> p.memory().store64(DATA + 0x80, p.memory().load64(DATA + SEEN)))
                .calls("KeLowerIrql", _ -> 0)
                .returns(0);
        test.thread(0, main.address());

        test.run();

        assertThat(test.data(0x80)).isZero();
        assertThat(test.data(SEEN)).isEqualTo(Irql.DISPATCH_LEVEL);
        assertThat(test.data(SEEN + 8)).isEqualTo(0x11);
        assertThat(test.data(SEEN + 16)).isEqualTo(0x22);
        assertThat(test.all(Event.DpcStarted.class)).hasSize(1);
        assertThat(test.all(Event.DpcFinished.class)).hasSize(1);
        assertThat(test.machine.ended()).isEqualTo(RunEnd.DONE);
    }

    @Test
    void initializingAQueuedDpcIsFoundAndKeepsNoProcessorBusyForEver() {
        TestKernel test = new TestKernel(1);
        Routine dpc = noting(test, "Dpc", SEEN);
        Routine second = noting(test, "Second", 0x200);
        Routine main = initializing(test.code.routine("Main"), DPC, dpc.address());
        initializing(main, SECOND, second.address());
        main.calls("KfRaiseIrql", _ -> Irql.DISPATCH_LEVEL)
                .calls("KeInsertQueueDpc", _ -> DPC, _ -> 1, _ -> 0);
        initializing(main, DPC, dpc.address());
        main.calls("KeInsertQueueDpc", _ -> DPC, _ -> 2, _ -> 0)
                .calls("KeLowerIrql", _ -> 0)
                .calls("KeInsertQueueDpc", _ -> SECOND, _ -> 0, _ -> 0)
                .returns(0);
        test.thread(0, main.address());

        test.run();

        assertThat(test.findings()).containsExactly("DpcInitializedWhileQueued");
        assertThat(test.all(Event.DpcStarted.class)).hasSize(3);
        assertThat(test.data(0x200)).isEqualTo(Irql.DISPATCH_LEVEL);
        assertThat(test.machine.ended()).isEqualTo(RunEnd.DONE);
    }

    @Test
    void aQueueThatAnInitializedDpcCutOffIsNotWaitedFor() {
        TestKernel test = new TestKernel(1);
        Routine dpc = noting(test, "Dpc", SEEN);
        Routine second = noting(test, "Second", 0x200);
        Routine main = initializing(test.code.routine("Main"), DPC, dpc.address());
        initializing(main, SECOND, second.address());
        main.calls("KfRaiseIrql", _ -> Irql.DISPATCH_LEVEL)
                .calls("KeInsertQueueDpc", _ -> DPC, _ -> 1, _ -> 0)
                .calls("KeInsertQueueDpc", _ -> SECOND, _ -> 1, _ -> 0);
        initializing(main, DPC, dpc.address());
        main.calls("KeInsertQueueDpc", _ -> DPC, _ -> 2, _ -> 0)
                .calls("KeLowerIrql", _ -> 0)
                .returns(0);
        test.thread(0, main.address());

        test.run();

        assertThat(test.findings()).containsExactly("DpcInitializedWhileQueued");
        assertThat(test.machine.ended()).isEqualTo(RunEnd.DONE);
    }

    @Test
    void aQueuedDpcIsNotQueuedAgain() {
        TestKernel test = new TestKernel(1);
        Routine dpc = noting(test, "Dpc", SEEN);
        Routine main = initializing(test.code.routine("Main"), DPC, dpc.address());
        main.calls("KfRaiseIrql", _ -> Irql.DISPATCH_LEVEL)
                .calls("KeInsertQueueDpc", _ -> DPC, _ -> 1, _ -> 0)
                .calls("KeInsertQueueDpc", _ -> DPC, _ -> 2, _ -> 0)
                .does(p -> p.memory().store64(DATA + 0x80, p.registers[RAX]))
                .calls("KeLowerIrql", _ -> 0)
                .returns(0);
        test.thread(0, main.address());

        test.run();

        assertThat(test.data(0x80)).isZero();
        assertThat(test.data(SEEN + 16)).isEqualTo(1);
        assertThat(test.all(Event.DpcStarted.class)).hasSize(1);
    }

    @Test
    void aRemovedDpcDoesNotRun() {
        TestKernel test = new TestKernel(1);
        Routine dpc = noting(test, "Dpc", SEEN);
        Routine main = initializing(test.code.routine("Main"), DPC, dpc.address());
        main.calls("KfRaiseIrql", _ -> Irql.DISPATCH_LEVEL)
                .calls("KeInsertQueueDpc", _ -> DPC, _ -> 1, _ -> 0)
                .calls("KeRemoveQueueDpc", _ -> DPC)
                .does(p -> p.memory().store64(DATA + 0x80, p.registers[RAX]))
                .calls("KeRemoveQueueDpc", _ -> DPC)
                .does(p -> p.memory().store64(DATA + 0x88, p.registers[RAX]))
                .calls("KeLowerIrql", _ -> 0)
                .returns(0);
        test.thread(0, main.address());

        test.run();

        assertThat(test.data(0x80)).isEqualTo(1);
        assertThat(test.data(0x88)).isZero();
        assertThat(test.all(Event.DpcStarted.class)).isEmpty();
    }

    @Test
    void highImportanceGoesFirst() {
        TestKernel test = new TestKernel(1);
        Routine first = noting(test, "First", SEEN);
        Routine second = noting(test, "Second", SEEN);
        Routine main = test.code.routine("Main");
        initializing(main, DPC, first.address());
        initializing(main, SECOND, second.address());
        main.calls("KeSetImportanceDpc", _ -> SECOND, _ -> KDpc.HIGH)
                .calls("KfRaiseIrql", _ -> Irql.DISPATCH_LEVEL)
                .calls("KeInsertQueueDpc", _ -> DPC, _ -> 1, _ -> 0)
                .calls("KeInsertQueueDpc", _ -> SECOND, _ -> 2, _ -> 0)
                .calls("KeLowerIrql", _ -> 0)
                .returns(0);
        test.thread(0, main.address());

        test.run();

        assertThat(test.all(Event.DpcStarted.class))
                .extracting(Event.DpcStarted::dpc)
                .containsExactly(SECOND, DPC);
    }

    @Test
    void aTargetedDpcOfHighImportanceRunsOnItsProcessor() {
        TestKernel test = new TestKernel(3);
        Routine dpc = noting(test, "Dpc", SEEN);
        Routine main = initializing(test.code.routine("Main"), DPC, dpc.address());
        main.calls("KeSetTargetProcessorDpc", _ -> DPC, _ -> 2)
                .calls("KeSetImportanceDpc", _ -> DPC, _ -> KDpc.MEDIUM_HIGH)
                .calls("KeInsertQueueDpc", _ -> DPC, _ -> 1, _ -> 0)
                .returns(0);
        test.thread(0, main.address());

        test.run();

        assertThat(test.data(SEEN + 24)).isEqualTo(2);
        assertThat(test.machine.ended()).isEqualTo(RunEnd.DONE);
    }

    @Test
    void aDpcThatQueuesItselfRunsAgain() {
        TestKernel test = new TestKernel(1);
        Routine dpc = test.code.routine("Dpc").does(p -> TestKernel.add(p, SEEN, 1));
        dpc.repeatsFrom(dpc.here() + 8, p -> p.memory().load64(DATA + SEEN) > 4);
        dpc.calls("KeInsertQueueDpc", _ -> DPC, _ -> 1, _ -> 0);
        dpc.returns(0);
        Routine main = initializing(test.code.routine("Main"), DPC, dpc.address());
        main.calls("KeInsertQueueDpc", _ -> DPC, _ -> 1, _ -> 0).returns(0);
        test.thread(0, main.address());

        test.run();

        assertThat(test.data(SEEN)).isEqualTo(5);
        assertThat(test.all(Event.DpcStarted.class)).hasSize(5);
    }

    @Test
    void aDpcThatLeavesApcsDisabledStopsTheMachine() {
        TestKernel test = new TestKernel(1);
        Routine dpc =
                test.code
                        .routine("Dpc")
                        .does(p -> p.memory().store16(p.thread + 0x1E4, 0xFFFF))
                        .returns(0);
        Routine main = initializing(test.code.routine("Main"), DPC, dpc.address());
        main.calls("KeInsertQueueDpc", _ -> DPC, _ -> 1, _ -> 0).returns(0);
        test.thread(0, main.address());

        test.run();

        Event.BugChecked bugCheck = test.all(Event.BugChecked.class).get(0);
        assertThat(bugCheck.code()).isEqualTo(0xC7);
        assertThat(bugCheck.parameter1()).isEqualTo(4);
        assertThat(bugCheck.parameter2()).isEqualTo(dpc.address());
        assertThat(bugCheck.parameter3()).isZero();
        assertThat(bugCheck.parameter4()).isEqualTo(0xFFFF);
    }

    @Test
    void aDpcOfATimerThatLeavesApcsDisabledStopsTheMachine() {
        TestKernel test = new TestKernel(1);
        Routine dpc =
                test.code
                        .routine("Dpc")
                        .does(p -> p.memory().store16(p.thread + 0x1E4, 0xFFFF))
                        .returns(0);
        Routine main = initializing(test.code.routine("Main"), DPC, dpc.address());
        main.calls("KeInitializeTimer", _ -> DATA + 0x200)
                .calls("KeSetTimer", _ -> DATA + 0x200, _ -> -10_000, _ -> DPC)
                .returns(0);
        test.thread(0, main.address());

        test.run();

        Event.BugChecked bugCheck = test.all(Event.BugChecked.class).get(0);
        assertThat(bugCheck.code()).isEqualTo(0xC7);
        assertThat(bugCheck.parameter1()).isEqualTo(5);
        assertThat(bugCheck.parameter2()).isEqualTo(dpc.address());
        assertThat(bugCheck.parameter3()).isZero();
        assertThat(bugCheck.parameter4()).isEqualTo(0xFFFF);
    }

    @Test
    void waitingInADpcStopsTheMachine() {
        TestKernel test = new TestKernel(1);
        Routine dpc =
                test.code
                        .routine("Dpc")
                        .calls("KeInitializeEvent", _ -> DATA + 0x200, _ -> 0, _ -> 0)
                        .calls(
                                "KeWaitForSingleObject",
                                _ -> DATA + 0x200,
                                _ -> 0,
                                _ -> 0,
                                _ -> 0,
                                _ -> 0)
                        .returns(0);
        Routine main = initializing(test.code.routine("Main"), DPC, dpc.address());
        main.calls("KeInsertQueueDpc", _ -> DPC, _ -> 1, _ -> 0).returns(0);
        test.thread(0, main.address());

        test.run();

        Event.BugChecked stop = test.all(Event.BugChecked.class).get(0);
        assertThat(stop.name()).isEqualTo("ATTEMPTED_SWITCH_FROM_DPC");
        KernelThread thread = test.kernel.scheduler().current(test.machine.processor(0));
        KernelThread idle =
                test.kernel.scheduler().threads().stream()
                        .filter(KernelThread::isIdle)
                        .findFirst()
                        .orElseThrow();
        assertThat(
                        List.of(
                                stop.parameter1(),
                                stop.parameter2(),
                                stop.parameter3(),
                                stop.parameter4()))
                .containsExactly(thread.address(), idle.address(), thread.stackTop(), 0L);
        assertThat(stackOf(test).text())
                .contains("nt!KeWaitForSingleObject")
                .contains("driver!Dpc")
                .contains("nt!KiReturnFromDpcStack")
                .contains("nt!KiInterruptExit")
                .contains("driver!Main")
                .endsWith("nt!PspSystemThreadStartup");
        assertThat(stackOf(test).complete()).isTrue();
    }

    @Test
    void flushingReturnsAfterWhatWasQueuedOnAnyProcessor() {
        TestKernel test = new TestKernel(3);
        Routine dpc = test.code.routine("Dpc").does(p -> TestKernel.add(p, SEEN, 1)).returns(0);
        Routine busy = busy(test);
        Routine main = initializing(test.code.routine("Main"), DPC, dpc.address());
        main.calls("KeSetTargetProcessorDpc", _ -> DPC, _ -> 2)
                .calls("KeInsertQueueDpc", _ -> DPC, _ -> 1, _ -> 0)
                .does(p -> p.memory().store64(DATA + 0x90, p.memory().load64(DATA + SEEN)))
                .calls("KeFlushQueuedDpcs")
                .does(p -> p.memory().store64(DATA + 0x88, p.memory().load64(DATA + SEEN)))
                .does(p -> p.memory().store64(DATA + 0x98, p.number()))
                .does(p -> p.memory().store64(DATA + 0x80, 1))
                .returns(0);
        test.thread(2, busy.address(), 8);
        test.thread(0, main.address(), 12);

        test.run();

        assertThat(test.data(0x90)).isZero();
        assertThat(test.data(0x88)).isEqualTo(1);
        assertThat(test.data(0x98)).isZero();
        assertThat(test.machine.ended()).isEqualTo(RunEnd.DONE);
    }

    private static CallStack stackOf(TestKernel test) {
        BugCheck last = test.kernel.bugChecks().last();
        return last == null ? new CallStack(List.of(), false) : last.stack();
    }

    @Test
    void aDpcThatReturnsAtAnotherIrqlStopsTheMachine() {
        TestKernel test = new TestKernel(1);
        Routine dpc = test.code.routine("Dpc").calls("KfRaiseIrql", _ -> 5).returns(0);
        Routine main = initializing(test.code.routine("Main"), DPC, dpc.address());
        main.calls("KeInsertQueueDpc", _ -> DPC, _ -> 1, _ -> 0).returns(0);
        test.thread(0, main.address());

        test.run();

        assertThat(test.all(Event.BugChecked.class).get(0).name())
                .isEqualTo("IRQL_UNEXPECTED_VALUE");
    }

    @Test
    void aDpcForAProcessorThatThereIsNotStopsTheMachine() {
        TestKernel test = new TestKernel(2);
        Routine main =
                initializing(test.code.routine("Main"), DPC, 0x1234)
                        .does(p -> p.memory().store16(DPC + 2, 0x800 + 7))
                        .calls("KeInsertQueueDpc", _ -> DPC, _ -> 0, _ -> 0)
                        .returns(0);
        test.thread(0, main.address());

        test.run();

        Event.BugChecked stop = test.all(Event.BugChecked.class).get(0);
        assertThat(stop.code()).isEqualTo(0xC7);
        assertThat(stop.parameter1()).isEqualTo(3);
        assertThat(stop.parameter2()).isEqualTo(DPC);
        assertThat(stop.parameter3()).isEqualTo(7);
        assertThat(stop.parameter4()).isEqualTo(2);
    }

    @Test
    void aDpcRoutineReturnsAtDispatchLevel() {
        TestKernel test = new TestKernel(1);
        Routine dpc = test.code.routine("Dpc").calls("KfRaiseIrql", _ -> 5).returns(0);
        Routine main = initializing(test.code.routine("Main"), DPC, dpc.address());
        main.calls("KeInsertQueueDpc", _ -> DPC, _ -> 1, _ -> 0).returns(0);
        test.thread(0, main.address());

        test.run();

        assertThat(test.findings()).containsExactly("IrqlDpcReturn");
        Event.BugChecked stop = test.all(Event.BugChecked.class).get(0);
        assertThat(stop.name()).isEqualTo("IRQL_UNEXPECTED_VALUE");
        assertThat(stop.parameter1()).isEqualTo(0x50202);
        assertThat(stop.parameter2()).isEqualTo(dpc.address());
        assertThat(stop.parameter3()).isEqualTo(0x11);
    }

    /** Spins below DISPATCH_LEVEL until it is told to end. */
    private static Routine busy(TestKernel test) {
        Routine busy = test.code.routine("Busy");
        return busy.does(_ -> {})
                .repeatsFrom(busy.address() + 4, p -> p.memory().load64(DATA + 0x80) == 0)
                .returns(0);
    }

    @Test
    void mediumImportanceDoesNotInterruptAnotherProcessorAndMediumHighDoes() {
        TestKernel test = new TestKernel(2);
        Routine dpc = test.code.routine("Dpc").does(p -> TestKernel.add(p, SEEN, 1)).returns(0);
        Routine main = test.code.routine("Main");
        initializing(main, DPC, dpc.address());
        initializing(main, SECOND, dpc.address());
        main.calls("KeSetTargetProcessorDpc", _ -> DPC, _ -> 1)
                .calls("KeSetTargetProcessorDpc", _ -> SECOND, _ -> 1)
                .calls("KeSetImportanceDpc", _ -> SECOND, _ -> KDpc.MEDIUM_HIGH)
                .calls("KeInsertQueueDpc", _ -> DPC, _ -> 0, _ -> 0)
                .calls("KeStallExecutionProcessor", _ -> 20)
                .does(p -> p.memory().store64(DATA + 0x90, p.memory().load64(DATA + SEEN)))
                .calls("KeInsertQueueDpc", _ -> SECOND, _ -> 0, _ -> 0)
                .calls("KeStallExecutionProcessor", _ -> 20)
                .does(p -> p.memory().store64(DATA + 0x98, p.memory().load64(DATA + SEEN)))
                .does(p -> p.memory().store64(DATA + 0x80, 1))
                .returns(0);
        test.thread(1, busy(test).address());
        test.thread(0, main.address());

        test.run();

        assertThat(test.data(0x90)).isZero();
        assertThat(test.data(0x98)).isEqualTo(2);
        assertThat(test.machine.ended()).isEqualTo(RunEnd.DONE);
    }

    @Test
    void aQueueOfMoreThanFourInterruptsItsProcessor() {
        TestKernel test = new TestKernel(2);
        Routine dpc = test.code.routine("Dpc").does(p -> TestKernel.add(p, SEEN, 1)).returns(0);
        Routine main = test.code.routine("Main");
        for (int i = 0; i < 5; i++) {
            long one = DATA + 0x400 + 0x40L * i;
            initializing(main, one, dpc.address());
            main.calls("KeSetTargetProcessorDpc", _ -> one, _ -> 1)
                    .calls("KeInsertQueueDpc", _ -> one, _ -> 0, _ -> 0)
                    .calls("KeStallExecutionProcessor", _ -> 20);
            int seen = 0x100 + 8 * i;
            main.does(p -> p.memory().store64(DATA + seen, p.memory().load64(DATA + SEEN)));
        }
        main.does(p -> p.memory().store64(DATA + 0x80, 1)).returns(0);
        test.thread(1, busy(test).address());
        test.thread(0, main.address());

        test.run();

        assertThat(test.data(0x118)).isZero();
        assertThat(test.data(0x120)).isEqualTo(5);
        assertThat(test.machine.ended()).isEqualTo(RunEnd.DONE);
    }

    @Test
    void removingWithWaitReturnsWhenTheRoutineHasReturned() {
        TestKernel test = new TestKernel(2);
        Routine dpc =
                test.code
                        .routine("Dpc")
                        .does(p -> TestKernel.add(p, SEEN, 1))
                        .calls("KeStallExecutionProcessor", _ -> 20)
                        .does(p -> TestKernel.add(p, SEEN, 1))
                        .returns(0);
        Routine main = initializing(test.code.routine("Main"), DPC, dpc.address());
        main.calls("KeSetTargetProcessorDpc", _ -> DPC, _ -> 1)
                .calls("KeSetImportanceDpc", _ -> DPC, _ -> KDpc.HIGH)
                .calls("KeInsertQueueDpc", _ -> DPC, _ -> 0, _ -> 0);
        long waits = main.here();
        main.does(_ -> {})
                .repeatsFrom(waits, p -> p.memory().load64(DATA + SEEN) == 0)
                .calls("KeRemoveQueueDpcEx", _ -> DPC, _ -> 0)
                .does(p -> p.memory().store64(DATA + 0x90, p.memory().load64(DATA + SEEN)))
                .calls("KeRemoveQueueDpcEx", _ -> DPC, _ -> 1)
                .does(p -> p.memory().store64(DATA + 0x98, p.registers[RAX]))
                .does(p -> p.memory().store64(DATA + 0xA0, p.memory().load64(DATA + SEEN)))
                .returns(0);
        test.thread(0, main.address());

        test.run();

        assertThat(test.data(0x90)).isEqualTo(1);
        assertThat(test.data(0x98)).isZero();
        assertThat(test.data(0xA0)).isEqualTo(2);
        assertThat(test.machine.ended()).isEqualTo(RunEnd.DONE);
    }

    /** WDK, KeStallExecutionProcessor and "Guidelines for Writing DPC Routines". */
    @Test
    void aStallIsAWarningFromItsBudgetOnAndInADpcAnErrorBeyondThatOfTheDpc() {
        assertThat(stall(50, false)).isEmpty();
        assertThat(stall(51, false)).containsExactly(Severity.WARNING);
        assertThat(stall(101, false)).containsExactly(Severity.WARNING);
        assertThat(stall(50, true)).isEmpty();
        assertThat(stall(100, true)).containsExactly(Severity.WARNING);
        assertThat(stall(101, true)).containsExactly(Severity.ERROR);
    }

    private static List<Severity> stall(int microseconds, boolean inDpc) {
        TestKernel test = new TestKernel(1);
        Routine stalls =
                test.code
                        .routine("Stalls")
                        .calls("KeStallExecutionProcessor", _ -> microseconds)
                        .returns(0);
        if (inDpc) {
            Routine main = initializing(test.code.routine("Main"), DPC, stalls.address());
            main.calls("KeInsertQueueDpc", _ -> DPC, _ -> 0, _ -> 0).returns(0);
            test.thread(0, main.address());
        } else {
            test.thread(0, stalls.address());
        }
        test.run();
        return test.all(Event.FindingReported.class).stream()
                .map(Event.FindingReported::finding)
                .filter(finding -> "StallTooLong".equals(finding.rule()))
                .map(Finding::severity)
                .toList();
    }
}
