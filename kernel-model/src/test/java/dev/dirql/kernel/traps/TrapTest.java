package dev.dirql.kernel.traps;

import static dev.dirql.kernel.TestKernel.DATA;
import static dev.dirql.kernel.TestKernel.PAGED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.events.DecisionKind;
import dev.dirql.events.Event;
import dev.dirql.events.RunEnd;
import dev.dirql.kernel.GuestCode.Routine;
import dev.dirql.kernel.Irql;
import dev.dirql.kernel.KernelSettings;
import dev.dirql.kernel.NtStatus;
import dev.dirql.kernel.TestKernel;
import dev.dirql.kernel.images.LoadedImage;
import dev.dirql.machine.AddressSpace;
import dev.dirql.machine.PageFlags;
import dev.dirql.machine.Processor;
import dev.dirql.machine.Snapshot;
import dev.dirql.machine.Trap;
import dev.dirql.machine.image.DebugInformation;
import dev.dirql.machine.image.Image;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class TrapTest {
    private static final long UNMAPPED = 0xFFFFD000_00000000L;

    private static Event.BugChecked stopOf(TestKernel test, Routine routine) {
        test.thread(0, routine.returns(0).address());
        test.run();
        assertThat(test.machine.ended()).isEqualTo(RunEnd.BUG_CHECK);
        return test.all(Event.BugChecked.class).get(0);
    }

    private static Event.BugChecked stopAfter(TestKernel test, Consumer<Processor> instruction) {
        return stopOf(test, test.code.routine("Main").does(instruction));
    }

    private static Event.BugChecked raisedStop(TestKernel test, Consumer<Processor> instruction) {
        return stopOf(
                test,
                test.code
                        .routine("Main")
                        .calls("KfRaiseIrql", _ -> Irql.DISPATCH_LEVEL)
                        .does(instruction));
    }

    private static List<Long> parameters(Event.BugChecked stop) {
        return List.of(stop.parameter1(), stop.parameter2(), stop.parameter3(), stop.parameter4());
    }

    @Test
    void pageableMemoryAtDispatchLevelStopsTheDriver() {
        Event.BugChecked stop =
                raisedStop(new TestKernel(1), p -> p.memory().store64(PAGED + 8, 1));

        assertThat(stop.name()).isEqualTo("DRIVER_IRQL_NOT_LESS_OR_EQUAL");
        assertThat(parameters(stop))
                .containsExactly(PAGED + 8, (long) Irql.DISPATCH_LEVEL, 1L, stop.address());
    }

    @Test
    void pageableMemoryBelowDispatchLevelIsThere() {
        TestKernel test = new TestKernel(1);
        Routine routine =
                test.code
                        .routine("Main")
                        .does(p -> p.memory().store64(PAGED, 7))
                        .does(p -> p.memory().store64(DATA, p.memory().load64(PAGED)))
                        .returns(0);
        test.thread(0, routine.address());

        test.run();

        assertThat(test.data(0)).isEqualTo(7);
        assertThat(test.machine.ended()).isEqualTo(RunEnd.DONE);
    }

    @Test
    void anAbsentPageIsBroughtInAtACost() {
        TestKernel test = new TestKernel(1);
        AddressSpace space = test.machine.kernelSpace();
        test.machine.map(
                space,
                PAGED,
                AddressSpace.frame(space.find(PAGED)),
                PageFlags.WRITABLE | PageFlags.PAGEABLE | PageFlags.ABSENT);
        Routine routine =
                test.code
                        .routine("Main")
                        .does(p -> p.memory().store64(PAGED, 7))
                        .calls("KeInitializeSpinLock", _ -> PAGED + 8)
                        .does(p -> p.memory().store64(DATA, p.clockNs))
                        .returns(0);
        test.thread(0, routine.address());

        test.run();

        assertThat(test.all(Event.PageBroughtIn.class)).hasSize(1);
        assertThat(test.data(0)).isGreaterThan(100_000);
        assertThat(test.machine.ended()).isEqualTo(RunEnd.DONE);
    }

    /** Says of each access to a pageable page whether the page is there, in this order. */
    private static TestKernel exploring(Integer... absent) {
        Iterator<Integer> answers = List.of(absent).iterator();
        return new TestKernel(
                1,
                KernelSettings.DEFAULT.withPaging(KernelSettings.Paging.EXPLORE),
                point ->
                        point.kind() == DecisionKind.PAGE_RESIDENT && answers.hasNext()
                                ? answers.next()
                                : 0);
    }

    @Test
    void whereResidencyIsExploredEachAccessBelowDispatchLevelIsDecided() {
        TestKernel test = exploring(0, 1, 0, 1);
        Routine routine = test.code.routine("Main");
        for (int i = 0; i < 2; i++) {
            routine.does(p -> p.memory().store64(PAGED, 7))
                    .does(p -> p.memory().load64(PAGED))
                    .does(p -> p.memory().store64(PAGED + 8, 8))
                    .does(p -> p.clockNs += 5_000_000);
        }
        routine.does(p -> p.memory().store64(DATA, p.clockNs - 10_000_000)).returns(0);
        test.thread(0, routine.address());

        test.run();

        assertThat(test.machine.ended()).isEqualTo(RunEnd.DONE);
        assertThat(test.all(Event.PageBroughtIn.class))
                .extracting(Event.PageBroughtIn::address)
                .containsExactly(PAGED, PAGED);
        assertThat(test.data(0)).isBetween(200_000L, 210_000L);
    }

    @Test
    void anInstructionOnTwoAbsentPagesGetsBoth() {
        TestKernel test = exploring(1, 1, 1, 1, 1, 1, 1, 1);
        test.kernel
                .memory()
                .mapOrFail(PAGED + 0x1000, 0x1000, PageFlags.WRITABLE | PageFlags.PAGEABLE);
        Routine routine =
                test.code
                        .routine("Main")
                        .does(p -> p.memory().store64(PAGED, 1 + p.memory().load64(PAGED + 0x1000)))
                        .returns(0);
        test.thread(0, routine.address());

        test.run();

        assertThat(test.machine.ended()).isEqualTo(RunEnd.DONE);
        assertThat(test.all(Event.PageBroughtIn.class))
                .extracting(Event.PageBroughtIn::page)
                .containsExactly(PAGED + 0x1000, PAGED);
    }

    @Test
    void aPageThatCameInMayBeGoneAtDispatchLevel() {
        TestKernel test = exploring(1, 1);

        Event.BugChecked stop =
                stopOf(
                        test,
                        test.code
                                .routine("Main")
                                .does(p -> p.memory().store64(PAGED, 7))
                                .calls("KfRaiseIrql", _ -> Irql.DISPATCH_LEVEL)
                                .does(p -> p.memory().store64(PAGED, 7)));

        assertThat(stop.name()).isEqualTo("DRIVER_IRQL_NOT_LESS_OR_EQUAL");
    }

    @Test
    void aMomentKnowsWhichPagesHadComeIn() {
        TestKernel test = exploring(1, 1, 1);
        Routine routine =
                test.code
                        .routine("Main")
                        .does(p -> p.memory().store64(PAGED, 7))
                        .does(p -> p.memory().store64(PAGED + 8, 8))
                        .returns(0);
        test.thread(0, routine.address());
        Snapshot before = test.machine.snapshot();
        test.run();
        assertThat(test.all(Event.PageBroughtIn.class)).hasSize(1);

        test.machine.restore(before);
        test.machine.run();

        assertThat(test.all(Event.PageBroughtIn.class)).hasSize(2);
    }

    @Test
    void aServiceThatTouchesPageableMemoryAtDispatchLevelIsTheKernelsFault() {
        TestKernel test = new TestKernel(1);
        Event.BugChecked stop =
                stopOf(
                        test,
                        test.code
                                .routine("Main")
                                .calls("KfRaiseIrql", _ -> Irql.DISPATCH_LEVEL)
                                .calls("KeInitializeSpinLock", _ -> PAGED));

        assertThat(stop.name()).isEqualTo("IRQL_NOT_LESS_OR_EQUAL");
        assertThat(parameters(stop).subList(0, 3)).containsExactly(PAGED, 2L, 1L);
    }

    @Test
    void anInvalidSystemAddressAtPassiveLevelIsAFaultInNonpagedArea() {
        Event.BugChecked stop = stopAfter(new TestKernel(1), p -> p.memory().store64(UNMAPPED, 1));

        assertThat(stop.name()).isEqualTo("PAGE_FAULT_IN_NONPAGED_AREA");
        assertThat(parameters(stop)).containsExactly(UNMAPPED, 2L, stop.address(), 2L);
    }

    @Test
    void aNullPointerAtPassiveLevelIsAnUnhandledAccessViolation() {
        Event.BugChecked stop = stopAfter(new TestKernel(1), p -> p.memory().load64(0x10));

        assertThat(stop.name()).isEqualTo("SYSTEM_THREAD_EXCEPTION_NOT_HANDLED");
        assertThat((int) stop.parameter1()).isEqualTo(NtStatus.ACCESS_VIOLATION);
        assertThat(stop.parameter2()).isEqualTo(stop.address());
        assertThat(stop.parameter3()).isNotZero();
    }

    @Test
    void readOnlyMemoryIsNotWritten() {
        TestKernel test = new TestKernel(1);
        test.kernel.memory().mapOrFail(UNMAPPED, 0x1000, 0);

        Event.BugChecked stop = stopAfter(test, p -> p.memory().store8(UNMAPPED, 1));

        assertThat(stop.name()).isEqualTo("ATTEMPTED_WRITE_TO_READONLY_MEMORY");
        assertThat(stop.parameter1()).isEqualTo(UNMAPPED);
    }

    @Test
    void aFullStackIsADoubleFault() {
        TestKernel test = new TestKernel(1);
        Routine routine = test.code.routine("Deep");
        routine.callsAt(_ -> routine.address());

        Event.BugChecked stop = stopOf(test, routine);

        assertThat(stop.name()).isEqualTo("UNEXPECTED_KERNEL_MODE_TRAP");
        assertThat(stop.parameter1()).isEqualTo(8);
        assertThat(test.kernel.bugChecks().last()).isNotNull();
    }

    @Test
    void exceptionsAreNamedByWhereTheyHappen() {
        TestKernel passive = new TestKernel(1);
        TestKernel raised = new TestKernel(1);

        Event.BugChecked atPassive =
                stopOf(passive, passive.code.routine("Main").traps(Trap.DIVIDE_ERROR, false));
        Event.BugChecked atDispatch =
                stopOf(
                        raised,
                        raised.code
                                .routine("Main")
                                .calls("KfRaiseIrql", _ -> 2)
                                .traps(Trap.INVALID_OPCODE, false));

        assertThat(atPassive.name()).isEqualTo("SYSTEM_THREAD_EXCEPTION_NOT_HANDLED");
        assertThat((int) atPassive.parameter1()).isEqualTo(NtStatus.INTEGER_DIVIDE_BY_ZERO);
        assertThat(atDispatch.name()).isEqualTo("KMODE_EXCEPTION_NOT_HANDLED");
        assertThat((int) atDispatch.parameter1()).isEqualTo(NtStatus.ILLEGAL_INSTRUCTION);
    }

    @Test
    void aFastFailCarriesItsCode() {
        TestKernel test = new TestKernel(1);
        Event.BugChecked stop =
                stopOf(
                        test,
                        test.code
                                .routine("Main")
                                .does(p -> p.registers[Processor.RCX] = 3)
                                .traps(0x29, true));

        assertThat(stop.name()).isEqualTo("KERNEL_SECURITY_CHECK_FAILURE");
        assertThat(stop.parameter1()).isEqualTo(3);
        assertThat(stop.parameter2()).isNotZero();
    }

    @Test
    void aDriverMayStopTheMachineByItself() {
        TestKernel test = new TestKernel(1);
        Event.BugChecked stop =
                stopOf(
                        test,
                        test.code
                                .routine("Main")
                                .calls("KeBugCheckEx", _ -> 0xE2, _ -> 1, _ -> 2, _ -> 3, _ -> 4));

        assertThat(stop.name()).isEqualTo("MANUALLY_INITIATED_CRASH");
        assertThat(parameters(stop)).containsExactly(1L, 2L, 3L, 4L);
        assertThat(test.kernel.images().name(stop.address())).startsWith("driver!Main");
    }

    @Test
    void everyBugCheckThatTheReferenceNamesHasItsName() {
        assertThat(BugCheckNames.all()).hasSize(424);
        assertThat(BugCheckNames.name(0xD1)).isEqualTo("DRIVER_IRQL_NOT_LESS_OR_EQUAL");
        assertThat(BugCheckNames.name(0x7FFF)).isEqualTo("UNKNOWN_BUG_CHECK");
    }

    @Test
    void codeIsNotExecutedInData() {
        TestKernel test = new TestKernel(1);

        Event.BugChecked stop = stopAfter(test, p -> p.rip = DATA + 0x20);

        assertThat(stop.code()).isEqualTo(0xFC);
        assertThat(stop.name()).isEqualTo("ATTEMPTED_EXECUTE_OF_NOEXECUTE_MEMORY");
        assertThat(stop.parameter1()).isEqualTo(DATA + 0x20);
        assertThat(stop.parameter2()).as("no-execute bit").isNegative();
        assertThat(stop.address()).isEqualTo(DATA + 0x20);
    }

    @Test
    void anExceptionInAnIsrIsNotHandled() {
        TestKernel test = new TestKernel(1);
        Routine faulting = test.code.routine("Faulting").traps(Trap.DIVIDE_ERROR, false);
        Routine second = test.code.routine("Second").callsAt(_ -> faulting.address()).returns(1);
        Routine connects =
                test.code
                        .routine("Connects")
                        .calls(
                                "IoConnectInterrupt",
                                _ -> DATA,
                                _ -> second.address(),
                                _ -> 0,
                                _ -> 0,
                                _ -> 0x51,
                                _ -> 5,
                                _ -> 5,
                                _ -> 0,
                                _ -> 0,
                                _ -> -1,
                                _ -> 0);

        Event.BugChecked stop =
                stopOf(
                        test,
                        connects.does(
                                p -> p.machine().controller().sendToProcessor(0, 0x51, "test")));

        assertThat(stop.code()).isEqualTo(0x3D);
        assertThat(stop.name()).isEqualTo("INTERRUPT_EXCEPTION_NOT_HANDLED");
        assertThat(stop.parameter1()).as("exception record").isNotZero();
        assertThat(stop.parameter2()).as("context record").isNotZero();
        assertThat(stop.address()).isEqualTo(faulting.address() + 4);
    }

    @Test
    void codeAndDataOfAnUnloadedDriverAreGone() {
        for (int irql : new int[] {0, 2}) {
            TestKernel test = new TestKernel(1);
            long gone = 0xFFFFF801_70000000L;
            test.kernel.memory().mapOrFail(gone, 0x1000, PageFlags.FREED);
            LoadedImage image =
                    new LoadedImage(
                            new Image(
                                    "old",
                                    gone,
                                    0x1000,
                                    0,
                                    List.of(),
                                    List.of(),
                                    List.of(),
                                    0,
                                    0,
                                    DebugInformation.NONE),
                            gone);
            test.kernel.images().unload(image);

            Event.BugChecked stop =
                    stopOf(
                            test,
                            test.code
                                    .routine("Main")
                                    .calls("KfRaiseIrql", _ -> irql)
                                    .does(p -> p.memory().store8(gone + 8, 1)));

            assertThat(stop.code()).isEqualTo(0xCE);
            assertThat(stop.name())
                    .isEqualTo("DRIVER_UNLOADED_WITHOUT_CANCELLING_PENDING_OPERATIONS");
            assertThat(parameters(stop)).containsExactly(gone + 8, 1L, stop.address(), 0L);
            assertThat(test.kernel.images().name(gone + 8)).isEqualTo("<Unloaded_old>+0x8");
        }
    }
}
