package dev.dirql.kernel.locks;

import static dev.dirql.kernel.TestKernel.DATA;
import static dev.dirql.machine.Processor.RAX;
import static dev.dirql.machine.Processor.RBX;
import static dev.dirql.machine.Processor.RSI;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.dirql.events.Event;
import dev.dirql.events.RunEnd;
import dev.dirql.events.Severity;
import dev.dirql.kernel.GuestCode.Routine;
import dev.dirql.kernel.Irql;
import dev.dirql.kernel.KernelSetting;
import dev.dirql.kernel.KernelSettings;
import dev.dirql.kernel.TestKernel;
import java.util.List;
import org.junit.jupiter.api.Test;

class SpinLockTest {
    private static final long LOCK = DATA;
    private static final long OTHER = DATA + 8;
    private static final int COUNT = 0x100;

    /** Adds to a counter under the lock, so many times, load and store in two instructions. */
    private static Routine counting(TestKernel test, String name, int times) {
        Routine routine = test.code.routine(name).does(p -> p.registers[RBX] = times);
        long loop = routine.here();
        return routine.calls("KeAcquireSpinLockRaiseToDpc", _ -> LOCK)
                .does(p -> p.registers[RSI] = p.memory().load64(DATA + COUNT))
                .does(p -> p.memory().store64(DATA + COUNT, p.registers[RSI] + 1))
                .calls("KeReleaseSpinLock", _ -> LOCK, _ -> Irql.PASSIVE_LEVEL)
                .repeatsFrom(loop, p -> --p.registers[RBX] != 0)
                .returns(0);
    }

    @Test
    void aPairRaisesAndLowersAndIsSeenWithItsOwner() {
        TestKernel test = new TestKernel(1);
        test.thread(0, counting(test, "Count", 1).address());

        test.run();

        Event.LockAcquired acquired = test.all(Event.LockAcquired.class).get(0);
        assertThat(acquired.irqlBefore()).isEqualTo(Irql.PASSIVE_LEVEL);
        assertThat(acquired.irqlAfter()).isEqualTo(Irql.DISPATCH_LEVEL);
        assertThat(test.kernel.images().name(acquired.caller())).startsWith("driver!Count");
        assertThat(test.all(Event.LockReleased.class)).hasSize(1);
        assertThat(test.data(COUNT)).isEqualTo(1);
        assertThat(test.machine.ended()).isEqualTo(RunEnd.DONE);
        assertThat(test.findings()).isEmpty();
    }

    @Test
    void fourProcessorsLoseNoUpdateUnderTheLock() {
        TestKernel test = new TestKernel(4);
        for (int i = 0; i < 4; i++) {
            test.thread(i, counting(test, "Count" + i, 50).address());
        }

        test.run();

        LockRecord lock = test.kernel.lockTable().locks().get(0);
        assertThat(test.data(COUNT)).isEqualTo(200);
        assertThat(lock.acquisitions()).isEqualTo(200);
        assertThat(lock.contended()).isPositive();
        assertThat(lock.spinTotalNs()).isPositive();
        assertThat(lock.processorMask()).isEqualTo(0b1111);
        assertThat(lock.isHeld()).isFalse();
        assertThat(test.machine.ended()).isEqualTo(RunEnd.DONE);
    }

    @Test
    void acquiringTwiceIsADeadlockAtOnce() {
        TestKernel test = new TestKernel(1);
        Routine routine =
                test.code
                        .routine("Twice")
                        .calls("KeAcquireSpinLockRaiseToDpc", _ -> LOCK)
                        .calls("KeAcquireSpinLockAtDpcLevel", _ -> LOCK)
                        .returns(0);
        test.thread(0, routine.address());

        test.run();

        assertThat(test.machine.ended()).isEqualTo(RunEnd.DEADLOCK);
        assertThat(test.findings()).containsExactly("SpinLock");
        assertThat(test.machine.endDetail()).contains("cpu0 already holds").contains("acquired at");
        assertThat(test.machine.endDetail()).contains("nt!").contains("driver!Twice");
    }

