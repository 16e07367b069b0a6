package dev.dirql.devices.apic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dirql.devices.TestMachine;
import dev.dirql.events.DecisionKind;
import dev.dirql.events.Event;
import dev.dirql.events.RunEnd;
import dev.dirql.machine.InterruptLine;
import dev.dirql.machine.Snapshot;
import java.util.ArrayDeque;
import java.util.List;
import org.junit.jupiter.api.Test;

final class IoApicTest {
    private static final long LOWEST_PRIORITY = 1 << 8;
    private static final long LOGICAL = 1 << 11;
    private static final long SEND_PENDING = 1 << 12;
    private static final long ACTIVE_LOW = 1 << 13;
    private static final long REMOTE_IRR = 1 << 14;
    private static final long LEVEL = 1 << 15;
    private static final long MASKED = 1 << 16;

    private final TestMachine test = new TestMachine(4).readyToPause();

    private LocalApic unit(int processor) {
        return (LocalApic) test.machine.controller().unit(processor);
    }

    private InterruptLine line(String device, int input) {
        return test.machine.controller().line(device, input);
    }

    private static long to(int destination) {
        return (long) destination << 56;
    }

    private void choose(DecisionKind kind, int... choices) {
        ArrayDeque<Integer> queue = new ArrayDeque<>();
        for (int choice : choices) {
            queue.add(choice);
        }
        test.choices.put(kind, queue);
    }

    // ---- registers ----

    @Test
    void itsRegistersHaveTheirValuesOfPowerOn() {
        assertThat(test.ioApicRead(0)).isZero();
        assertThat(test.ioApicRead(1)).isEqualTo(0x0017_0011);
        assertThat(test.ioApicRead(2)).isZero();
        for (int input = 0; input < 24; input++) {
            assertThat(test.entry(input)).isEqualTo(MASKED);
        }
        assertThat(test.ioApicRead(0x40)).isZero();
    }

    @Test
    void theArbitrationIdIsLoadedWithTheId() {
        test.ioApicWrite(0, 0xFFFF_FFFFL);

        assertThat(test.ioApicRead(0)).isEqualTo(0x0F00_0000);
        assertThat(test.ioApicRead(2)).isEqualTo(0x0F00_0000);
    }

    @Test
    void readOnlyAndReservedBitsOfAnEntryIgnoreWrites() {
        test.redirect(3, -1L);

        assertThat(test.entry(3)).isEqualTo(0xFF00_0000_0001_AFFFL);
    }

    @Test
    void onlyAccessesOf32BitsCount() {
        test.redirect(0, 0x51 | MASKED);
        long ioWin = IoApic.BASE + 0x10;
        test.machine.bus().writeMemory(test.processor(0), IoApic.BASE, 4, 0x10);
        test.machine.bus().writeMemory(test.processor(0), ioWin, 1, 0x77);

        assertThat(test.machine.bus().readMemory(test.processor(0), ioWin, 8)).isZero();
        assertThat(test.entry(0)).isEqualTo(0x51 | MASKED);
    }

    @Test
    void anInputThatIsNotThereIsRefused() {
        assertThatThrownBy(() -> line("disk", 24))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("disk: interrupt line 24, not 0 to 23");
    }

    // ---- edge ----

    @Test
    void anEdgeRequestsOnceHoweverLongTheWireStaysAsserted() {
        test.redirect(4, 0x51);
        InterruptLine wire = line("disk", 4);

        wire.set(true);
        unit(0).acknowledge();
        unit(0).endOfInterrupt();

        assertThat(unit(0).isRequested(0x51)).isFalse();
        wire.set(true);
        assertThat(unit(0).isRequested(0x51)).isFalse();
        wire.set(false);
        wire.set(true);
        assertThat(unit(0).isRequested(0x51)).isTrue();
        assertThat(test.entry(4) & (REMOTE_IRR | SEND_PENDING)).isZero();
    }

    @Test
    void anEdgeOnAMaskedInputIsLost() {
        test.redirect(4, 0x51 | MASKED);
        line("disk", 4).set(true);

        test.redirect(4, 0x51);

        assertThat(unit(0).isRequested(0x51)).isFalse();
    }

