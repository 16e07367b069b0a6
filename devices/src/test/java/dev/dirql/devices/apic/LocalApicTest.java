package dev.dirql.devices.apic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dirql.devices.TestMachine;
import dev.dirql.events.Event;
import dev.dirql.machine.Processor;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LocalApicTest {
    private static final int LEVEL_DATA = 1 << 15 | 1 << 14;

    private final TestMachine test = new TestMachine(2);
    private final LocalApic apic = unit(0);

    private LocalApic unit(int processor) {
        return (LocalApic) test.machine.controller().unit(processor);
    }

    @Test
    void theHighestRequestedVectorIsDeliveredFirst() {
        apic.requestSelf(0x51, "a");
        apic.requestSelf(0xD3, "b");
        apic.requestSelf(0x2F, "c");

        assertThat(apic.acknowledge()).isEqualTo(0xD3);
        assertThat(apic.deliverable()).isEqualTo(-1);

        apic.endOfInterrupt();

        assertThat(apic.deliverable()).isEqualTo(0x51);
    }

    @Test
    void aVectorIsDeliverableOnlyAboveTheClassOfTheTaskPriority() {
        apic.requestSelf(0x5F, "a");

        apic.setTaskPriority(5);
        assertThat(apic.deliverable()).isEqualTo(-1);

        apic.setTaskPriority(4);
        assertThat(apic.deliverable()).isEqualTo(0x5F);
    }

    @Test
    void aVectorOfTheClassInServiceWaitsForItsEnd() {
        apic.requestSelf(0x51, "a");
        apic.acknowledge();
        apic.requestSelf(0x5E, "b");

        assertThat(apic.processorPriority()).isEqualTo(5);
        assertThat(apic.deliverable()).isEqualTo(-1);

        apic.endOfInterrupt();

        assertThat(apic.deliverable()).isEqualTo(0x5E);
    }

    @Test
    void endOfInterruptEndsTheHighestInServiceFirst() {
        apic.requestSelf(0x51, "outer");
        apic.acknowledge();
        apic.requestSelf(0x81, "inner");
        apic.acknowledge();

        apic.endOfInterrupt();

        assertThat(apic.isInService(0x81)).isFalse();
        assertThat(apic.isInService(0x51)).isTrue();
        assertThat(apic.processorPriority()).isEqualTo(5);

        apic.endOfInterrupt();

        assertThat(apic.processorPriority()).isZero();
    }

    @Test
    void endOfInterruptWithNothingInServiceDoesNothing() {
        apic.requestSelf(0x51, "a");

        apic.endOfInterrupt();

        assertThat(apic.isRequested(0x51)).isTrue();
    }

    @Test
    void aSecondRequestMergesWithOneThatWaits() {
        apic.requestSelf(0x51, "a");
        apic.requestSelf(0x51, "b");
        apic.acknowledge();
        apic.endOfInterrupt();

        assertThat(apic.deliverable()).isEqualTo(-1);
    }

    @Test
    void aRequestWhileInServiceIsDeliveredAfterItsEnd() {
        apic.requestSelf(0x51, "a");
        apic.acknowledge();
        apic.requestSelf(0x51, "b");

        assertThat(apic.deliverable()).isEqualTo(-1);

        apic.endOfInterrupt();

        assertThat(apic.deliverable()).isEqualTo(0x51);
    }

    @Test
    void theTriggerModeOfAVectorIsThatOfItsLastRequest() {
        test.machine.controller().message("nic", 0xFEE0_0000L, LEVEL_DATA | 0x61);
        assertThat(apic.isLevelTriggered(0x61)).isTrue();

        test.machine.controller().message("nic", 0xFEE0_0000L, 0x61);
        assertThat(apic.isLevelTriggered(0x61)).isFalse();
    }

    @Test
    void illegalVectorsAreDroppedFromMessagesAndRefusedFromSoftware() {
        test.machine.controller().message("nic", 0xFEE0_0000L, 15);

        assertThat(apic.isRequested(15)).isFalse();
        assertThat(apic.errorStatus()).isEqualTo(LocalApic.RECEIVED_ILLEGAL_VECTOR);
        assertThatThrownBy(() -> apic.requestSelf(15, "kernel"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("kernel: vector 15, not 16 to 255");
    }

    @Test
    void acknowledgingNothingIsAMistake() {
        assertThatThrownBy(apic::acknowledge)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("cpu 0");
    }

    @Test
    void everyAcceptedRequestIsAnEvent() {
        apic.requestSelf(0x2F, "dispatch");
        test.machine.controller().sendToProcessor(1, 0xE1, "kernel");

        assertThat(test.events(Event.InterruptRequested.class))
                .containsExactly(
                        new Event.InterruptRequested(0x2F, 0, "dispatch"),
                        new Event.InterruptRequested(0xE1, 1, "kernel"));
    }

    @Test
    void aHaltedProcessorWakesForAnInterprocessorInterruptAndLoweredPriority() {
        unit(1).setTaskPriority(15);
        test.runUntil(1_000);
        test.machine.controller().sendToProcessor(1, 0xE1, "kernel");
        test.runUntil(2_000);
        assertThat(test.taken).isEmpty();
        assertThat(test.processor(1).waiting()).isEqualTo(Processor.Wait.INTERRUPT);

        unit(1).setTaskPriority(13);
        test.run();

        assertThat(test.taken).containsExactly("cpu1 0xe1");
    }

    @Test
    void endOfInterruptMakesTheNextVectorDeliverable() {
        List<Integer> handled = new ArrayList<>();
        test.handler =
                (processor, vector) -> {
                    handled.add(vector);
                    if (vector == 0x91) {
                        processor.interruptUnit().requestSelf(0x92, "same class");
                        assertThat(processor.interruptUnit().deliverable()).isEqualTo(-1);
                    }
                    processor.interruptUnit().endOfInterrupt();
                };
        test.runUntil(1_000);
        apic.requestSelf(0x91, "a");
        test.run();

        assertThat(handled).containsExactly(0x91, 0x92);
    }

    // ---- the timer ----

    @Test
    void aOneShotTimerRequestsItsVectorOnce() {
        apic.setTimer(0xD1, 5_000, false);
        test.runUntil(2_000);
        assertThat(apic.timerCountNs()).isEqualTo(3_000);

        test.runUntil(20_000);

        assertThat(test.taken).containsExactly("cpu0 0xd1");
        assertThat(apic.timerCountNs()).isZero();
    }

    @Test
    void aPeriodicTimerRequestsItsVectorAgainAndAgainUntilItIsStopped() {
        apic.setTimer(0xD1, 1_000, true);
        test.runUntil(3_500);
        assertThat(test.taken).hasSize(3);

        apic.setTimer(0, 0, false);
        test.runUntil(10_000);

        assertThat(test.taken).hasSize(3);
    }

    @Test
    void aNewStartReplacesTheOldOne() {
        apic.setTimer(0xD1, 1_000, true);
        apic.setTimer(0xD2, 4_000, false);
        test.runUntil(10_000);

        assertThat(test.taken).containsExactly("cpu0 0xd2");
    }

    @Test
    void theTimerDoesNotKeepTheRunGoing() {
        apic.setTimer(0xD1, 1_000, false);

        test.run();

        assertThat(test.machine.ended()).isNotNull();
        assertThat(test.machine.nowNs()).isLessThan(1_000);
    }

    @Test
    void ticksThatComeWhileTheVectorWaitsMergeIntoOne() {
        apic.setTaskPriority(15);
        apic.setTimer(0xD1, 1_000, true);
        test.runUntil(5_500);

        apic.setTimer(0, 0, false);
        apic.setTaskPriority(0);
        test.run();

        assertThat(test.taken).containsExactly("cpu0 0xd1");
    }

    // ---- against an independent model ----

    /** The rules of the manual over plain sets. */
    private static final class Model {
        final TreeSet<Integer> requested = new TreeSet<>();
        final TreeSet<Integer> inService = new TreeSet<>();
        int taskPriority;

        int priority() {
            return inService.isEmpty()
                    ? taskPriority
                    : Math.max(taskPriority, inService.last() / 16);
        }

        int deliverable() {
            return !requested.isEmpty() && requested.last() / 16 > priority()
                    ? requested.last()
                    : -1;
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void itAgreesWithAModelOfPlainSets(long seed) {
        Random random = new Random(seed);
        Model model = new Model();

        for (int i = 0; i < 20_000; i++) {
            int vector = 16 + random.nextInt(240);
            switch (random.nextInt(5)) {
                case 0 -> {
                    apic.requestSelf(vector, "self");
                    model.requested.add(vector);
                }
                case 1 -> {
                    int data = random.nextBoolean() ? LEVEL_DATA | vector : vector;
                    test.machine.controller().message("nic", 0xFEE0_0000L, data);
                    model.requested.add(vector);
                }
                case 2 -> {
                    model.taskPriority = random.nextInt(random.nextBoolean() ? 16 : 4);
                    apic.setTaskPriority(model.taskPriority);
                }
                case 3 -> {
                    if (model.deliverable() >= 0) {
                        int expected = model.deliverable();
                        model.requested.remove(expected);
                        model.inService.add(expected);
                        assertThat(apic.acknowledge()).isEqualTo(expected);
                    }
                }
                default -> {
                    model.inService.pollLast();
                    apic.endOfInterrupt();
                }
            }
            assertThat(apic.deliverable())
                    .as("seed %d, operation %d", seed, i)
                    .isEqualTo(model.deliverable());
            assertThat(apic.processorPriority()).isEqualTo(model.priority());
            assertThat(apic.isRequested(vector)).isEqualTo(model.requested.contains(vector));
            assertThat(apic.isInService(vector)).isEqualTo(model.inService.contains(vector));
        }
    }
}
