package dev.dirql.simulation.figures;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.events.Event;
import dev.dirql.events.Finding;
import dev.dirql.events.LockKind;
import dev.dirql.events.RunEnd;
import dev.dirql.events.Severity;
import dev.dirql.events.Stamp;
import dev.dirql.machine.DecisionSource;
import dev.dirql.machine.Machine;
import dev.dirql.machine.MachineSettings;
import java.util.List;
import org.junit.jupiter.api.Test;

class RunFiguresTest {
    private static final long LOCK = 0xFFFF_B800_0000_1000L;

    private final RunFigures figures = new RunFigures(2);
    private long sequence;

    private void at(long timeNs, int processor, int irql, Event event) {
        figures.accept(new Stamp(++sequence, timeNs, processor, 0xAAAA, irql), event);
    }

    private void acquire(long timeNs, int processor, long spinNs) {
        at(
                timeNs,
                processor,
                2,
                new Event.LockAcquired(LOCK, "d.Lock", LockKind.SPIN_LOCK, 0, 2, 0x10, spinNs));
    }

    private void release(long timeNs, int processor, long holdNs) {
        at(
                timeNs,
                processor,
                2,
                new Event.LockReleased(LOCK, "d.Lock", LockKind.SPIN_LOCK, 2, 0, 0x20, holdNs));
    }

    @Test
    void eachOfSeveralReadersHoldsALockUntilItReleasesIt() {
        LockKind shared = LockKind.SHARED_SPIN_LOCK;
        at(0, 0, 2, new Event.LockAcquired(LOCK, "d.Lock", shared, 0, 2, 0x10, 0));
        at(5, 1, 2, new Event.LockAcquired(LOCK, "d.Lock", shared, 0, 2, 0x10, 0));
        at(9, 0, 2, new Event.LockReleased(LOCK, "d.Lock", shared, 2, 0, 0x20, 9));

        assertThat(figures.heldLocks()).extracting(HeldLock::processor).containsExactly(1);
    }

    @Test
    void lockIsCountedWithItsTimesIrqlsAndProcessors() {
        at(0, 0, 0, new Event.LockDefined(LOCK, "d.Lock", LockKind.SPIN_LOCK, "nonpaged pool"));
        acquire(10, 0, 0);
        at(15, 1, 2, new Event.LockContended(LOCK, "d.Lock", LockKind.SPIN_LOCK, 0, 0x10));
        release(30, 0, 20);
        acquire(30, 1, 15);
        release(35, 1, 5);

        assertThat(figures.locks())
                .containsExactly(
                        new LockFigures(
                                LOCK,
                                "d.Lock",
                                LockKind.SPIN_LOCK,
                                "nonpaged pool",
                                2,
                                1,
                                15,
                                15,
                                25,
                                20,
                                List.of(2),
                                List.of(0, 1)));
        assertThat(figures.heldLocks()).isEmpty();
    }