    @Test
    void anEdgeUnderTheLevelOfAnotherDeviceIsLost() {
        test.redirect(4, 0x51);
        InterruptLine first = line("disk", 4);
        InterruptLine second = line("nic", 4);

        first.set(true);
        unit(0).acknowledge();
        second.set(true);

        assertThat(unit(0).isRequested(0x51)).isFalse();
    }

    // ---- level ----

    @Test
    void aLevelRequestsAgainAfterEndOfInterruptWhileItLasts() {
        test.redirect(11, 0x51 | LEVEL);
        InterruptLine wire = line("disk", 11);

        wire.set(true);
        assertThat(test.entry(11)).isEqualTo(0x51 | LEVEL | REMOTE_IRR);
        unit(0).acknowledge();
        assertThat(unit(0).isRequested(0x51)).isFalse();

        unit(0).endOfInterrupt();
        assertThat(unit(0).isRequested(0x51)).isTrue();
        unit(0).acknowledge();
        wire.set(false);
        unit(0).endOfInterrupt();

        assertThat(unit(0).isRequested(0x51)).isFalse();
        assertThat(test.entry(11)).isEqualTo(0x51 | LEVEL);
    }

    @Test
    void aVectorIsAssertedWhileALevelOfItLastsThoughItIsMasked() {
        test.redirect(11, 0x51 | LEVEL);
        test.redirect(4, 0x61);
        InterruptLine wire = line("disk", 11);
        line("nic", 4).set(true);

        wire.set(true);
        test.redirect(11, 0x51 | LEVEL | MASKED);

        assertThat(test.machine.controller().isAsserted(0x51)).isTrue();
        assertThat(test.machine.controller().isAsserted(0x61)).isFalse();
        wire.set(false);
        assertThat(test.machine.controller().isAsserted(0x51)).isFalse();
    }

    @Test
    void aLevelThatEndsBeforeItIsTakenIsTakenAllTheSame() {
        test.redirect(11, 0x51 | LEVEL);
        InterruptLine wire = line("disk", 11);

        wire.set(true);
        wire.set(false);

        assertThat(unit(0).isRequested(0x51)).isTrue();
    }

    @Test
    void endOfInterruptOfAnEdgeIsNotToldToTheIoApic() {
        test.redirect(11, 0x51 | LEVEL);
        line("disk", 11).set(true);
        unit(0).acknowledge();
        unit(1).requestSelf(0x51, "edge of the same vector");
        unit(1).acknowledge();

        unit(1).endOfInterrupt();

        assertThat(test.entry(11) & REMOTE_IRR).isNotZero();
    }

    @Test
    void aMaskedLevelRequestsWhenItIsUnmasked() {
        test.redirect(11, 0x51 | LEVEL | MASKED);
        line("disk", 11).set(true);
        assertThat(unit(0).isRequested(0x51)).isFalse();

        test.redirect(11, 0x51 | LEVEL);

        assertThat(unit(0).isRequested(0x51)).isTrue();
    }

    @Test
    void maskingInServiceKeepsALevelFromRequestingAgain() {
        test.redirect(11, 0x51 | LEVEL);
        line("disk", 11).set(true);
        unit(0).acknowledge();

        test.redirect(11, 0x51 | LEVEL | MASKED);
        unit(0).endOfInterrupt();

        assertThat(unit(0).isRequested(0x51)).isFalse();
        assertThat(test.entry(11) & REMOTE_IRR).isZero();
    }

    @Test
    void makingAnEntryEdgeTriggeredClearsRemoteIrr() {
        test.redirect(11, 0x51 | LEVEL);
        line("disk", 11).set(true);

        test.redirect(11, 0x51 | MASKED);

        assertThat(test.entry(11)).isEqualTo(0x51 | MASKED);
    }

