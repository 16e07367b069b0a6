package dev.dirql.kernel.locks;

import static dev.dirql.kernel.TestKernel.DATA;
import static dev.dirql.machine.Processor.RBX;
import static dev.dirql.machine.Processor.RSI;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.events.Event;
import dev.dirql.events.LockKind;
import dev.dirql.events.RunEnd;
import dev.dirql.kernel.GuestCode.Routine;
import dev.dirql.kernel.TestKernel;
import java.util.List;
import org.junit.jupiter.api.Test;

class QueuedSpinLockTest {
    private static final long LOCK = DATA;
    private static final long OTHER = DATA + 8;
    private static final int COUNT = 0x100;
    private static final long OWNER = 2;

    private static long handle(int number) {
        return DATA + 0x200 + 0x20L * number;
    }

    private static Routine counting(TestKernel test, int number, int times) {
        long handle = handle(number);
        Routine routine = test.code.routine("Count" + number).does(p -> p.registers[RBX] = times);
        long loop = routine.here();
        return routine.calls("KeAcquireInStackQueuedSpinLock", _ -> LOCK, _ -> handle)
                .does(p -> p.registers[RSI] = p.memory().load64(DATA + COUNT))
                .does(p -> p.memory().store64(DATA + COUNT, p.registers[RSI] + 1))
                .calls("KeReleaseInStackQueuedSpinLock", _ -> handle)
                .repeatsFrom(loop, p -> --p.registers[RBX] != 0)
                .returns(0);
    }

    @Test
    void fourProcessorsLoseNoUpdateAndLeaveAFreeLock() {
        TestKernel test = new TestKernel(4);
        for (int i = 0; i < 4; i++) {
            test.thread(i, counting(test, i, 50).address());
        }

        test.run();

        LockRecord lock = test.kernel.lockTable().locks().get(0);
        assertThat(test.data(COUNT)).isEqualTo(200);
        assertThat(test.data(0)).isZero();
        assertThat(lock.kind()).isEqualTo(LockKind.QUEUED_SPIN_LOCK);
        assertThat(lock.acquisitions()).isEqualTo(200);
        assertThat(lock.contended()).isPositive();
        assertThat(lock.isHeld()).isFalse();
        assertThat(test.findings()).isEmpty();
        assertThat(test.machine.ended()).isEqualTo(RunEnd.DONE);
    }

    @Test
    void theLockIsAcquiredInTheOrderInWhichItWasAskedFor() {
        TestKernel test = new TestKernel(4);
        for (int i = 0; i < 4; i++) {
            test.thread(i, counting(test, i, 50).address());
        }

        test.run();

        List<Integer> arrived = order(test, Event.LockContended.class);
        List<Integer> acquired =
                test.events.stream()
                        .filter(event ->
                                event instanceof Event.LockAcquired lock && lock.spinNs() > 0)
                        .map(event -> test.stamps.get(test.events.indexOf(event)).processor())
                        .toList();
        assertThat(arrived).hasSizeGreaterThan(20).isEqualTo(acquired);
    }

    private static List<Integer> order(TestKernel test, Class<? extends Event> type) {
        return test.events.stream()
                .filter(type::isInstance)
                .map(event -> test.stamps.get(test.events.indexOf(event)).processor())
                .toList();
    }

    @Test
    void twoLocksInOppositeOrderAreADeadlockThoughEachSpinsOnItsOwnHandle() {
        TestKernel test = new TestKernel(3);
        test.thread(0, twoLocks(test, "AThenB", LOCK, OTHER, 0).address());
        test.thread(1, twoLocks(test, "BThenA", OTHER, LOCK, 2).address());

        test.run();

        assertThat(test.machine.ended()).isEqualTo(RunEnd.DEADLOCK);
        assertThat(test.findings()).containsExactly("Deadlock");
        assertThat(test.machine.endDetail()).contains("AThenB").contains("BThenA");
    }

    @Test
    void whoIsBehindAStuckOneInLineIsStuckToo() {
        TestKernel test = new TestKernel(3);
        test.thread(0, twoLocks(test, "AThenB", LOCK, OTHER, 0).address());
        test.thread(1, twoLocks(test, "BThenA", OTHER, LOCK, 2).address());
        Routine third =
                test.code
                        .routine("Third")
                        .calls("KeStallExecutionProcessor", _ -> 5)
                        .calls("KeAcquireInStackQueuedSpinLock", _ -> LOCK, _ -> handle(4))
                        .returns(0);
        test.thread(2, third.address());

        test.run();

        assertThat(test.machine.ended()).isEqualTo(RunEnd.DEADLOCK);
    }

