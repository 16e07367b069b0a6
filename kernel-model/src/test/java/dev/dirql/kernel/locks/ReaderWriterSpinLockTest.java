package dev.dirql.kernel.locks;

import static dev.dirql.kernel.TestKernel.DATA;
import static dev.dirql.machine.Processor.RAX;
import static dev.dirql.machine.Processor.RBX;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.events.Event;
import dev.dirql.events.LockKind;
import dev.dirql.events.RunEnd;
import dev.dirql.kernel.GuestCode.Routine;
import dev.dirql.kernel.TestKernel;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReaderWriterSpinLockTest {
    private static final long LOCK = DATA;
    private static final long SPIN_LOCK = DATA + 8;
    private static final int FLAG = 0x100;

    @Test
    void readersHoldItTogetherAndEachIsAHolder() {
        TestKernel test = new TestKernel(2);
        for (int i = 0; i < 2; i++) {
            Routine reader =
                    test.code
                            .routine("Read" + i)
                            .calls("ExAcquireSpinLockShared", _ -> LOCK)
                            .calls("KeStallExecutionProcessor", _ -> 1)
                            .does(p -> TestKernel.add(p, FLAG, holders(test)))
                            .calls("ExReleaseSpinLockShared", _ -> LOCK, _ -> 0)
                            .returns(0);
            test.thread(i, reader.address());
        }

        test.run();

        assertThat(test.data(FLAG)).isGreaterThanOrEqualTo(3);
        assertThat(test.all(Event.LockContended.class)).isEmpty();
        assertThat(test.all(Event.LockAcquired.class))
                .extracting(Event.LockAcquired::lockKind)
                .containsOnly(LockKind.SHARED_SPIN_LOCK);
        assertThat(test.kernel.lockTable().locks().get(0).holders()).isEmpty();
        assertThat(test.data(0)).isZero();
    }

    private static int holders(TestKernel test) {
        return test.kernel.lockTable().locks().get(0).holders().size();
    }

    /** Reads for ever, but for a pause that is shorter than a read. */
    private static Routine reading(TestKernel test, String name, int before, int times) {
        Routine routine =
                test.code
                        .routine(name)
                        .calls("KeStallExecutionProcessor", _ -> before)
                        .does(p -> p.registers[RBX] = times);
        long loop = routine.here();
        return routine.calls("ExAcquireSpinLockShared", _ -> LOCK)
                .calls("KeStallExecutionProcessor", _ -> 10)
                .calls("ExReleaseSpinLockShared", _ -> LOCK, _ -> 0)
                .calls("KeStallExecutionProcessor", _ -> 1)
                .repeatsFrom(loop, p -> --p.registers[RBX] != 0)
                .returns(0);
    }

    @Test
    void aWriterDoesNotStarveThoughThereIsAlwaysAReader() {
        TestKernel test = new TestKernel(3);
        test.thread(0, reading(test, "Read0", 0, 20).address());
        test.thread(1, reading(test, "Read1", 6, 20).address());
        Routine writer =
                test.code
                        .routine("Write")
                        .calls("KeStallExecutionProcessor", _ -> 30)
                        .calls("ExAcquireSpinLockExclusive", _ -> LOCK)
                        .does(p -> TestKernel.add(p, FLAG, p.clockNs))
                        .calls("ExReleaseSpinLockExclusive", _ -> LOCK, _ -> 0)
                        .returns(0);
        test.thread(2, writer.address());

        test.run();

        assertThat(test.data(FLAG)).isBetween(30_000L, 45_000L);
        assertThat(test.machine.ended()).isEqualTo(RunEnd.DONE);
    }

    @Test
    void aReaderWaitsForTheWriterThatWaits() {
        TestKernel test = new TestKernel(3);
        test.thread(0, holding(test, "First", "Shared", 0).address());
        test.thread(1, holding(test, "Writer", "Exclusive", 2).address());
        test.thread(2, holding(test, "Second", "Shared", 4).address());

        test.run();

        assertThat(test.all(Event.LockAcquired.class))
                .extracting(Event.LockAcquired::lockKind)
                .containsExactly(
                        LockKind.SHARED_SPIN_LOCK,
                        LockKind.EXCLUSIVE_SPIN_LOCK,
                        LockKind.SHARED_SPIN_LOCK);
        assertThat(test.data(0)).isZero();
    }

    private static Routine holding(TestKernel test, String name, String mode, int after) {
        return test.code
                .routine(name)
                .calls("KeStallExecutionProcessor", _ -> after)
                .calls("ExAcquireSpinLock" + mode, _ -> LOCK)
                .calls("KeStallExecutionProcessor", _ -> 10)
                .calls("ExReleaseSpinLock" + mode, _ -> LOCK, _ -> 0)
                .returns(0);
    }

    @Test
    void twoWritersThatWaitBothGetIt() {
        TestKernel test = new TestKernel(4);
        test.thread(0, holding(test, "Reader", "Shared", 0).address());
        test.thread(1, holding(test, "Writer1", "Exclusive", 2).address());
        test.thread(2, holding(test, "Writer2", "Exclusive", 3).address());
        test.thread(3, holding(test, "Last", "Shared", 4).address());

        test.run();

        assertThat(test.all(Event.LockAcquired.class))
                .extracting(Event.LockAcquired::lockKind)
                .containsExactly(
                        LockKind.SHARED_SPIN_LOCK,
                        LockKind.EXCLUSIVE_SPIN_LOCK,
                        LockKind.EXCLUSIVE_SPIN_LOCK,
                        LockKind.SHARED_SPIN_LOCK);
        assertThat(test.data(0)).isZero();
        assertThat(test.machine.ended()).isEqualTo(RunEnd.DONE);
    }

    @Test
    void aWriterIsStuckIfOneOfSeveralReadersIs() {
        TestKernel test = new TestKernel(3);
        test.thread(0, holding(test, "Reads", "Shared", 0).address());
        test.thread(1, twoLocks(test, "ReadsThenSpins", "Shared", true).address());
        test.thread(2, twoLocks(test, "SpinsThenWrites", "Exclusive", false).address());

        test.run();

        assertThat(test.machine.ended()).isEqualTo(RunEnd.DEADLOCK);
        assertThat(test.findings()).containsExactly("Deadlock");
        assertThat(test.machine.endDetail())
                .contains("driver!ReadsThenSpins")
                .contains("driver!SpinsThenWrites")
                .doesNotContain("driver!Reads+");
    }

    private static Routine twoLocks(
            TestKernel test, String name, String mode, boolean readerWriterFirst) {
        Routine routine = test.code.routine(name);
        if (readerWriterFirst) {
            routine.calls("ExAcquireSpinLock" + mode, _ -> LOCK);
        } else {
            routine.calls("KeAcquireSpinLockRaiseToDpc", _ -> SPIN_LOCK);
        }
        routine.calls("KeStallExecutionProcessor", _ -> 3);
        if (readerWriterFirst) {
            routine.calls("KeAcquireSpinLockAtDpcLevel", _ -> SPIN_LOCK);
        } else {
            routine.calls("ExAcquireSpinLock" + mode + "AtDpcLevel", _ -> LOCK);
        }
        return routine.returns(0);
    }

    @Test
    void aConversionIsSeenAsReleaseAndAcquisition() {
        TestKernel test = new TestKernel(1);
        Routine routine =
                test.code
                        .routine("Convert")
                        .calls("ExAcquireSpinLockShared", _ -> LOCK)
                        .calls("ExTryConvertSharedSpinLockExclusive", _ -> LOCK)
                        .does(p -> p.memory().store64(DATA + FLAG, p.registers[RAX]))
                        .calls("ExReleaseSpinLockExclusive", _ -> LOCK, _ -> 0)
                        .returns(0);
        test.thread(0, routine.address());

        test.run();

        assertThat(test.data(FLAG)).isEqualTo(1);
        assertThat(test.all(Event.LockReleased.class))
                .extracting(Event.LockReleased::lockKind)
                .containsExactly(LockKind.SHARED_SPIN_LOCK, LockKind.EXCLUSIVE_SPIN_LOCK);
        assertThat(test.findings()).isEmpty();
    }

    @Test
    void aMomentWithTwoReadersAndAWriterLeadsToTheSameEnd() {
        TestKernel whole = new TestKernel(3);
        TestKernel cut = new TestKernel(3);
        for (TestKernel test : List.of(whole, cut)) {
            test.thread(0, reading(test, "Read0", 0, 3).address());
            test.thread(1, reading(test, "Read1", 6, 3).address());
            test.thread(2, holding(test, "Write", "Exclusive", 8).address());
        }

        whole.run();
        cut.machine.pauseAtStep(60);
        cut.run();
        var moment = cut.machine.snapshot();
        int seen = cut.events.size();
        cut.machine.pauseAtStep(Long.MAX_VALUE);
        cut.machine.run();
        cut.machine.restore(moment);
        cut.events.subList(seen, cut.events.size()).clear();
        cut.machine.run();

        assertThat(cut.events).isEqualTo(whole.events);
        assertThat(cut.machine.exactHash()).isEqualTo(whole.machine.exactHash());
    }
}