    @Test
    void verifierStopsRecursionWithItsBugCheck() {
        TestKernel test = new TestKernel(1, KernelSettings.DEFAULT.withVerifier(true));
        Routine routine =
                test.code
                        .routine("Twice")
                        .calls("KeAcquireSpinLockRaiseToDpc", _ -> LOCK)
                        .calls("KeAcquireSpinLockAtDpcLevel", _ -> LOCK)
                        .returns(0);
        test.thread(0, routine.address());

        test.run();

        assertThat(test.all(Event.BugChecked.class))
                .extracting(Event.BugChecked::name)
                .containsExactly("SPIN_LOCK_ALREADY_OWNED");
    }

    @Test
    void twoLocksInOppositeOrderAreADeadlockWithBothOwners() {
        TestKernel test = new TestKernel(3);
        test.thread(0, twoLocks(test, "AThenB", LOCK, OTHER).address());
        test.thread(1, twoLocks(test, "BThenA", OTHER, LOCK).address());

        test.run();

        assertThat(test.machine.ended()).isEqualTo(RunEnd.DEADLOCK);
        assertThat(test.findings()).containsExactly("Deadlock");
        Event.FindingReported finding = test.all(Event.FindingReported.class).get(0);
        List<String> places =
                finding.finding().places().stream()
                        .map(place -> test.kernel.images().name(place.address()))
                        .map(name -> name.split("\\+", -1)[0])
                        .toList();
        assertThat(places).contains("driver!AThenB", "driver!BThenA");
        assertThat(finding.finding().message()).contains("cpu0").contains("cpu1");
    }

    private static Routine twoLocks(TestKernel test, String name, long first, long second) {
        return test.code
                .routine(name)
                .calls("KeAcquireSpinLockRaiseToDpc", _ -> first)
                .calls("KeStallExecutionProcessor", _ -> 1)
                .calls("KeAcquireSpinLockAtDpcLevel", _ -> second)
                .calls("KeReleaseSpinLockFromDpcLevel", _ -> second)
                .calls("KeReleaseSpinLock", _ -> first, _ -> 0)
                .returns(0);
    }

    @Test
    void aTryDoesNotSpin() {
        TestKernel test = new TestKernel(1);
        Routine routine =
                test.code
                        .routine("Try")
                        .calls("KeAcquireSpinLockRaiseToDpc", _ -> LOCK)
                        .calls("KeTryToAcquireSpinLockAtDpcLevel", _ -> LOCK)
                        .does(p -> p.memory().store64(DATA + COUNT, p.registers[RAX]))
                        .calls("KeTestSpinLock", _ -> LOCK)
                        .does(p -> p.memory().store64(DATA + COUNT + 8, p.registers[RAX]))
                        .calls("KeReleaseSpinLock", _ -> LOCK, _ -> 0)
                        .calls("KeTestSpinLock", _ -> LOCK)
                        .does(p -> p.memory().store64(DATA + COUNT + 16, p.registers[RAX]))
                        .returns(0);
        test.thread(0, routine.address());

        test.run();

        assertThat(test.all(Event.LockTryFailed.class)).hasSize(1);
        assertThat(List.of(test.data(COUNT), test.data(COUNT + 8), test.data(COUNT + 16)))
                .containsExactly(0L, 0L, 1L);
    }

    @Test
    void aLockInPagedPoolIsFoundBeforeItsPageFaultStopsTheMachine() {
        TestKernel test = new TestKernel(1);
        Routine routine =
                test.code
                        .routine("Paged")
                        .calls("KeAcquireSpinLockRaiseToDpc", _ -> TestKernel.PAGED + 0x10)
                        .returns(0);
        test.thread(0, routine.address());

        test.run();

        Event.BugChecked stop = test.all(Event.BugChecked.class).get(0);
        assertThat(test.findings()).containsExactly("LockInPageableStorage");
        assertThat(stop.name()).isEqualTo("IRQL_NOT_LESS_OR_EQUAL");
        assertThat(stop.parameter1()).isEqualTo(TestKernel.PAGED + 0x10);
        assertThat(stop.parameter2()).isEqualTo(Irql.DISPATCH_LEVEL);
        assertThat(test.kernel.bugChecks().last()).isNotNull();
    }

