package dev.dirql.kernel.io;

import static dev.dirql.kernel.TestKernel.DATA;
import static dev.dirql.kernel.TestKernel.PAGED;
import static dev.dirql.machine.Processor.RBX;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.events.Event;
import dev.dirql.events.LockKind;
import dev.dirql.events.RunEnd;
import dev.dirql.kernel.GuestCode.Routine;
import dev.dirql.kernel.Irql;
import dev.dirql.kernel.KernelModel;
import dev.dirql.kernel.TestKernel;
import dev.dirql.kernel.interrupts.InterruptVectors;
import dev.dirql.kernel.locks.InternalLocks;
import dev.dirql.kernel.structures.KDeviceQueue;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeviceQueueLockTest {
    private static final long QUEUE = DATA + 0x100;
    private static final long LOCK = QUEUE + KDeviceQueue.LOCK;
    private static final long ENTRIES = DATA + 0x200;
    private static final long DPC = DATA + 0x300;
    private static final int VECTOR = InterruptVectors.ofLine(11);

    private static TestKernel kernel(int processors) {
        return new TestKernel(processors, DeviceQueueLockTest::services);
    }

    private static List<Object> services(KernelModel kernel) {
        InternalLocks locks = new InternalLocks(kernel.machine(), kernel.engine(), kernel.locks());
        return List.of(
                locks,
                new DeviceQueueServices(
                        kernel.engine(),
                        kernel.irqls(),
                        locks,
                        kernel.rules(),
                        (processor, code, p1, p2, p3, p4) ->
                                kernel.bugChecks().raise(processor, code, p1, p2, p3, p4, 0)));
    }

    /** Inserts an entry of its own and takes whichever is first, so many times. */
    private static Routine using(TestKernel test, int number, int times) {
        Routine routine =
                test.code
                        .routine("Use" + number)
                        .calls("KeRaiseIrqlToDpcLevel")
                        .does(p -> p.registers[RBX] = times);
        long loop = routine.here();
        return routine.calls("KeInsertDeviceQueue", _ -> QUEUE, _ -> ENTRIES + 0x20L * number)
                .calls("KeRemoveEntryDeviceQueue", _ -> QUEUE, _ -> ENTRIES + 0x20L * number)
                .repeatsFrom(loop, p -> --p.registers[RBX] != 0)
                .calls("KeLowerIrql", _ -> 0)
                .returns(0);
    }

    private static TestKernel contended() {
        TestKernel test = kernel(2);
        new KDeviceQueue(test.machine.processor(0).memory(), QUEUE).initialize();
        for (int i = 0; i < 2; i++) {
            test.thread(i, using(test, i, 20).address());
        }
        return test;
    }

    private static boolean isHeld(TestKernel test) {
        return test.machine.processor(0).memory().load64(LOCK) != 0;
    }

    /** Runs until the lock is held for the first time after so many steps. */
    private static void runUntilHeld(TestKernel test, long steps) {
        test.machine.pauseAtStep(steps);
        test.run();
        for (long at = steps + 1; !isHeld(test) && test.machine.ended() == null; at++) {
            test.machine.pauseAtStep(at);
            test.machine.run();
        }
        assertThat(isHeld(test)).isTrue();
        test.machine.pauseAtStep(Long.MAX_VALUE);
    }

    @Test
    void aRoutineRaisesAcquiresReleasesAndLowersForItsCaller() {
        TestKernel test = kernel(1);
        test.thread(
                0,
                test.code
                        .routine("Main")
                        .calls("KeInitializeDeviceQueue", _ -> QUEUE)
                        .calls("KeRemoveEntryDeviceQueue", _ -> QUEUE, _ -> ENTRIES)
                        .returns(0)
                        .address());

        test.run();

        int acquiredAt = test.events.indexOf(test.all(Event.LockAcquired.class).get(0));
        Event.LockAcquired acquired = test.all(Event.LockAcquired.class).get(0);
        Event.LockReleased released = test.all(Event.LockReleased.class).get(0);
        assertThat(acquired.lock()).isEqualTo(LOCK);
        assertThat(acquired.lockKind()).isEqualTo(LockKind.SPIN_LOCK);
        assertThat(acquired.irqlBefore()).isEqualTo(Irql.PASSIVE_LEVEL);
        assertThat(acquired.irqlAfter()).isEqualTo(Irql.DISPATCH_LEVEL);
        assertThat(test.kernel.images().name(acquired.caller())).startsWith("driver!Main");
        assertThat(test.kernel.images().name(released.caller())).startsWith("driver!Main");
        assertThat(released.irqlAfter()).isEqualTo(Irql.PASSIVE_LEVEL);
        assertThat(test.events.get(acquiredAt - 2))
                .isEqualTo(new Event.IrqlChanged(0, 2, acquired.caller()));
        assertThat(test.events.get(acquiredAt + 2))
                .isEqualTo(new Event.IrqlChanged(2, 0, acquired.caller()));
        // Raise, acquire, work, release, lower: a step each.
        assertThat(test.stamps.get(acquiredAt + 2).timeNs())
                .isEqualTo(test.stamps.get(acquiredAt - 2).timeNs() + 4);
    }

    @Test
    void twoProcessorsSpinForTheLockOfOneQueue() {
        TestKernel test = contended();

        test.run();

        assertThat(test.all(Event.LockContended.class)).isNotEmpty();
        assertThat(test.all(Event.LockAcquired.class))
                .hasSize(80)
                .anyMatch(acquired -> acquired.spinNs() > 0);
        assertThat(test.machine.ended()).isEqualTo(RunEnd.DONE);
        assertThat(test.findings()).isEmpty();
        KDeviceQueue queue = new KDeviceQueue(test.machine.processor(0).memory(), QUEUE);
        assertThat(queue.deviceListHead().isEmpty()).isTrue();
    }

    @Test
    void aDeviceInterruptsWhoHoldsTheLockAndADpcDoesNot() {
        TestKernel test = kernel(1);
        Routine dpc = test.code.routine("Dpc").returns(0);
        Routine isr =
                test.code
                        .routine("Isr")
                        .calls("KeInsertQueueDpc", _ -> DPC, _ -> 0, _ -> 0)
                        .returns(1);
        test.thread(
                0,
                test.code
                        .routine("Main")
                        .calls("KeInitializeDpc", _ -> DPC, _ -> dpc.address(), _ -> 0)
                        .calls(
                                "IoConnectInterrupt",
                                _ -> DATA + 0x10,
                                _ -> isr.address(),
                                _ -> 0,
                                _ -> 0,
                                _ -> VECTOR,
                                _ -> VECTOR >>> 4,
                                _ -> VECTOR >>> 4,
                                _ -> 0,
                                _ -> 0,
                                _ -> -1,
                                _ -> 0)
                        .calls("KeInitializeDeviceQueue", _ -> QUEUE)
                        .calls("KeRemoveEntryDeviceQueue", _ -> QUEUE, _ -> ENTRIES)
                        .returns(0)
                        .address());
        runUntilHeld(test, 1);

        test.machine.controller().sendToProcessor(0, VECTOR, "test");
        test.machine.run();

        List<String> order =
                test.events.stream()
                        .map(event ->
                                switch (event) {
                                    case Event.LockAcquired it when it.lock() == LOCK -> "acquired";
                                    case Event.LockReleased it when it.lock() == LOCK -> "released";
                                    case Event.IsrStarted _ -> "ISR";
                                    case Event.DpcQueued _ -> "queued";
                                    case Event.DpcStarted _ -> "DPC";
                                    default -> "";
                                })
                        .filter(word -> !word.isEmpty())
                        .toList();
        assertThat(order).containsExactly("acquired", "ISR", "queued", "released", "DPC");
        assertThat(test.machine.ended()).isEqualTo(RunEnd.DONE);
        assertThat(test.findings()).isEmpty();
    }

    @Test
    void whoHoldsTheLockAndUsesTheQueueIsADeadlock() {
        TestKernel test = kernel(1);
        test.thread(
                0,
                test.code
                        .routine("Twice")
                        .calls("KeInitializeDeviceQueue", _ -> QUEUE)
                        .calls("KeAcquireSpinLockRaiseToDpc", _ -> LOCK)
                        .calls("KeInsertDeviceQueue", _ -> QUEUE, _ -> ENTRIES)
                        .returns(0)
                        .address());

        test.run();

        assertThat(test.machine.ended()).isEqualTo(RunEnd.DEADLOCK);
        assertThat(test.findings()).containsExactly("SpinLock");
        assertThat(test.machine.endDetail())
                .contains("cpu0 already holds")
                .contains("driver!Twice");
    }

    @Test
    void aMomentWhileTheLockIsHeldLeadsToTheSameEnd() {
        TestKernel whole = contended();
        TestKernel cut = contended();

        whole.run();
        runUntilHeld(cut, 120);
        var moment = cut.machine.snapshot();
        int seen = cut.events.size();
        cut.machine.run();
        List<Event> first = List.copyOf(cut.events);
        cut.machine.restore(moment);
        cut.events.subList(seen, cut.events.size()).clear();

        assertThat(isHeld(cut)).isTrue();
        assertThat(cut.kernel.lockTable().locks().get(0).isHeld()).isTrue();
        cut.machine.run();
        assertThat(cut.events).isEqualTo(first).isEqualTo(whole.events);
        assertThat(cut.machine.exactHash()).isEqualTo(whole.machine.exactHash());
    }

    @Test
    void aQueueInPagedPoolIsFoundBeforeItsLockFaults() {
        TestKernel test = kernel(1);
        test.thread(
                0,
                test.code
                        .routine("Paged")
                        .calls("KeInitializeDeviceQueue", _ -> PAGED)
                        .calls("KeRaiseIrqlToDpcLevel")
                        .calls("KeInsertDeviceQueue", _ -> PAGED, _ -> ENTRIES)
                        .returns(0)
                        .address());

        test.run();

        Event.BugChecked stop = test.all(Event.BugChecked.class).get(0);
        assertThat(test.findings()).containsExactly("LockInPageableStorage");
        assertThat(stop.name()).isEqualTo("IRQL_NOT_LESS_OR_EQUAL");
        assertThat(stop.parameter1()).isEqualTo(PAGED + KDeviceQueue.LOCK);
        assertThat(stop.parameter2()).isEqualTo(Irql.DISPATCH_LEVEL);
    }
}
