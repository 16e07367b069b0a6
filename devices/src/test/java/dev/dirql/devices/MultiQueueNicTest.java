package dev.dirql.devices;

import static dev.dirql.devices.PciFixture.COMMAND;
import static dev.dirql.devices.PciFixture.MEMORY_SPACE;
import static dev.dirql.devices.PciFixture.PHYSICAL;
import static dev.dirql.devices.PciFixture.line;
import static dev.dirql.devices.PciFixture.number;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dirql.events.Event;
import dev.dirql.machine.Snapshot;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class MultiQueueNicTest {
    private static final int CONTROL = 0x00;
    private static final int STATUS = 0x04;
    private static final int RX_CAUSE = 0x08;
    private static final int TX_CAUSE = 0x0C;
    private static final int OTHER_CAUSE = 0x10;
    private static final int RX_INTERRUPTS = 0x14;
    private static final int TX_INTERRUPTS = 0x18;
    private static final int OTHER_INTERRUPTS = 0x1C;
    private static final int OTHER_MESSAGE = 0x20;
    private static final int MISSED = 0x28;
    private static final int RX = 0x1000;
    private static final int TX = 0x2000;
    private static final int STRIDE = 0x20;
    private static final int HEAD = 0x10;
    private static final int TAIL = 0x14;
    private static final int MESSAGE = 0x18;
    private static final int MODERATION = 0x1C;
    private static final int RESET = 1;
    private static final int LOOPBACK = 2;
    private static final int INTERRUPT_ENABLE = 0x100;
    private static final int LINK_CHANGED = 1;
    private static final int RX_MISSED = 2;
    private static final int DMA_FAILED = 4;
    private static final int BAD_RING = 8;
    private static final int REPORT = 0x100;

    private static final long RINGS = 0x1_0000;
    private static final long BUFFERS = 0x2_0000;
    private static final long BUFFER = 0x100;
    private static final int COUNT = 8;

    private final PciFixture pci = new PciFixture();
    private final TestMachine test = pci.test;

    private PciDevice nic(Object... properties) {
        PciDevice nic = pci.add(MultiQueueNic.TYPE, "nic", properties);
        write(CONTROL, INTERRUPT_ENABLE);
        write(RX_INTERRUPTS, -1);
        write(TX_INTERRUPTS, -1);
        write(OTHER_INTERRUPTS, -1);
        return nic;
    }

    private long read(int offset) {
        return pci.read(PHYSICAL + offset, 4);
    }

    private void write(int offset, long value) {
        pci.write(PHYSICAL + offset, 4, value);
    }

    private static long ring(int block, int queue) {
        return RINGS + (block == TX ? 0x8000 : 0) + 0x100L * queue;
    }

    private void enable(int block, int queue) {
        int at = block + STRIDE * queue;
        write(at, ring(block, queue));
        write(at + 4, 0);
        write(at + 8, COUNT);
        write(at + 0xC, 1);
    }

    /** Gives the receive queue that many descriptors with buffers of 256 bytes. */
    private void fill(int queue, int descriptors) {
        enable(RX, queue);
        for (int i = 0; i < descriptors; i++) {
            descriptor(ring(RX, queue) + 16L * i, BUFFERS + BUFFER * i, BUFFER, 0);
        }
        write(RX + STRIDE * queue + TAIL, descriptors);
    }

    private void descriptor(long at, long buffer, long length, int flags) {
        byte[] bytes = new byte[16];
        LittleEndian.put64(bytes, 0, buffer);
        LittleEndian.put32(bytes, 8, length);
        LittleEndian.put32(bytes, 12, flags);
        test.machine.writePhysical(at, bytes);
    }

    private long word(long at) {
        byte[] bytes = new byte[4];
        test.machine.readPhysical(at, bytes);
        return LittleEndian.get32(bytes, 0);
    }

    private static void receive(Device nic, Object... arguments) {
        Map<String, PropertyValue> values = new LinkedHashMap<>();
        for (int i = 0; i < arguments.length; i += 2) {
            values.put((String) arguments[i], number((int) arguments[i + 1]));
        }
        nic.apply("receive", values);
    }

    private static void link(Device nic, String to) {
        nic.apply("link", Map.of("to", new PropertyValue.Word(to)));
    }

    private List<String> takenUntil(long timeNs) {
        test.runUntil(timeNs);
        List<String> taken = List.copyOf(test.taken);
        test.taken.clear();
        return taken;
    }

    @Test
    void aPacketIsStoredAndItsQueueInterruptsByItsMessage() {
        PciDevice nic = nic();
        fill(2, 3);

        receive(nic, "queue", 2, "length", 100);

        assertThat(takenUntil(100)).containsExactly("cpu0 0x62");
        assertThat(read(RX_CAUSE)).isEqualTo(0b100);
        assertThat(read(RX + 2 * STRIDE + HEAD)).isEqualTo(1);
        assertThat(word(ring(RX, 2) + 8)).isEqualTo(100);
        assertThat(word(ring(RX, 2) + 12)).isEqualTo(1);
        byte[] stored = new byte[100];
        test.machine.readPhysical(BUFFERS, stored);
        assertThat(LittleEndian.get64(stored, 0)).isEqualTo(1);
        assertThat(stored[8]).isEqualTo((byte) 9);
        assertThat(stored[99]).isEqualTo((byte) 100);
        assertThat(word(BUFFERS + 100)).isZero();
        assertThat(test.events(Event.DmaTransferred.class))
                .containsExactly(
                        new Event.DmaTransferred("nic", ring(RX, 2), 16, false),
                        new Event.DmaTransferred("nic", BUFFERS, 100, true),
                        new Event.DmaTransferred("nic", ring(RX, 2) + 8, 8, true));
    }

    @Test
    void causesInterruptWhileTheirQueueAndTheAdapterAreEnabledTo() {
        PciDevice nic = nic();
        fill(1, 7);
        write(RX_INTERRUPTS, 0b01);
        receive(nic, "queue", 1);
        assertThat(takenUntil(1_000)).as("queue 1 is not enabled").isEmpty();

        write(CONTROL, 0);
        write(RX_INTERRUPTS, 0b11);
        assertThat(takenUntil(2_000)).as("the adapter is not enabled").isEmpty();

        write(CONTROL, INTERRUPT_ENABLE);
        assertThat(takenUntil(3_000)).hasSize(1);
    }

    @Test
    void severalPacketsComeAPacketTimeApartAndWrapAround() {
        PciDevice nic = nic("packet_time", number(500));
        fill(0, 7);
        receive(nic, "times", 6);
        test.runUntil(2_400);
        assertThat(read(RX + HEAD)).isEqualTo(5);

        write(RX + TAIL, 3);
        receive(nic, "times", 5);
        test.runUntil(10_000);

        assertThat(read(RX + HEAD)).isEqualTo(3);
        assertThat(read(MISSED)).isEqualTo(0);
        assertThat(read(OTHER_CAUSE)).isZero();
    }

    @Test
    void aPacketWithoutDescriptorIsMissed() {
        PciDevice nic = nic();
        fill(1, 1);

        receive(nic, "queue", 1);
        receive(nic, "queue", 1);
        receive(nic, "queue", 0);

        assertThat(takenUntil(100)).containsExactly("cpu0 0x68", "cpu0 0x61");
        assertThat(read(OTHER_CAUSE)).isEqualTo(RX_MISSED);
        assertThat(read(MISSED)).isEqualTo(2);
        assertThat(read(MISSED)).isZero();
    }

    @Test
    void whatDoesNotFitIsCutOff() {
        PciDevice nic = nic();
        fill(0, 2);
        descriptor(ring(RX, 0) + 16, BUFFERS, 0, 0);

        receive(nic, "length", 9216);
        receive(nic, "length", 60);

        assertThat(word(ring(RX, 0) + 8)).isEqualTo(BUFFER);
        assertThat(word(ring(RX, 0) + 12)).isEqualTo(3);
        assertThat(word(ring(RX, 0) + 24)).isZero();
        assertThat(word(ring(RX, 0) + 28)).isEqualTo(3);
        assertThat(word(BUFFERS + BUFFER)).isZero();
    }

    @Test
    void packetsAreSentOneAfterTheOtherAndReportedIfTheDriverWants() {
        nic("packet_time", number(1_000));
        enable(TX, 3);
        descriptor(ring(TX, 3), BUFFERS, 60, 0);
        descriptor(ring(TX, 3) + 16, BUFFERS, 60, REPORT);
        descriptor(ring(TX, 3) + 32, BUFFERS, 0, 0);
        write(TX + 3 * STRIDE + TAIL, 3);

        assertThat(takenUntil(1_500)).isEmpty();
        assertThat(read(TX + 3 * STRIDE + HEAD)).isEqualTo(1);
        assertThat(takenUntil(5_000)).containsExactly("cpu0 0x67");

        assertThat(read(TX_CAUSE)).isEqualTo(0b1000);
        assertThat(word(ring(TX, 3) + 12)).isEqualTo(1);
        assertThat(word(ring(TX, 3) + 28)).isEqualTo(1);
        assertThat(word(ring(TX, 3) + 44)).as("a packet of no bytes").isEqualTo(3);
        assertThat(read(TX + 3 * STRIDE + HEAD)).isEqualTo(3);
    }

    @Test
    void inLoopbackWhatIsSentIsReceived() {
        nic();
        write(CONTROL, LOOPBACK | INTERRUPT_ENABLE);
        fill(1, 2);
        enable(TX, 1);
        test.machine.writePhysical(0x3_0000, new byte[] {7, 8, 9});
        descriptor(ring(TX, 1), 0x3_0000, 3, 0);
        write(TX + STRIDE + TAIL, 1);

        assertThat(takenUntil(5_000)).containsExactly("cpu0 0x61");
        assertThat(word(ring(RX, 1) + 8)).isEqualTo(3);
        assertThat(word(BUFFERS)).isEqualTo(0x09_08_07);
    }

    @Test
    void withoutLinkNothingIsReceivedOrSentUntilItIsBack() {
        PciDevice nic = nic();
        fill(0, 4);
        enable(TX, 0);
        descriptor(ring(TX, 0), BUFFERS, 60, REPORT);

        link(nic, "down");
        receive(nic);
        write(TX + TAIL, 1);

        assertThat(takenUntil(5_000)).containsExactly("cpu0 0x68");
        assertThat(read(STATUS)).isZero();
        assertThat(read(OTHER_CAUSE)).isEqualTo(LINK_CHANGED);
        assertThat(read(RX + HEAD)).isZero();
        assertThat(read(MISSED)).isZero();
        write(OTHER_CAUSE, LINK_CHANGED);
        link(nic, "up");
        assertThat(takenUntil(10_000)).containsExactly("cpu0 0x68", "cpu0 0x64");
        assertThat(read(STATUS)).isEqualTo(1);
        link(nic, "up");
        assertThat(takenUntil(11_000)).isEmpty();
    }

    @Test
    void moderationKeepsInterruptsOfAQueueApart() {
        PciDevice nic = nic();
        fill(0, 7);
        write(RX + MODERATION, 10_000);
        test.handler =
                (processor, _) -> {
                    write(RX_CAUSE, -1);
                    processor.interruptUnit().endOfInterrupt();
                };
        receive(nic, "times", 5);

        assertThat(takenUntil(9_900)).containsExactly("cpu0 0x60");
        assertThat(read(RX_CAUSE)).isEqualTo(1);
        assertThat(takenUntil(10_100)).containsExactly("cpu0 0x60");
        assertThat(takenUntil(50_000)).isEmpty();
    }

    @Test
    void theDriverChoosesTheMessageOfEachQueue() {
        PciDevice nic = nic("msix", number(4));
        fill(0, 1);
        fill(3, 1);
        write(RX + MESSAGE, 2);
        write(OTHER_MESSAGE, 3);

        receive(nic, "queue", 0);
        assertThat(takenUntil(100)).containsExactly("cpu0 0x62");
        receive(nic, "queue", 3);
        assertThat(takenUntil(200)).containsExactly("cpu0 0x63");
        link(nic, "down");
        assertThat(takenUntil(300)).as("message 3 was requested already").isEmpty();
    }

    @Test
    void byLineOneCauseRegisterTellsWhatHappened() {
        PciDevice nic = nic("line", line());
        fill(0, 1);
        fill(1, 1);
        test.handler =
                (processor, _) -> {
                    test.taken.add("causes " + read(RX_CAUSE));
                    write(RX_CAUSE, -1);
                    processor.interruptUnit().endOfInterrupt();
                };

        receive(nic, "queue", 0);
        receive(nic, "queue", 1);

        assertThat(takenUntil(1_000)).containsExactly("cpu0 0x51", "causes 3");
    }

    @Test
    void aRingThatIsSetUpWrongCannotBeEnabled() {
        nic();
        for (long[] wrong :
                new long[][] {
                    {ring(RX, 0), 1}, {ring(RX, 0), 4097}, {ring(RX, 0) + 8, 8}, {0, 0}
                }) {
            write(RX, wrong[0]);
            write(RX + 8, wrong[1]);
            write(RX + 0xC, 1);

            assertThat(read(RX + 0xC)).isZero();
            assertThat(read(OTHER_CAUSE)).isEqualTo(BAD_RING);
            write(OTHER_CAUSE, BAD_RING);
        }
        enable(TX, 0);
        write(TX + TAIL, COUNT);
        assertThat(read(TX + 0xC)).isZero();
        assertThat(read(OTHER_CAUSE)).isEqualTo(BAD_RING);
    }

    @Test
    void ringsAndBuffersOutsideMemoryDisableTheirQueue() {
        PciDevice nic = nic();
        write(RX, 0xFFFF_FFF0L);
        write(RX + 4, 0x7FFF_FFFFL);
        write(RX + 8, COUNT);
        write(RX + 0xC, 1);
        write(RX + TAIL, 1);
        receive(nic);
        assertThat(read(OTHER_CAUSE)).isEqualTo(DMA_FAILED);
        assertThat(read(RX + 0xC)).isZero();
        write(OTHER_CAUSE, -1);

        fill(1, 1);
        descriptor(ring(RX, 1), -8, BUFFER, 0);
        receive(nic, "queue", 1);
        assertThat(read(OTHER_CAUSE)).isEqualTo(DMA_FAILED);
        assertThat(read(RX + STRIDE + HEAD)).isZero();
        write(OTHER_CAUSE, -1);

        enable(TX, 2);
        descriptor(ring(TX, 2), 0xFEE0_0000L, 64, REPORT);
        write(TX + 2 * STRIDE + TAIL, 1);
        test.runUntil(10_000);
        assertThat(read(OTHER_CAUSE)).isEqualTo(DMA_FAILED);
        assertThat(test.events(Event.DmaRefused.class))
                .allMatch(event -> event.reason().equals("no memory is there"))
                .hasSize(3);
    }

    @Test
    void withoutBusMasteringNothingIsStored() {
        PciDevice nic = nic();
        fill(0, 1);
        pci.configure(nic, COMMAND, 2, MEMORY_SPACE);

        receive(nic);

        assertThat(read(OTHER_CAUSE)).isEqualTo(DMA_FAILED);
        assertThat(takenUntil(1_000)).isEmpty();
        assertThat(word(ring(RX, 0) + 12)).isZero();
    }

    @Test
    void resetPutsBackEverythingButTheLink() {
        PciDevice nic = nic();
        fill(0, 2);
        enable(TX, 0);
        descriptor(ring(TX, 0), BUFFERS, 60, REPORT);
        write(TX + TAIL, 1);
        receive(nic);
        link(nic, "down");

        write(CONTROL, RESET | INTERRUPT_ENABLE);

        assertThat(read(CONTROL)).isZero();
        assertThat(read(STATUS)).isZero();
        assertThat(read(RX_CAUSE)).isZero();
        assertThat(read(RX + 0xC)).isZero();
        assertThat(read(RX + 3 * STRIDE + MESSAGE)).isEqualTo(3);
        assertThat(read(OTHER_MESSAGE)).isEqualTo(8);
        assertThat(takenUntil(10_000)).hasSize(2);
        assertThat(read(TX + HEAD)).isZero();
    }

    @Test
    void raiseLetsACauseOfTheMessageHold() {
        PciDevice nic = nic();

        nic.apply(new InterruptStimulus.Raise());
        nic.apply(new InterruptStimulus.Raise(), 5);
        nic.apply(new InterruptStimulus.Raise(), 8);

        assertThat(takenUntil(100)).containsExactly("cpu0 0x68", "cpu0 0x65", "cpu0 0x60");
        assertThat(read(RX_CAUSE)).isEqualTo(1);
        assertThat(read(TX_CAUSE)).isEqualTo(2);
        write(RX + MESSAGE, 1);
        nic.apply(new InterruptStimulus.Raise(), 0);
        assertThat(takenUntil(200)).as("nothing has message 0").contains("cpu0 0x60");
    }

    @Test
    void whatTheDeviceCannotDoIsSaidBeforehand() {
        PciDevice nic = nic("queues", number(2));

        assertThatThrownBy(() -> nic.check("receive", Map.of("queue", number(2))))
                .hasMessage("nic has queues 0 to 1, not 2");
        assertThatThrownBy(() -> nic.checkMessage(5)).hasMessage("nic has messages 0 to 4, not 5");
        nic.check("receive", Map.of("queue", number(1)));
        nic.checkMessage(4);
    }

    @Test
    void theDriverIsToldTheQueuesByMacrosWithAnIndex() {
        List<String> definitions =
                nic("queues", number(1)).constants().stream()
                        .map(DeviceConstant::definition)
                        .toList();

        assertThat(definitions)
                .contains(
                        "#define NIC_RX_TAIL(n) ((PULONG)(0xFFFFA00000001014ULL + (n) * 0x20ULL))",
                        "#define NIC_TX_ENABLE 0x1UL",
                        "#define NIC_PCI_DEVICE 0x1UL",
                        "#define NIC_PCI_CONFIGURATION 0xE0008000ULL",
                        "#define NIC_MESSAGES 0x3UL",
                        "#define NIC_MESSAGE_IRQL(n) ((KIRQL)((n) == 0 ? 6 : (n) == 1 ? 6 : (n) =="
                                + " 2 ? 6 : 0))");
    }

    @Test
    void aMomentInTheMiddleOfEverythingGoesOnTheSameWay() {
        PciDevice nic = nic();
        write(CONTROL, LOOPBACK | INTERRUPT_ENABLE);
        fill(0, 7);
        fill(1, 7);
        enable(TX, 1);
        for (int i = 0; i < 5; i++) {
            descriptor(ring(TX, 1) + 16L * i, BUFFERS, 60 + i, REPORT);
        }
        write(TX + STRIDE + TAIL, 5);
        write(RX + MODERATION, 3_000);
        test.handler =
                (processor, _) -> {
                    write(RX_CAUSE, -1);
                    write(TX_CAUSE, -1);
                    processor.interruptUnit().endOfInterrupt();
                };
        receive(nic, "times", 5);
        test.runUntil(2_500);
        Snapshot moment = test.machine.snapshot();
        List<String> first = rest();

        test.machine.restore(moment);
        List<String> second = rest();

        assertThat(first).hasSizeGreaterThan(20).isEqualTo(second);
    }

    private List<String> rest() {
        test.trace.clear();
        test.runUntil(20_000);
        test.trace.add("%x".formatted(test.machine.exactHash()));
        return List.copyOf(test.trace);
    }

    @Test
    void randomRegistersAndDescriptorsNeverFailAndRepeatExactly() {
        for (long seed = 1; seed <= 30; seed++) {
            assertThat(storm(seed)).as("seed %d", seed).isEqualTo(storm(seed));
        }
    }

    private static List<String> storm(long seed) {
        MultiQueueNicTest one = new MultiQueueNicTest();
        PciDevice nic = one.nic("queues", number(2));
        Random random = new Random(seed);
        byte[] noise = new byte[0x4000];
        random.nextBytes(noise);
        one.test.machine.writePhysical(RINGS, noise);
        for (int i = 0; i < 300; i++) {
            int block = random.nextBoolean() ? RX : TX;
            int offset =
                    random.nextInt(4) == 0
                            ? random.nextInt(0x40)
                            : block + random.nextInt(2 * STRIDE);
            long value =
                    switch (random.nextInt(4)) {
                        case 0 -> random.nextInt(16);
                        case 1 -> RINGS + 16L * random.nextInt(16);
                        case 2 -> -1;
                        default -> random.nextInt();
                    };
            if (random.nextInt(3) == 0) {
                one.enable(block, random.nextInt(2));
                one.write(block + STRIDE * random.nextInt(2) + TAIL, random.nextInt(COUNT));
            }
            one.write(offset & -4, value);
            receive(nic, "queue", random.nextInt(2), "times", 1 + random.nextInt(3));
            one.test.runUntil(500L * (i + 1));
        }
        one.test.trace.add("%x".formatted(one.test.machine.exactHash()));
        return one.test.trace;
    }
}