    private static Routine twoLocks(
            TestKernel test, String name, long first, long second, int number) {
        return test.code
                .routine(name)
                .calls("KeAcquireInStackQueuedSpinLock", _ -> first, _ -> handle(number))
                .calls("KeStallExecutionProcessor", _ -> 1)
                .calls(
                        "KeAcquireInStackQueuedSpinLockAtDpcLevel",
                        _ -> second,
                        _ -> handle(number + 1))
                .returns(0);
    }

    @Test
    void aMomentInTheMiddleOfTheQueueLeadsToTheSameEnd() {
        TestKernel whole = new TestKernel(3);
        TestKernel cut = new TestKernel(3);
        for (int i = 0; i < 3; i++) {
            whole.thread(i, counting(whole, i, 20).address());
            cut.thread(i, counting(cut, i, 20).address());
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
    void theHandleOfTheOneWhoHasTheLockSaysSoHoweverItCameByIt() {
        TestKernel test = new TestKernel(3);
        for (int i = 0; i < 3; i++) {
            long handle = handle(i);
            Routine routine = test.code.routine("Hold" + i).does(p -> p.registers[RBX] = 20);
            long loop = routine.here();
            routine.calls("KeAcquireInStackQueuedSpinLock", _ -> LOCK, _ -> handle)
                    .does(p ->
                            TestKernel.add(
                                    p,
                                    COUNT,
                                    p.memory().load64(handle + 8) == (LOCK | OWNER) ? 1 : 0))
                    .calls("KeReleaseInStackQueuedSpinLock", _ -> handle)
                    .repeatsFrom(loop, p -> --p.registers[RBX] != 0)
                    .returns(0);
            test.thread(i, routine.address());
        }

        test.run();

        assertThat(test.all(Event.LockContended.class)).hasSizeGreaterThan(10);
        assertThat(test.data(COUNT)).isEqualTo(60);
    }

    @Test
    void aHandleThatWaitsIsForNoOtherAcquisition() {
        TestKernel test = new TestKernel(3);
        Routine holder =
                test.code
                        .routine("Hold")
                        .calls("KeAcquireInStackQueuedSpinLock", _ -> LOCK, _ -> handle(0))
                        .calls("KeStallExecutionProcessor", _ -> 10)
                        .calls("KeReleaseInStackQueuedSpinLock", _ -> handle(0))
                        .returns(0);
        Routine waiter =
                test.code
                        .routine("Wait")
                        .calls("KeStallExecutionProcessor", _ -> 1)
                        .calls("KeAcquireInStackQueuedSpinLock", _ -> LOCK, _ -> handle(1))
                        .calls("KeReleaseInStackQueuedSpinLock", _ -> handle(1))
                        .returns(0);
        Routine other =
                test.code
                        .routine("Reuse")
                        .calls("KeStallExecutionProcessor", _ -> 3)
                        .calls("KeAcquireInStackQueuedSpinLock", _ -> OTHER, _ -> handle(1))
                        .returns(0);
        test.thread(0, holder.address());
        test.thread(1, waiter.address());
        test.thread(2, other.address());

        test.run();

        assertThat(test.findings()).startsWith("QueuedSpinLock");
        assertThat(test.all(Event.FindingReported.class).getFirst().finding().message())
                .contains("another acquisition waits with it");
    }

    @Test
    void aLockIsReleasedByTheProcessorThatAcquiredIt() {
        TestKernel test = new TestKernel(2);
        Routine holder =
                test.code
                        .routine("Hold")
                        .calls("KeAcquireInStackQueuedSpinLock", _ -> LOCK, _ -> handle(0))
                        .calls("KeStallExecutionProcessor", _ -> 10)
                        .returns(0);
        Routine other =
                test.code
                        .routine("Release")
                        .calls("KeStallExecutionProcessor", _ -> 3)
                        .calls("KfRaiseIrql", _ -> 2)
                        .calls("KeReleaseInStackQueuedSpinLockFromDpcLevel", _ -> handle(0))
                        .calls("KeLowerIrql", _ -> 0)
                        .returns(0);
        test.thread(0, holder.address());
        test.thread(1, other.address());

        test.run();

        assertThat(test.findings()).startsWith("QueuedSpinLockRelease");
        assertThat(test.all(Event.FindingReported.class).getFirst().finding().message())
                .contains("is released by cpu1, but cpu0 acquired it");
    }
}