    @Test
    void aSharedInputStaysAssertedUntilTheLastDeviceLetsGo() {
        test.redirect(11, 0x51 | LEVEL);
        InterruptLine first = line("disk", 11);
        InterruptLine second = line("nic", 11);
        first.set(true);
        second.set(true);

        unit(0).acknowledge();
        first.set(false);
        unit(0).endOfInterrupt();
        assertThat(unit(0).isRequested(0x51)).isTrue();
        unit(0).acknowledge();
        second.set(false);
        unit(0).endOfInterrupt();

        assertThat(unit(0).isRequested(0x51)).isFalse();
        assertThat(test.events(Event.LineChanged.class))
                .containsExactly(
                        new Event.LineChanged("disk", 11, true),
                        new Event.LineChanged("nic", 11, true),
                        new Event.LineChanged("disk", 11, false),
                        new Event.LineChanged("nic", 11, false));
    }

    @Test
    void anActiveLowInputIsActiveWhileNothingAssertsIt() {
        InterruptLine wire = line("disk", 11);
        wire.set(true);

        test.redirect(11, 0x51 | LEVEL | ACTIVE_LOW);
        assertThat(unit(0).isRequested(0x51)).isFalse();
        wire.set(false);

        assertThat(unit(0).isRequested(0x51)).isTrue();
    }

    @Test
    void anActiveLowEdgeIsTheFallOfTheWire() {
        test.redirect(4, 0x51 | ACTIVE_LOW);
        InterruptLine wire = line("disk", 4);

        wire.set(true);
        assertThat(unit(0).isRequested(0x51)).isFalse();
        wire.set(false);

        assertThat(unit(0).isRequested(0x51)).isTrue();
    }

    // ---- pulses ----

    @Test
    void aPulseOnALevelIsOneInterrupt() {
        test.redirect(11, 0x51 | LEVEL);
        InterruptLine wire = line("disk", 11);

        wire.pulse();
        unit(0).acknowledge();
        unit(0).endOfInterrupt();

        assertThat(unit(0).isRequested(0x51)).isFalse();
        assertThat(test.events(Event.LineChanged.class))
                .containsExactly(
                        new Event.LineChanged("disk", 11, true),
                        new Event.LineChanged("disk", 11, false));
    }

    @Test
    void aPulseOnALevelInServiceIsNoticedAtItsEnd() {
        test.redirect(11, 0x51 | LEVEL);
        InterruptLine wire = line("disk", 11);
        wire.set(true);
        unit(0).acknowledge();
        wire.set(false);

        wire.pulse();
        assertThat(unit(0).isRequested(0x51)).isFalse();
        unit(0).endOfInterrupt();
        assertThat(unit(0).isRequested(0x51)).isTrue();
        unit(0).acknowledge();
        unit(0).endOfInterrupt();

        assertThat(unit(0).isRequested(0x51)).isFalse();
    }

    @Test
    void aPulseOnAnAssertedLatchedWireIsAnotherEdge() {
        test.redirect(4, 0x51);
        InterruptLine wire = line("disk", 4);
        wire.set(true);
        unit(0).acknowledge();

        wire.pulse();

        assertThat(unit(0).isRequested(0x51)).isTrue();
    }

    @Test
    void aPulseOnAMaskedInputHasNoEffect() {
        test.redirect(11, 0x51 | LEVEL | MASKED);

        line("disk", 11).pulse();
        test.redirect(11, 0x51 | LEVEL);

        assertThat(unit(0).isRequested(0x51)).isFalse();
    }

    // ---- destinations ----

    @Test
    void aPhysicalDestinationIsOneProcessor() {
        test.redirect(4, 0x51 | to(2));

        line("disk", 4).set(true);

        assertThat(requestedOn(0x51)).containsExactly(2);
    }

    @Test
    void fixedDeliveryReachesEveryLogicalDestination() {
        test.redirect(4, 0x51 | LOGICAL | to(0b1011));

        line("disk", 4).set(true);

        assertThat(requestedOn(0x51)).containsExactly(0, 1, 3);
    }