    @Test
    void releasingAtPassiveLevelBreaksTheRuleAndReleasesNevertheless() {
        TestKernel test = new TestKernel(1);
        Routine routine =
                test.code
                        .routine("Release")
                        .calls("KeAcquireSpinLockRaiseToDpc", _ -> LOCK)
                        .calls("KeLowerIrql", _ -> 0)
                        .calls("KeReleaseSpinLock", _ -> LOCK, _ -> 0)
                        .returns(0);
        test.thread(0, routine.address());

        test.run();

        assertThat(test.findings()).containsExactly("IrqlBelowHeldLock", "IrqlKeReleaseSpinLock");
        assertThat(test.data(0)).isZero();
        assertThat(test.machine.ended()).isEqualTo(RunEnd.DONE);
    }

    @Test
    void aLockThatNobodyReleasesIsFoundWhereTheIrqlIsLoweredAndWhereItsThreadEnds() {
        TestKernel test = new TestKernel(2);
        Routine owner =
                test.code
                        .routine("Owner")
                        .calls("KeAcquireSpinLockRaiseToDpc", _ -> LOCK)
                        .calls("KeLowerIrql", _ -> 0)
                        .returns(0);
        Routine other =
                test.code
                        .routine("Other")
                        .calls("KeStallExecutionProcessor", _ -> 10)
                        .calls("KeAcquireSpinLockRaiseToDpc", _ -> LOCK)
                        .returns(0);
        test.thread(0, owner.address());
        test.thread(1, other.address());

        test.run();

        assertThat(test.machine.ended()).isEqualTo(RunEnd.DEADLOCK);
        assertThat(test.findings())
                .containsExactly(
                        "IrqlBelowHeldLock", "ThreadEndsWithLock", "SpinLockNeverReleased");
        Event.FindingReported lowered = test.all(Event.FindingReported.class).get(0);
        assertThat(test.kernel.images().name(lowered.finding().places().get(0).address()))
                .startsWith("driver!Owner");
        assertThat(test.machine.endDetail()).contains("never released").contains("ended");
    }

    @Test
    void aPriorityThatGuestCodeWritesBelowAHeldLockIsFound() {
        TestKernel test = new TestKernel(1);
        Routine routine =
                test.code
                        .routine("Write")
                        .calls("KeAcquireSpinLockRaiseToDpc", _ -> LOCK)
                        .does(p -> {
                            p.interruptUnit().setTaskPriority(Irql.APC_LEVEL);
                            test.kernel.priorityWritten(p, Irql.DISPATCH_LEVEL);
                        })
                        .does(p -> {
                            p.interruptUnit().setTaskPriority(Irql.DISPATCH_LEVEL);
                            test.kernel.priorityWritten(p, Irql.APC_LEVEL);
                        })
                        .calls("KeReleaseSpinLock", _ -> LOCK, _ -> 0)
                        .returns(0);
        test.thread(0, routine.address());

        test.run();

        assertThat(test.findings()).containsExactly("IrqlBelowHeldLock");
        assertThat(test.machine.ended()).isEqualTo(RunEnd.DONE);
    }

    @Test
    void nestedLocksMayBeReleasedInAnyOrderWhileTheIrqlStays() {
        TestKernel test = new TestKernel(1);
        Routine routine =
                test.code
                        .routine("Nested")
                        .calls("KeAcquireSpinLockRaiseToDpc", _ -> LOCK)
                        .calls("KeAcquireSpinLockRaiseToDpc", _ -> OTHER)
                        .calls("KeReleaseSpinLock", _ -> LOCK, _ -> Irql.DISPATCH_LEVEL)
                        .calls("KeReleaseSpinLock", _ -> OTHER, _ -> Irql.PASSIVE_LEVEL)
                        .returns(0);
        test.thread(0, routine.address());

        test.run();

        assertThat(test.findings()).isEmpty();
        assertThat(test.machine.ended()).isEqualTo(RunEnd.DONE);
    }

