package dev.dirql.devices;

import static dev.dirql.devices.PciFixture.BUS_MASTER;
import static dev.dirql.devices.PciFixture.CAUSES;
import static dev.dirql.devices.PciFixture.COMMAND;
import static dev.dirql.devices.PciFixture.INTERRUPT_DISABLE;
import static dev.dirql.devices.PciFixture.MEMORY_SPACE;
import static dev.dirql.devices.PciFixture.MSI;
import static dev.dirql.devices.PciFixture.MSIX;
import static dev.dirql.devices.PciFixture.PHYSICAL;
import static dev.dirql.devices.PciFixture.STATUS;
import static dev.dirql.devices.PciFixture.line;
import static dev.dirql.devices.PciFixture.number;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dirql.devices.pci.MsixTable;
import dev.dirql.events.Event;
import dev.dirql.machine.Snapshot;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A PCI device's interrupts by line, MSI and MSI-X, and what a scenario does to them. */
final class PciInterruptsTest {
    private static final int MSI_CONTROL = MSI + 2;
    private static final int MSI_MASK = MSI + 0x10;
    private static final int MSI_PENDING = MSI + 0x14;
    private static final int MSIX_CONTROL = MSIX + 2;
    private static final int ENABLE_MSIX = 1 << 15;
    private static final int FUNCTION_MASK = 1 << 14;
    private static final int INTERRUPT_STATUS = 1 << 3;
    private static final int PENDING = 0x8000;

    private final PciFixture pci = new PciFixture();
    private final TestMachine test = pci.test;
    private long lastNs;

    private PciFixture.Causes device(Object... properties) {
        return (PciFixture.Causes) pci.add(CAUSES, "causes", properties);
    }

    /** What processors took since the last time, a microsecond later. */
    private List<String> taken() {
        return takenUntil(lastNs + 1_000);
    }

    private void clear(long mask) {
        pci.write(PHYSICAL, 4, mask);
    }

    // ---- the line ----

    @Test
    void withoutMessagesTheLineIsAssertedWhileAnyCauseHolds() {
        PciFixture.Causes device = device("line", line());
        test.handler =
                (processor, _) -> {
                    clear(Long.lowestOneBit(pci.read(PHYSICAL, 4)));
                    processor.interruptUnit().endOfInterrupt();
                };

        device.cause(0b111);

        assertThat(pci.config(device, STATUS, 2) & INTERRUPT_STATUS).isNotZero();
        assertThat(taken()).containsExactly("cpu0 0x51", "cpu0 0x51", "cpu0 0x51");
        assertThat(pci.config(device, STATUS, 2) & INTERRUPT_STATUS).isZero();
    }

    @Test
    void interruptDisableTakesTheLineBackAndLeavesTheStatus() {
        PciFixture.Causes device = device("line", line());
        pci.configure(device, COMMAND, 2, MEMORY_SPACE | INTERRUPT_DISABLE);
        test.handler =
                (processor, _) -> {
                    clear(-1);
                    processor.interruptUnit().endOfInterrupt();
                };

        device.cause(1);

        assertThat(taken()).isEmpty();
        assertThat(pci.config(device, STATUS, 2) & INTERRUPT_STATUS).isNotZero();
        pci.configure(device, COMMAND, 2, MEMORY_SPACE);
        assertThat(taken()).containsExactly("cpu0 0x51");
    }

    @Test
    void aDeviceWithALineIsToldWhichAndItsDriverToo() {
        PciFixture.Causes device = device("line", line());

        assertThat(pci.config(device, 0x3C, 1)).isEqualTo(PciFixture.LINE);
        assertThat(device.trigger()).isEqualTo(Trigger.LEVEL_SENSITIVE);
        assertThat(definitions(device))
                .contains("#define CAUSES_MESSAGES 0x0UL", "#define CAUSES_MODE LevelSensitive");
    }

    // ---- MSI ----