    @Test
    void thePhysicalBroadcastReachesEveryProcessor() {
        test.redirect(4, 0x51 | to(0xFF));

        line("disk", 4).set(true);

        assertThat(requestedOn(0x51)).containsExactly(0, 1, 2, 3);
    }

    @Test
    void lowestPriorityDeliveryReachesTheProcessorWithTheLowestPriority() {
        unit(0).setTaskPriority(2);
        unit(1).requestSelf(0x91, "in service");
        unit(1).acknowledge();
        unit(3).setTaskPriority(1);
        test.redirect(4, 0x51 | LOWEST_PRIORITY | LOGICAL | to(0b1011));

        line("disk", 4).set(true);

        assertThat(requestedOn(0x51)).containsExactly(3);
        assertThat(test.asked.get(DecisionKind.INTERRUPT_PROCESSOR)).containsExactly(3);
    }

    @Test
    void whoTakesItIsADecisionInOrderOfPriorityThenNumber() {
        unit(0).setTaskPriority(2);
        test.redirect(4, 0x51 | LOWEST_PRIORITY | LOGICAL | to(0b1111));
        choose(DecisionKind.INTERRUPT_PROCESSOR, 3, 1);
        InterruptLine wire = line("disk", 4);

        wire.set(true);
        assertThat(requestedOn(0x51)).containsExactly(0);
        unit(0).setTaskPriority(0);
        unit(0).acknowledge();
        wire.set(false);
        wire.set(true);

        assertThat(requestedOn(0x51)).containsExactly(2);
    }

    @Test
    void aRequestToAnAbsentProcessorIsLost() {
        test.redirect(11, 0x51 | LEVEL | to(9));

        line("disk", 11).set(true);

        assertThat(requestedOn(0x51)).isEmpty();
        assertThat(test.entry(11) & (REMOTE_IRR | SEND_PENDING)).isZero();
        test.redirect(11, 0x51 | LEVEL | to(1));
        assertThat(requestedOn(0x51)).containsExactly(1);
    }

    @Test
    void endOfInterruptOnAnyProcessorClearsRemoteIrr() {
        test.redirect(11, 0x51 | LEVEL | to(3));
        InterruptLine wire = line("disk", 11);
        wire.set(true);
        wire.set(false);
        unit(3).acknowledge();

        unit(3).endOfInterrupt();

        assertThat(test.entry(11) & REMOTE_IRR).isZero();
    }

    @Test
    void aDeliveryModeThatIsNotModelledEndsTheRun() {
        long nonMaskable = 4 << 8;
        test.redirect(4, 0x51 | nonMaskable);

        line("disk", 4).set(true);

        assertThat(test.machine.ended()).isEqualTo(RunEnd.NOT_MODELLED);
        assertThat(test.machine.endDetail())
                .isEqualTo("I/O APIC input 4: interrupt delivery mode NMI is not modelled");
    }

    // ---- arrival ----

    @Test
    void aRequestOnItsWayIsPendingAndMergesWithFurtherEdges() {
        choose(DecisionKind.INTERRUPT_ARRIVAL, 2);
        test.redirect(4, 0x51);
        InterruptLine wire = line("disk", 4);
        test.runUntil(100);

        wire.set(true);
        assertThat(test.entry(4) & SEND_PENDING).isNotZero();
        wire.set(false);
        wire.set(true);
        test.runUntil(1_099);
        assertThat(test.taken).isEmpty();
        test.runUntil(2_000);

        assertThat(test.taken).containsExactly("cpu0 0x51");
        assertThat(test.entry(4) & SEND_PENDING).isZero();
        assertThat(test.asked.get(DecisionKind.INTERRUPT_ARRIVAL)).containsExactly(4);
    }

    @Test
    void aLevelThatEndsWhileItsRequestIsOnItsWayIsSpurious() {
        choose(DecisionKind.INTERRUPT_ARRIVAL, 3);
        test.redirect(11, 0x51 | LEVEL);
        InterruptLine wire = line("disk", 11);
        test.runUntil(100);

        wire.set(true);
        wire.set(false);
        test.run();

        assertThat(test.taken).containsExactly("cpu0 0x51");
        assertThat(test.entry(11)).isEqualTo(0x51 | LEVEL);
    }

