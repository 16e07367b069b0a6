package dev.dirql.kernel;

import static dev.dirql.kernel.TestKernel.DATA;
import static dev.dirql.machine.Processor.RBX;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.events.Event;
import dev.dirql.events.RunEnd;
import dev.dirql.kernel.GuestCode.Routine;
import dev.dirql.kernel.dpcs.KDpc;
import dev.dirql.kernel.processors.KPcr;
import dev.dirql.kernel.threads.SystemTime;
import dev.dirql.machine.DecisionSource;
import dev.dirql.machine.Processor;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KernelModelTest {
    private static final long LOCK = DATA;
    private static final long DPC = DATA + 0x100;
    private static final int COUNT = 0x40;

    @Test
    void everyServiceIsDeclaredInAWayThatWorks() {
        TestKernel test = new TestKernel(2);

        test.kernel.engine().compileAll();

        assertThat(test.kernel.table().export("KeInsertQueueDpc")).isPresent();
        assertThat(test.kernel.table().export("KiIdleLoop")).isEmpty();
    }

    @Test
    void processorsShowThemselvesThroughTheirControlRegions() {
        TestKernel test = new TestKernel(3);
        Processor processor = test.machine.processor(2);

        assertThat(processor.gsBase).isEqualTo(KPcr.addressOf(2));
        assertThat(processor.memory().load64(processor.gsBase + 0x18)).isEqualTo(processor.gsBase);
        assertThat(processor.memory().load64(processor.gsBase + 0x20))
                .isEqualTo(processor.gsBase + 0x180);
        assertThat(processor.memory().load8(processor.gsBase + 0x184)).isEqualTo(2);
        assertThat(processor.memory().load64(processor.gsBase + 0x188)).isEqualTo(processor.thread);
        assertThat(processor.memory().load32(processor.gsBase + 0x1A4)).isEqualTo(2);
        assertThat(processor.memory().load32(SystemTime.SHARED_DATA + 0x260)).isEqualTo(19045);
    }

    @Test
    void aMachineWithoutWorkIsDoneAtOnce() {
        TestKernel test = new TestKernel(4).run();

        assertThat(test.machine.ended()).isEqualTo(RunEnd.DONE);
        assertThat(test.machine.nowNs()).isLessThan(KernelSettings.DEFAULT.tickNs() * 2);
    }

    @Test
    void workThatIsOutstandingMakesAnIdleMachineStuck() {
        TestKernel test = new TestKernel(1);
        test.kernel.addWork(() -> List.of("request 7 to disk"));

        test.run();

        assertThat(test.machine.ended()).isEqualTo(RunEnd.STUCK);
        assertThat(test.machine.endDetail()).contains("request 7 to disk");
    }

    @Test
    void aJumpBetweenServicesIsAnInvalidInstruction() {
        TestKernel test = new TestKernel(1);
        Routine routine =
                test.code
                        .routine("Main")
                        .does(p -> p.rip = test.kernel.table().address("KeInsertQueueDpc") + 1);
        test.thread(0, routine.address());

        test.run();

        assertThat(test.all(Event.BugChecked.class).get(0).name())
                .isEqualTo("SYSTEM_THREAD_EXCEPTION_NOT_HANDLED");
    }

    @Test
    void underAnyScheduleTheLockProtectsAndNothingIsLost() {
        for (int seed = 1; seed <= 40; seed++) {
            TestKernel test = busy(random(seed));

            test.run();

            assertThat(test.machine.ended()).as("seed %d", seed).isEqualTo(RunEnd.DONE);
            assertThat(test.data(COUNT)).as("seed %d", seed).isEqualTo(3 * 10);
            assertThat(test.findings()).as("seed %d", seed).isEmpty();
            assertThat(test.all(Event.DpcStarted.class).size())
                    .as("seed %d", seed)
                    .isEqualTo(test.all(Event.DpcFinished.class).size())
                    .isPositive();
        }
    }

    @Test
    void theSameDecisionsGiveTheSameEventsFromAnyMoment() {
        for (int seed = 1; seed <= 10; seed++) {
            TestKernel whole = busy(random(seed)).run();
            Random pauses = new Random(seed);
            TestKernel cut = busy(random(seed));
            cut.machine.pauseAtStep(1);
            cut.run();
            while (cut.machine.ended() == null) {
                cut.machine.restore(cut.machine.snapshot());
                cut.machine.pauseAtStep(cut.machine.steps() + 1 + pauses.nextInt(60));
                cut.machine.run();
            }

            assertThat(cut.events).as("seed %d", seed).isEqualTo(whole.events);
            assertThat(cut.stamps).as("seed %d", seed).isEqualTo(whole.stamps);
            assertThat(cut.machine.exactHash())
                    .as("seed %d", seed)
                    .isEqualTo(whole.machine.exactHash());
        }
    }

    private static DecisionSource random(int seed) {
        Random random = new Random(seed);
        return point -> random.nextInt(4) == 0 ? random.nextInt(point.alternatives()) : 0;
    }

    /** Threads on three processors count under a lock and queue a DPC that takes it too. */
    private static TestKernel busy(DecisionSource decisions) {
        TestKernel test = new TestKernel(3, KernelSettings.DEFAULT.withTickNs(2_000), decisions);
        Routine dpc =
                test.code
                        .routine("Dpc")
                        .calls("KeAcquireSpinLockAtDpcLevel", _ -> LOCK)
                        .does(p -> TestKernel.add(p, COUNT + 8, 1))
                        .calls("KeReleaseSpinLockFromDpcLevel", _ -> LOCK)
                        .returns(0);
        new KDpc(test.machine.processor(0).memory(), DPC).initialize(dpc.address(), 0);
        for (int i = 0; i < 3; i++) {
            Routine routine = test.code.routine("Work" + i).does(p -> p.registers[RBX] = 10);
            long loop = routine.here();
            routine.calls("KeAcquireSpinLockRaiseToDpc", _ -> LOCK)
                    .does(p -> p.registers[Processor.RSI] = p.memory().load64(DATA + COUNT))
                    .does(p -> p.memory().store64(DATA + COUNT, p.registers[Processor.RSI] + 1))
                    .calls("KeInsertQueueDpc", _ -> DPC, _ -> 0, _ -> 0)
                    .calls("KeReleaseSpinLock", _ -> LOCK, _ -> 0)
                    .repeatsFrom(loop, p -> --p.registers[RBX] != 0)
                    .returns(0);
            test.thread(i, routine.address());
        }
        return test;
    }
}