    @Test
    void withMsiTheLowBitsOfTheDataNumberTheMessage() {
        PciFixture.Causes device = device("msi", number(8));

        device.cause(0b1000_0101);

        assertThat(taken()).containsExactly("cpu0 0x67", "cpu0 0x62", "cpu0 0x60");
        assertThat(pci.config(device, MSI_CONTROL, 2)).isEqualTo(0x1B7);
        assertThat(pci.config(device, STATUS, 2) & INTERRUPT_STATUS).isZero();
        assertThat(device.trigger()).isEqualTo(Trigger.LATCHED);
    }

    @Test
    void fewerEnabledMessagesAreShared() {
        PciFixture.Causes device =
                (PciFixture.Causes) pci.addGranted(1, CAUSES, "causes", "msi", number(8));

        device.cause(0b0000_0100);
        assertThat(taken()).containsExactly("cpu0 0x60");
        device.cause(0b0010_0000);

        assertThat(taken()).as("the message's condition held already").isEmpty();
        pci.configure(device, MSI_CONTROL, 2, 1 << 4 | 1);
        assertThat(taken()).as("cause 5 has message 1 now").containsExactly("cpu0 0x61");
    }

    @Test
    void aMaskedMessageOfMsiPendsUntilItIsUnmasked() {
        PciFixture.Causes device = device("msi", number(4));
        pci.configure(device, MSI_MASK, 4, 0xFFFF_FFFFL);

        device.cause(0b0110);

        assertThat(taken()).isEmpty();
        assertThat(pci.config(device, MSI_MASK, 4)).isEqualTo(0xF);
        assertThat(pci.config(device, MSI_PENDING, 4)).isEqualTo(0b0110);
        pci.configure(device, MSI_MASK, 4, 0b1011);
        assertThat(taken()).containsExactly("cpu0 0x62");
        assertThat(pci.config(device, MSI_PENDING, 4)).isEqualTo(0b0010);
        clear(0b0010);
        pci.configure(device, MSI_MASK, 4, 0);
        assertThat(taken()).as("its reason is gone").isEmpty();
    }

    @Test
    void moreMessagesThanTheFunctionHasCannotBeEnabled() {
        PciFixture.Causes device = device("msi", number(2));
        pci.configure(device, MSI_CONTROL, 2, 7 << 4 | 1);

        device.cause(0b1000);

        assertThat(taken()).containsExactly("cpu0 0x61");
        assertThat(device.function().enabledMessages()).isEqualTo(2);
    }

    // ---- MSI-X ----

    @Test
    void withMsixEachMessageHasItsOwnAddressAndData() {
        PciFixture pair = new PciFixture(2);
        PciFixture.Causes device = (PciFixture.Causes) pair.add(CAUSES, "causes");
        long table = pair.tableOf(device);
        pair.write(table + 0x10, 4, 0xFEE0_1000L);
        pair.write(table + 0x18, 4, 0x91);

        device.cause(0b11);
        pair.test.run();

        assertThat(pair.test.taken).containsExactlyInAnyOrder("cpu0 0x60", "cpu1 0x91");
        assertThat(pair.config(device, MSIX_CONTROL, 2)).isEqualTo(ENABLE_MSIX | 7);
        assertThat(pair.config(device, MSIX + 4, 8)).isEqualTo(0x8004_0000_0004L);
        assertThat(pair.read(table, 8)).isEqualTo(0xFEE0_0000L);
        assertThat(pair.read(table + 0x08, 8)).isEqualTo(0x60);
    }

    @Test
    void atPowerOnEveryEntryIsMasked() {
        PciFixture.Causes device = device("line", line());
        MsixTable table = device.function().msix().orElseThrow().table();

        assertThat(table.entries()).isEqualTo(8);
        for (int i = 0; i < table.entries(); i++) {
            assertThat(table.isMasked(i)).as("entry %d", i).isTrue();
        }
    }