    @Test
    void anotherLockAtTheSameAddressHasFiguresOfItsOwn() {
        acquire(10, 0, 0);
        release(20, 0, 10);
        at(30, 0, 2, new Event.LockAcquired(LOCK, "e.Lock", LockKind.SPIN_LOCK, 0, 2, 0x10, 0));

        assertThat(figures.locks())
                .extracting(LockFigures::name, LockFigures::acquisitions)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("d.Lock", 1L),
                        org.assertj.core.groups.Tuple.tuple("e.Lock", 1L));
    }

    @Test
    void lockThatIsNotReleasedIsHeld() {
        acquire(10, 1, 0);

        assertThat(figures.heldLocks())
                .containsExactly(new HeldLock(LOCK, "d.Lock", 1, 0xAAAA, 1, 10, 0x10));
    }

    @Test
    void timeBelongsToTheIrqlThatTheProcessorWasLeftAt() {
        at(100, 0, 0, new Event.IrqlChanged(0, 2, 0));
        at(150, 0, 2, new Event.IrqlChanged(2, 8, 0));
        at(170, 0, 8, new Event.IrqlChanged(8, 0, 0));
        at(200, 1, 0, new Event.InterruptTaken(0x50, 0));

        ProcessorFigures first = figures.processors().get(0);

        assertThat(first.irqlTimes())
                .containsExactly(
                        new ProcessorFigures.IrqlTime(2, 50), new ProcessorFigures.IrqlTime(8, 20));
        // The processor was idle whenever its IRQL was PASSIVE_LEVEL: that time is counted once.
        assertThat(first.idleNs()).isEqualTo(130);
        assertThat(figures.processors().get(1).interrupts()).isEqualTo(1);
        assertThat(figures.interrupts(0x50)).isEqualTo(1);
    }

    @Test
    void interruptsThatNobodyClaimsAreCountedByVector() {
        at(0, 0, 0, new Event.InterruptConnected(0x1000, 0x50, 5, 5, 0x10, "d.Interrupt"));
        at(5, 1, 5, new Event.InterruptUnclaimed(0x50));
        at(9, 0, 5, new Event.InterruptUnclaimed(0x50));
        at(9, 0, 9, new Event.InterruptUnclaimed(0x90));

        assertThat(figures.spuriousInterrupts())
                .containsExactly(
                        new SpuriousFigures(0x50, List.of("d.Interrupt"), 2, List.of(0, 1)),
                        new SpuriousFigures(0x90, List.of(), 1, List.of(0)));
    }

    @Test
    void requestIsFollowedToItsCompletionThoughItsAddressIsUsedAgain() {
        at(10, 0, 0, new Event.IrpCreated(0x77, 4, 0x88, 4096));
        at(60, 0, 2, new Event.IrpCompleted(0x77, 0, 4096, 0));
        at(70, 0, 0, new Event.IrpCreated(0x77, 3, 0x88, 512));

        assertThat(figures.requests())
                .containsExactly(
                        new RequestFigures(0x77, 4, 0x88, 4096, 0xAAAA, 10, true, 60, 0, 4096),
                        new RequestFigures(0x77, 3, 0x88, 512, 0xAAAA, 70, false, 0, 0, 0));
    }

    @Test
    void findingsOfOneRuleAtOnePlaceAreOneFinding() {
        for (long address : new long[] {1, 1, 2}) {
            Finding.Place place = new Finding.Place("noticed", 0, 0, 0, 2, address, List.of());
            at(
                    5,
                    0,
                    2,
                    new Event.FindingReported(
                            new Finding("Rule", "", Severity.ERROR, "bad", List.of(place))));
        }

        assertThat(figures.findings()).extracting(FindingFigures::count).containsExactly(2L, 1L);
    }

    @Test
    void restoredFiguresGoOnAsIfNothingHadHappenedSince() {
        Machine machine = new Machine(MachineSettings.of(1), DecisionSource.defaultPolicy());
        machine.addObserverPart(figures);
        acquire(10, 0, 3);
        at(12, 0, 2, new Event.IrpCreated(0x77, 4, 0x88, 1));
        at(13, 0, 2, new Event.DebugPrinted("first", 0));
        var moment = machine.snapshot();
        var locks = figures.locks();
        var processors = figures.processors();
        var requests = figures.requests();

        release(50, 0, 40);
        at(60, 1, 0, new Event.IrpCompleted(0x77, 0, 0, 0));
        at(61, 0, 2, new Event.DebugPrinted("second", 0));
        at(70, 0, 0, new Event.RunEnded(RunEnd.DONE, ""));
        machine.restore(moment);

        assertThat(figures.locks()).isEqualTo(locks);
        assertThat(figures.processors()).isEqualTo(processors);
        assertThat(figures.requests()).isEqualTo(requests);
        assertThat(figures.heldLocks()).hasSize(1);
        assertThat(figures.debugLines()).extracting(DebugLine::text).containsExactly("first");
        assertThat(figures.end()).isEmpty();
        release(50, 0, 40);
        assertThat(figures.locks().getFirst().holdTotalNs()).isEqualTo(40);
    }
}