    @Test
    void anAddressWithoutMemoryIsNoLock() {
        for (String service :
                List.of(
                        "KeAcquireSpinLockRaiseToDpc",
                        "KeTryToAcquireSpinLockAtDpcLevel",
                        "KeReleaseSpinLockFromDpcLevel")) {
            TestKernel test = new TestKernel(1);
            Routine routine =
                    test.code
                            .routine("Null")
                            .calls("KfRaiseIrql", _ -> Irql.DISPATCH_LEVEL)
                            .calls(service, _ -> 0)
                            .returns(0);
            test.thread(0, routine.address());

            test.run();

            assertThat(test.all(Event.BugChecked.class).get(0).name())
                    .isEqualTo("IRQL_NOT_LESS_OR_EQUAL");
            assertThat(test.all(Event.LockDefined.class)).isEmpty();
            assertThat(test.kernel.lockTable().locks()).isEmpty();
        }
    }

    @Test
    void verifierNamesTheWrongIrqlWithItsSubcode() {
        TestKernel test = new TestKernel(1, KernelSettings.DEFAULT.withVerifier(true));
        Routine routine =
                test.code
                        .routine("Acquire")
                        .calls("KeAcquireSpinLockAtDpcLevel", _ -> LOCK)
                        .returns(0);
        test.thread(0, routine.address());

        test.run();

        Event.BugChecked stop = test.all(Event.BugChecked.class).get(0);
        assertThat(stop.code()).isEqualTo(0xC4);
        assertThat(stop.parameter1()).isEqualTo(0x40);
        assertThat(stop.parameter2()).isEqualTo(Irql.PASSIVE_LEVEL);
        assertThat(stop.parameter3()).isEqualTo(LOCK);
    }

    @Test
    void aSettingSaysHowWrongALockIsThatListsShare() {
        for (KernelSettings.ListLocks value : KernelSettings.ListLocks.values()) {
            TestKernel test =
                    new TestKernel(
                            1,
                            KernelSettings.DEFAULT.with(KernelSetting.LIST_LOCKS, value.ordinal()));
            Routine routine =
                    test.code
                            .routine("Share")
                            .calls("KeAcquireSpinLockRaiseToDpc", _ -> LOCK)
                            .calls("KeReleaseSpinLock", _ -> LOCK, _ -> 0)
                            .calls("ExInterlockedAddUlong", _ -> LOCK + 8, _ -> 1, _ -> LOCK)
                            .returns(0);
            test.thread(0, routine.address());

            test.run();

            assertThat(test.all(Event.FindingReported.class))
                    .extracting(event -> event.finding().severity())
                    .isEqualTo(
                            switch (value) {
                                case WARNING -> List.of(Severity.WARNING);
                                case ERROR -> List.of(Severity.ERROR);
                                case ALLOWED -> List.of();
                            });
        }
    }

    @Test
    void aMomentInTheMiddleOfContentionLeadsToTheSameEnd() {
        TestKernel whole = new TestKernel(2);
        TestKernel cut = new TestKernel(2);
        for (int i = 0; i < 2; i++) {
            whole.thread(i, counting(whole, "Count" + i, 20).address());
            cut.thread(i, counting(cut, "Count" + i, 20).address());
        }

        whole.run();
        cut.machine.pauseAtStep(150);
        cut.run();
        var moment = cut.machine.snapshot();
        int seen = cut.events.size();
        cut.machine.pauseAtStep(Long.MAX_VALUE);
        cut.machine.run();
        List<Event> first = List.copyOf(cut.events);
        cut.machine.restore(moment);
        cut.events.subList(seen, cut.events.size()).clear();
        cut.machine.run();

        assertThat(cut.events).isEqualTo(first).isEqualTo(whole.events);
        assertThat(cut.machine.exactHash()).isEqualTo(whole.machine.exactHash());
    }