    // ---- messages ----

    @Test
    void aMessageAddressNamesDestinationHintAndMode() {
        assertThat(MessageAddress.decode(0xFEE0_3000L))
                .isEqualTo(new MessageAddress(3, false, false));
        assertThat(MessageAddress.decode(0xFEEF_F00CL))
                .isEqualTo(new MessageAddress(0xFF, true, true));
        assertThat(MessageAddress.isMessage(0xFEF0_0000L)).isFalse();
        assertThat(MessageAddress.isMessage(0x1_FEE0_0000L)).isFalse();
        assertThatThrownBy(() -> MessageAddress.decode(0xFED0_0000L))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theAddressForASetOfProcessorsReachesThem() {
        assertThat(MessageAddress.to(0b100).encode()).isEqualTo(0xFEE0_2000L);
        assertThat(MessageAddress.to(0b110).encode()).isEqualTo(0xFEE0_600CL);
        assertThat(MessageAddress.to(1L << 20 | 1L << 30).encode()).isEqualTo(0xFEE1_4000L);
        assertThat(MessageAddress.decode(0xFEE0_600CL).encode()).isEqualTo(0xFEE0_600CL);
    }

    @Test
    void aMessageIsAnEdge() {
        test.machine.controller().message("nic", 0xFEE0_2000L, 0x61);

        assertThat(requestedOn(0x61)).containsExactly(2);
        assertThat(unit(2).isLevelTriggered(0x61)).isFalse();
        assertThat(test.events(Event.InterruptRequested.class))
                .containsExactly(new Event.InterruptRequested(0x61, 2, "nic"));
    }

    @Test
    void theRedirectionHintLetsOneOfTheLogicalDestinationsTakeIt() {
        unit(1).setTaskPriority(3);

        test.machine.controller().message("nic", MessageAddress.to(0b0110).encode(), 0x61);

        assertThat(requestedOn(0x61)).containsExactly(2);
    }

    @Test
    void withoutTheHintAFixedMessageReachesEveryLogicalDestination() {
        test.machine.controller().message("nic", 0xFEE0_6004L, 0x61);

        assertThat(requestedOn(0x61)).containsExactly(1, 2);
    }

    @Test
    void aLevelDeassertionMessageDoesNothing() {
        test.machine.controller().message("nic", 0xFEE0_0000L, 1 << 15 | 0x61);

        assertThat(requestedOn(0x61)).isEmpty();
    }

    // ---- moments ----

    @Test
    void aMomentWithRequestsOnTheirWayComesBackWhole() {
        choose(DecisionKind.INTERRUPT_ARRIVAL, 3, 2);
        test.redirect(4, 0x51);
        test.redirect(11, 0x61 | LEVEL);
        InterruptLine edge = line("disk", 4);
        InterruptLine level = line("nic", 11);
        unit(1).setTimer(0xD1, 3_000, true);
        test.runUntil(100);
        edge.set(true);
        level.set(true);
        test.handler =
                (processor, vector) -> {
                    if (vector == 0x61) {
                        level.set(false);
                    }
                    processor.interruptUnit().endOfInterrupt();
                };
        test.runUntil(500);
        Snapshot moment = test.machine.snapshot();
        long hash = test.machine.exactHash();

        test.runUntil(20_000);
        List<String> first = List.copyOf(test.taken);
        long after = test.machine.exactHash();
        test.taken.clear();
        test.machine.restore(moment);

        assertThat(test.machine.exactHash()).isEqualTo(hash);
        test.runUntil(20_000);
        assertThat(test.taken).isEqualTo(first).contains("cpu0 0x51", "cpu0 0x61", "cpu1 0xd1");
        assertThat(test.machine.exactHash()).isEqualTo(after);
    }

    private List<Integer> requestedOn(int vector) {
        return java.util.stream.IntStream.range(0, 4)
                .filter(i -> unit(i).isRequested(vector))
                .boxed()
                .toList();
    }
}