    @Test
    void aMaskedEntryPendsUntilItIsUnmasked() {
        PciFixture.Causes device = device();
        long table = pci.tableOf(device);
        pci.write(table + 0x3C, 4, 0xFFFF_FFFFL);

        device.cause(0b1000);

        assertThat(taken()).isEmpty();
        assertThat(pci.read(table + 0x3C, 4)).isEqualTo(1);
        assertThat(pci.read(table + PENDING, 8)).isEqualTo(0b1000);
        pci.write(table + 0x3C, 4, 0);
        assertThat(taken()).containsExactly("cpu0 0x63");
        assertThat(pci.read(table + PENDING, 4)).isZero();
    }

    @Test
    void aPendingMessageWhoseReasonIsGoneIsForgotten() {
        PciFixture.Causes device = device();
        long table = pci.tableOf(device);
        pci.write(table + 0x3C, 4, 1);
        device.cause(0b1000);

        clear(0b1000);

        assertThat(pci.read(table + PENDING, 8)).isZero();
        pci.write(table + 0x3C, 4, 0);
        assertThat(taken()).isEmpty();
    }

    @Test
    void theMaskOfTheFunctionMasksEveryMessage() {
        PciFixture.Causes device = device();
        long table = pci.tableOf(device);
        pci.write(table + 0x0C, 4, 1);
        pci.configure(device, MSIX_CONTROL, 2, ENABLE_MSIX | FUNCTION_MASK);

        device.cause(0b0111);

        assertThat(taken()).isEmpty();
        assertThat(pci.read(table + PENDING, 4)).isEqualTo(0b0111);
        pci.write(table + 0x0C, 4, 0);
        assertThat(taken()).as("unmasked in the table alone").isEmpty();
        pci.write(table + 0x0C, 4, 1);
        pci.configure(device, MSIX_CONTROL, 2, ENABLE_MSIX);
        assertThat(taken()).containsExactlyInAnyOrder("cpu0 0x62", "cpu0 0x61");
        assertThat(pci.read(table + PENDING, 4)).isEqualTo(0b0001);
    }

    @Test
    void theTableHasUpTo2048EntriesAndThosePastTheGrantedMessagesSendMessage0() {
        PciFixture.Causes device =
                (PciFixture.Causes) pci.addGranted(1, CAUSES, "causes", "msix", number(2048));
        long table = pci.tableOf(device);

        device.cause(0b1000_0000);

        assertThat(taken()).containsExactly("cpu0 0x60");
        assertThat(pci.config(device, MSIX_CONTROL, 2)).isEqualTo(ENABLE_MSIX | 0x7FF);
        assertThat(pci.read(table + 0x7FF8, 8)).isEqualTo(0x60);
        pci.write(table + 0x7FFC, 4, 1);
        assertThat(pci.read(table + 0x7FF8, 8)).isEqualTo(0x1_0000_0060L);
        assertThat(pci.read(table + 0x80FC, 4)).isZero();
        assertThat(definitions(device))
                .contains(
                        "#define CAUSES_MESSAGES 0x1UL",
                        "#define CAUSES_MESSAGE_VECTOR(n) ((n) == 0 ? 0x60UL : 0)");
    }

    @Test
    void accessesToTheTableThatAreNotWholeReachNothing() {
        PciFixture.Causes device = device();
        long table = pci.tableOf(device);
        pci.write(table + 9, 1, 0xEE);
        pci.write(table + 10, 8, -1);

        assertThat(pci.read(table + 8, 4)).isEqualTo(0x60);
        assertThat(pci.read(table + 12, 4)).as("bytes 12 to 15 were covered").isEqualTo(1);
        assertThat(pci.read(table + 8, 1)).isZero();
        assertThat(pci.read(table + 0x1000, 4)).isZero();
    }

    @Test
    void msixCountsWhereMsiIsEnabledToo() {
        PciFixture.Causes device = device();
        pci.configure(device, MSI_CONTROL, 2, 1);

        device.cause(0b10);

        assertThat(taken()).containsExactly("cpu0 0x61");
    }