    @Test
    void aLockThatWasUsedInAnIsrOnceIsNoneToShareWithSpinLockRoutines() {
        TestKernel test = new TestKernel(1);
        Routine routine =
                test.code
                        .routine("Share")
                        .calls("KfRaiseIrql", _ -> 5)
                        .calls("ExInterlockedAddUlong", _ -> LOCK + 8, _ -> 1, _ -> LOCK)
                        .calls("KeLowerIrql", _ -> 0)
                        .calls("KeAcquireSpinLockRaiseToDpc", _ -> LOCK)
                        .calls("KeReleaseSpinLock", _ -> LOCK, _ -> 0)
                        .returns(0);
        test.thread(0, routine.address());

        test.run();

        assertThat(test.all(Event.FindingReported.class))
                .extracting(event -> event.finding().rule(), event -> event.finding().severity())
                .containsExactly(tuple("SpinLockSharedWithInterlocked", Severity.ERROR));
    }

    /** The pages of the queued and of the reader/writer routines at DPC level allow it. */
    @Test
    void aboveDispatchLevelAnOrdinaryLockIsAnErrorAndTheOthersAreWarnings() {
        TestKernel test = new TestKernel(1);
        Routine routine =
                test.code
                        .routine("High")
                        .calls("KfRaiseIrql", _ -> 5)
                        .calls("KeAcquireSpinLockAtDpcLevel", _ -> LOCK)
                        .calls("KeReleaseSpinLockFromDpcLevel", _ -> LOCK)
                        .calls(
                                "KeAcquireInStackQueuedSpinLockAtDpcLevel",
                                _ -> OTHER,
                                _ -> DATA + 0x200)
                        .calls("KeReleaseInStackQueuedSpinLockFromDpcLevel", _ -> DATA + 0x200)
                        .calls("ExAcquireSpinLockSharedAtDpcLevel", _ -> DATA + 0x80)
                        .calls("ExReleaseSpinLockSharedFromDpcLevel", _ -> DATA + 0x80)
                        .calls("KeLowerIrql", _ -> 0)
                        .returns(0);
        test.thread(0, routine.address());

        test.run();

        assertThat(test.all(Event.FindingReported.class))
                .extracting(event -> event.finding().rule(), event -> event.finding().severity())
                .containsExactly(
                        tuple("SpinLockAboveDispatchLevel", Severity.ERROR),
                        tuple("SpinLockAboveDispatchLevel", Severity.WARNING),
                        tuple("SpinLockAboveDispatchLevel", Severity.WARNING));
    }

    @Test
    void initializingAHeldLockIsToldAtOnce() {
        TestKernel test = new TestKernel(1);
        Routine routine =
                test.code
                        .routine("Initialize")
                        .calls("KeAcquireSpinLockRaiseToDpc", _ -> LOCK)
                        .calls("KeInitializeSpinLock", _ -> LOCK)
                        .does(p -> p.memory().store64(DATA + COUNT, test.findings().size()))
                        .calls("KeLowerIrql", _ -> 0)
                        .returns(0);
        test.thread(0, routine.address());

        test.run();

        assertThat(test.data(COUNT)).isEqualTo(1);
        assertThat(test.findings()).contains("LockInitializedTwice");
    }

    @Test
    void aTryOfALockThatWasNotInitializedIsTold() {
        TestKernel test = new TestKernel(1);
        Routine routine =
                test.code
                        .routine("Try")
                        .does(p -> p.memory().store64(LOCK, 0x5A5A5A5B))
                        .calls("KfRaiseIrql", _ -> Irql.DISPATCH_LEVEL)
                        .calls("KeTryToAcquireSpinLockAtDpcLevel", _ -> LOCK)
                        .does(p -> p.memory().store64(DATA + COUNT, p.registers[RAX] & 0xFF))
                        .calls("KeLowerIrql", _ -> 0)
                        .returns(0);
        test.thread(0, routine.address());

        test.run();

        assertThat(test.findings()).containsExactly("LockNotInitialized");
        assertThat(test.data(COUNT)).isZero();
    }
}
