package dev.dirql.devices;

import static dev.dirql.devices.PciFixture.BAR0;
import static dev.dirql.devices.PciFixture.BAR4;
import static dev.dirql.devices.PciFixture.BUS_MASTER;
import static dev.dirql.devices.PciFixture.CAUSES;
import static dev.dirql.devices.PciFixture.COMMAND;
import static dev.dirql.devices.PciFixture.MEMORY_SPACE;
import static dev.dirql.devices.PciFixture.MSI;
import static dev.dirql.devices.PciFixture.MSIX;
import static dev.dirql.devices.PciFixture.PHYSICAL;
import static dev.dirql.devices.PciFixture.STATUS;
import static dev.dirql.devices.PciFixture.line;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dirql.devices.pci.PciAddress;
import dev.dirql.devices.pci.PciBus;
import dev.dirql.events.Event;
import dev.dirql.machine.Snapshot;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class PciBusTest {
    private static final long ONES = 0xFFFF_FFFFL;

    private final PciFixture pci = new PciFixture();

    private PciFixture.Causes causes() {
        return (PciFixture.Causes) pci.add(CAUSES, "causes");
    }

    @Test
    void functionsAreNumberedInTheOrderInWhichTheyAreDeclared() {
        for (int i = 0; i < 33; i++) {
            pci.addGranted(0, CAUSES, "causes" + i);
        }

        assertThat(pci.bus.functions().stream().map(f -> f.name() + " " + f.address().text()))
                .startsWith("pci 0:0.0", "causes0 0:1.0", "causes1 0:2.0")
                .endsWith("causes30 0:31.0", "causes31 0:1.1", "causes32 0:2.1");
        assertThat(pci.configByPorts(new PciAddress(0, 1, 0), 0x0E, 1)).isEqualTo(0x80);
        assertThat(pci.configByPorts(new PciAddress(0, 3, 0), 0x0E, 1)).isZero();
    }

    @Test
    void aFullBusTakesNoFunction() {
        for (int i = 0; i < 31 * 8; i++) {
            pci.addGranted(0, CAUSES, "causes" + i);
        }

        assertThatThrownBy(() -> pci.addGranted(0, CAUSES, "more"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("device more finds no place on the PCI bus");
    }

    @Test
    void configurationSpaceIsTheSameByPortsAndInMemory() {
        PciDevice device = causes();
        PciAddress address = device.function().address();

        assertThat(pci.config(device, 0x00, 4)).isEqualTo(0xCA05_1234L);
        assertThat(pci.configByPorts(address, 0x00, 4)).isEqualTo(0xCA05_1234L);
        assertThat(pci.configByPorts(address, 0x02, 2)).isEqualTo(0xCA05);
        assertThat(pci.configByPorts(address, 0x03, 1)).isEqualTo(0xCA);
        assertThat(pci.config(device, 0x08, 4)).isEqualTo(0xFF00_0003L);
        assertThat(pci.config(device, 0x2C, 4)).isEqualTo(0x0001_1234L);
        assertThat(pci.config(device, 0x3C, 2)).isEqualTo(0x01FF);
        assertThat(pci.config(device, STATUS, 2)).isEqualTo(0x10);
        assertThat(pci.config(device, 0x34, 1)).isEqualTo(MSI);
        assertThat(pci.config(device, MSI, 2)).isEqualTo(MSIX << 8 | 0x05);
        assertThat(pci.config(device, MSIX, 2)).isEqualTo(0x11);
        assertThat(pci.config(device, 0xFFC, 4)).isZero();

        pci.configureByPorts(address, 0x0C, 1, 0x40);

        assertThat(pci.config(device, 0x0C, 4)).isEqualTo(0x40);
    }

    @Test
    void nothingIsWhereNoFunctionIs() {
        causes();

        assertThat(pci.configByPorts(new PciAddress(0, 2, 0), 0, 4)).isEqualTo(ONES);
        assertThat(pci.configByPorts(new PciAddress(0, 1, 1), 0, 2)).isEqualTo(0xFFFF);
        assertThat(pci.configByPorts(new PciAddress(1, 1, 0), 0, 4)).isEqualTo(ONES);
        assertThat(pci.read(PciBus.CONFIGURATION_BASE + (2 << 15), 4)).isEqualTo(ONES);
        assertThat(pci.read(PciBus.CONFIGURATION_BASE + (1 << 20), 4)).isEqualTo(ONES);
        assertThat(pci.read(0xFD00_0000L, 8)).isEqualTo(-1);
        assertThat(pci.readPort(0x1000, 1)).isEqualTo(0xFF);
    }

    @Test
    void configDataIsNothingUnlessConfigAddressEnablesIt() {
        pci.writePort(PciBus.CONFIG_ADDRESS, 4, 0x0000_0000L);
        assertThat(pci.readPort(PciBus.CONFIG_DATA, 4)).isEqualTo(ONES);

        pci.writePort(PciBus.CONFIG_ADDRESS, 4, 0x8000_0003L);
        assertThat(pci.readPort(PciBus.CONFIG_ADDRESS, 4)).isEqualTo(0x8000_0000L);
        assertThat(pci.readPort(PciBus.CONFIG_DATA, 4)).isEqualTo(0x0000_1234L);
        assertThat(pci.readPort(PciBus.CONFIG_ADDRESS, 1)).isEqualTo(0xFF);

        pci.writePort(PciBus.CONFIG_ADDRESS + 3, 1, 0);
        assertThat(pci.readPort(PciBus.CONFIG_DATA, 4)).isEqualTo(0x0000_1234L);
    }

    @Test
    void aBaseAddressRegisterTellsItsSize() {
        PciDevice device = causes();
        pci.configure(device, BAR0, 4, ONES);
        pci.configure(device, BAR0 + 4, 4, ONES);
        pci.configure(device, BAR4, 4, ONES);
        pci.configure(device, 0x18, 4, ONES);

        assertThat(pci.config(device, BAR0, 4)).isEqualTo(0xFFFF_F004L);
        assertThat(pci.config(device, BAR0 + 4, 4)).isEqualTo(ONES);
        assertThat(pci.config(device, BAR4, 4)).isEqualTo(0xFFFF_0004L);
        assertThat(pci.config(device, 0x18, 4)).isZero();
        assertThat(pci.config(device, 0x30, 4)).isZero();
    }

    @Test
    void theSetUpOfTheMachineAssignsTheRegistersAndStartsTheFunction() {
        PciFixture.Causes device = causes();
        device.cause(0x05);

        assertThat(pci.config(device, BAR0, 4)).isEqualTo(PHYSICAL | 4);
        assertThat(pci.config(device, BAR4, 8)).isEqualTo(0xF000_0004L);
        assertThat(pci.read(0xF000_0008L, 4)).as("the table of MSI-X").isEqualTo(0x60);
        assertThat(pci.config(device, COMMAND, 2)).isEqualTo(MEMORY_SPACE | BUS_MASTER);
        assertThat(pci.read(PHYSICAL, 4)).isEqualTo(5);
    }

    @Test
    void memoryAnswersOnlyWhileItIsEnabledAndWhereTheRegisterSays() {
        PciFixture.Causes device = causes();
        device.cause(0x05);

        pci.configure(device, COMMAND, 2, BUS_MASTER);
        assertThat(pci.read(PHYSICAL, 4)).isEqualTo(ONES);
        pci.write(PHYSICAL, 4, 5);
        pci.configure(device, BAR0, 4, 0xFC00_0000L);
        pci.configure(device, BAR0 + 4, 4, 1);
        pci.configure(device, COMMAND, 2, BUS_MASTER | MEMORY_SPACE);

        assertThat(pci.read(PHYSICAL, 4)).isEqualTo(ONES);
        assertThat(pci.read(0xFC00_0000L, 4)).isEqualTo(ONES);
        assertThat(pci.read(0x1_FC00_0000L, 4)).isEqualTo(5);
        assertThat(pci.read(0x1_FC00_0FFCL, 4)).isZero();
        assertThat(pci.read(0x1_FC00_1000L, 4)).isEqualTo(ONES);
    }

    @Test
    void withoutBusMasteringNothingIsTransferredAndAnEventSaysSo() {
        PciFixture.Causes device = causes();
        byte[] bytes = new byte[16];
        assertThat(device.onBus().writeMemory(0x8000, new byte[] {1, 2, 3})).isTrue();

        pci.configure(device, COMMAND, 2, MEMORY_SPACE);

        assertThat(device.onBus().writeMemory(0x8000, new byte[] {9, 9, 9})).isFalse();
        assertThat(device.onBus().readMemory(0x8000, bytes)).isFalse();
        assertThat(bytes).containsOnly(0xFF);
        byte[] memory = new byte[3];
        pci.test.machine.readPhysical(0x8000, memory);
        assertThat(memory).containsExactly(1, 2, 3);
        assertThat(pci.test.events(Event.DmaRefused.class))
                .containsExactly(
                        new Event.DmaRefused("causes", 0x8000, 3, true, "bus mastering is off"),
                        new Event.DmaRefused("causes", 0x8000, 16, false, "bus mastering is off"));
        assertThat(pci.config(device, STATUS, 2)).isEqualTo(0x10);
    }

    @Test
    void whatIsNoMemoryAbortsTheTransfer() {
        PciFixture.Causes device = causes();
        for (long at : new long[] {1L << 20, (1L << 20) - 1, -8, Long.MAX_VALUE - 1, PHYSICAL}) {
            assertThat(device.onBus().readMemory(at, new byte[16])).as("at %x", at).isFalse();
            assertThat(device.onBus().writeMemory(at, new byte[16])).as("at %x", at).isFalse();
        }

        assertThat(pci.test.events(Event.DmaTransferred.class)).isEmpty();
        assertThat(pci.test.events(Event.DmaRefused.class))
                .hasSize(10)
                .allMatch(event -> event.reason().equals("no memory is there"));
        assertThat(pci.config(device, STATUS, 2)).isEqualTo(0x2010);
        pci.configure(device, STATUS, 2, 0x2000);
        assertThat(pci.config(device, STATUS, 2)).isEqualTo(0x10);
    }

    @Test
    void randomAccessesToConfigurationSpaceNeverFail() {
        long seed = 20261123;
        Random random = new Random(seed);
        PciFixture.Causes device = causes();
        for (int i = 0; i < 20_000; i++) {
            int size = 1 << random.nextInt(4);
            int offset = random.nextInt(4) == 0 ? random.nextInt(0x1000) : random.nextInt(0x80);
            long value = random.nextInt(8) == 0 ? -1 : random.nextLong();
            if (random.nextBoolean()) {
                // A vector that no local APIC delivers, in whatever mode, would end the run.
                boolean message = offset + size > MSI && offset < 0x78;
                pci.configure(
                        device, offset, size, message ? value & ~0x0101_0101_0101_0101L : value);
            } else {
                pci.config(device, offset, size);
            }
            pci.writePort(PciBus.CONFIG_ADDRESS, 4, random.nextLong());
            pci.readPort(PciBus.CONFIG_DATA + random.nextInt(4), size);
        }

        assertThat(pci.config(device, 0, 4)).as("seed %d", seed).isEqualTo(0xCA05_1234L);
    }

    @Test
    void aMomentHoldsAllOfConfigurationSpace() {
        PciFixture.Causes device = causes();
        pci.configure(device, COMMAND, 2, MEMORY_SPACE);
        pci.writePort(PciBus.CONFIG_ADDRESS, 4, 0x8000_0810L);
        pci.configureByPorts(new PciAddress(0, 0, 0), COMMAND, 2, 4);
        pci.write(pci.tableOf(device) + 0x10, 4, 0x1234_5678L);
        Snapshot moment = pci.test.machine.snapshot();
        long hash = pci.test.machine.exactHash();
        String state = state(device);

        pci.configure(device, COMMAND, 2, 0);
        pci.configure(device, BAR0, 4, 0);
        pci.configureByPorts(new PciAddress(0, 0, 0), COMMAND, 2, 0);
        pci.configure(device, COMMAND, 2, MEMORY_SPACE);
        pci.write(0xFD00_0010L, 4, 0);
        assertThat(pci.test.machine.exactHash()).isNotEqualTo(hash);
        pci.test.machine.restore(moment);

        assertThat(pci.test.machine.exactHash()).isEqualTo(hash);
        assertThat(state(device)).isEqualTo(state);
    }

    private String state(PciDevice device) {
        return "%x %x %x %x %x"
                .formatted(
                        pci.readPort(PciBus.CONFIG_ADDRESS, 4),
                        pci.config(device, COMMAND, 4),
                        pci.config(device, BAR0, 8),
                        pci.read(PciBus.CONFIGURATION_BASE + 4, 2),
                        pci.read(0xFD00_0010L, 8));
    }

    @Test
    void aDeviceOnTheBusIsRefusedWhatContradictsItself() {
        assertThatThrownBy(() ->
                        pci.add(CAUSES, "c", "line", new PropertyValue.Line(3, Trigger.LATCHED)))
                .hasMessage("device c: the line of a PCI device is level-sensitive");
        assertThatThrownBy(() ->
                        pci.add(
                                CAUSES,
                                "c",
                                "msi",
                                PciFixture.number(2),
                                "msix",
                                PciFixture.number(2)))
                .hasMessage("device c has both msi and msix; take one away");
        assertThatThrownBy(() -> pci.add(CAUSES, "c", "msi", PciFixture.number(3), "line", line()))
                .hasMessage("device c: msi is 1, 2, 4, 8, 16 or 32, not 3");
    }
}