    @Test
    void withBothDisabledTheLineIsUsedAgain() {
        PciFixture.Causes device = device("line", line(), "msix", number(8));
        device.cause(1);
        assertThat(taken()).containsExactly("cpu0 0x60");
        test.handler =
                (processor, _) -> {
                    clear(-1);
                    processor.interruptUnit().endOfInterrupt();
                };

        pci.configure(device, MSIX_CONTROL, 2, 0);

        assertThat(taken()).containsExactly("cpu0 0x51");
        pci.configure(device, MSIX_CONTROL, 2, ENABLE_MSIX);
        device.cause(1);
        assertThat(taken()).containsExactly("cpu0 0x60");
    }

    @Test
    void aMessageIsOnlySentByABusMaster() {
        PciFixture.Causes device = device();
        pci.configure(device, COMMAND, 2, MEMORY_SPACE);

        device.cause(1);

        assertThat(taken()).isEmpty();
        assertThat(test.events(Event.DmaRefused.class))
                .containsExactly(
                        new Event.DmaRefused(
                                "causes", 0xFEE0_0000L, 4, true, "bus mastering is off"));
        pci.configure(device, COMMAND, 2, MEMORY_SPACE | BUS_MASTER);
        assertThat(taken()).as("it is not sent again").isEmpty();
    }

    @Test
    void aMessageToMemoryIsAWriteAndOneToNowhereIsLost() {
        PciFixture.Causes device = device();
        long table = pci.tableOf(device);
        pci.write(table, 8, 0x8003);
        pci.write(table + 8, 4, 0xA1B2_C3D4L);
        pci.write(table + 0x10, 8, 0x7FFF_FEE0_0000L);

        device.cause(0b11);

        byte[] written = new byte[4];
        test.machine.readPhysical(0x8000, written);
        assertThat(written).containsExactly(0xD4, 0xC3, 0xB2, 0xA1);
        assertThat(test.events(Event.DmaRefused.class))
                .containsExactly(
                        new Event.DmaRefused(
                                "causes", 0x7FFF_FEE0_0000L, 4, true, "no memory is there"));
        assertThat(taken()).isEmpty();
    }

    @Test
    void aCauseThatStillHoldsCanBeRequestedAgain() {
        PciFixture.Causes device = device();
        device.cause(0b100);
        assertThat(taken()).containsExactly("cpu0 0x62");

        device.again(2);
        device.again(3);

        assertThat(taken()).containsExactly("cpu0 0x62");
    }

    // ---- what a scenario does ----

    @Test
    void stimuliMeanOneMessageOrAllTogether() {
        PciFixture.Causes device = device();
        device.apply(new InterruptStimulus.Lose(2), 1);
        device.apply(new InterruptStimulus.Lose(4));

        device.cause(0b001);
        device.cause(0b010);
        clear(0b010);
        device.cause(0b010);
        clear(0b011);
        device.cause(0b001);
        clear(0b001);
        device.cause(0b010);

        assertThat(taken()).containsExactlyInAnyOrder("cpu0 0x60", "cpu0 0x61");
        assertThat(stimuli()).containsExactly("lose interrupt 2 message 1", "lose interrupt 4");
    }

    @Test
    void aMessageCanBeDelayedDuplicatedRaisedAndStormed() {
        PciFixture.Causes device = device();
        device.apply(new InterruptStimulus.Delay(1, 5_000), 3);
        device.apply(new InterruptStimulus.Duplicate(1), 2);

        device.cause(0b1100);
        assertThat(takenUntil(1_000)).containsExactly("cpu0 0x62");
        clear(0b0100);
        assertThat(takenUntil(2_000)).containsExactly("cpu0 0x62");
        assertThat(takenUntil(6_000)).containsExactly("cpu0 0x63");
        device.apply(new InterruptStimulus.Raise(), 5);
        device.apply(new InterruptStimulus.RaiseSpurious(), 6);
        device.apply(new InterruptStimulus.Storm(2, 1_000), 7);
        assertThat(takenUntil(6_500))
                .containsExactlyInAnyOrder("cpu0 0x65", "cpu0 0x66", "cpu0 0x67");
        assertThat(takenUntil(9_000)).containsExactly("cpu0 0x67");
        assertThat(stimuli())
                .containsExactly(
                        "duplicate interrupt 1 message 2",
                        "delay interrupt 1 by 5000 ns message 3",
                        "raise message 5",
                        "raise spurious message 6",
                        "storm 2 every 1000 ns message 7");
    }

    @Test
    void aMomentHoldsWhatIsPlannedDelayedAndPending() {
        PciFixture.Causes device = device();
        device.apply(new InterruptStimulus.Delay(1, 5_000), 3);
        device.apply(new InterruptStimulus.Lose(3));
        device.apply(new InterruptStimulus.Storm(3, 1_000), 7);
        pci.write(pci.tableOf(device) + 0x4C, 4, 1);
        device.cause(0b0001_1000);
        test.runUntil(500);
        test.taken.clear();
        Snapshot moment = test.machine.snapshot();
        List<String> first = goOn(device);

        test.machine.restore(moment);
        List<String> second = goOn(device);

        assertThat(first)
                .containsExactly("cpu0 0x64", "cpu0 0x67", "cpu0 0x67", "cpu0 0x63", "hash");
        assertThat(second).isEqualTo(first);
    }

    private List<String> goOn(PciFixture.Causes device) {
        test.taken.clear();
        device.cause(0b0010_0000);
        pci.write(0xFD00_004CL, 4, 0);
        test.run();
        test.taken.add("hash");
        return List.copyOf(test.taken);
    }

    // ---- messages without a cause ----

    @Test
    void aMessageThatIsSentIsOneInterruptAndPendsWhileItIsMasked() {
        PciFixture.Causes device = device();
        long control = pci.tableOf(device) + 0x3C;

        device.sendOnce(3);
        assertThat(taken()).containsExactly("cpu0 0x63");
        pci.write(control, 4, 1);
        device.sendOnce(3);
        device.sendOnce(3);
        assertThat(takenUntil(2_000)).isEmpty();
        pci.write(control, 4, 0);

        assertThat(takenUntil(3_000)).containsExactly("cpu0 0x63");
    }

    @Test
    void stimuliMeanMessagesThatAreSentAsWell() {
        PciFixture.Causes device = device();
        device.apply(new InterruptStimulus.Lose(1), 1);
        device.apply(new InterruptStimulus.Delay(1, 5_000), 2);
        device.apply(new InterruptStimulus.Duplicate(1), 3);

        device.sendOnce(1);
        device.sendOnce(2);
        device.sendOnce(3);

        assertThat(takenUntil(500)).containsExactly("cpu0 0x63");
        assertThat(takenUntil(2_000)).containsExactly("cpu0 0x63");
        assertThat(takenUntil(6_000)).containsExactly("cpu0 0x62");
        device.sendOnce(1);
        assertThat(takenUntil(7_000)).containsExactly("cpu0 0x61");
    }

    @Test
    void withoutMessagesThatAreEnabledNothingIsSent() {
        PciFixture.Causes device = device("line", line());

        device.sendOnce(0);

        assertThat(taken()).isEmpty();
    }

    private List<String> takenUntil(long timeNs) {
        lastNs = timeNs;
        test.runUntil(timeNs);
        List<String> taken = List.copyOf(test.taken);
        test.taken.clear();
        return taken;
    }

    private List<String> stimuli() {
        return test.events(Event.StimulusApplied.class).stream()
                .map(Event.StimulusApplied::stimulus)
                .toList();
    }

    private static List<String> definitions(Device device) {
        return device.constants().stream().map(DeviceConstant::definition).toList();
    }
}
