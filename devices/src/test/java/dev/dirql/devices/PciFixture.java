package dev.dirql.devices;

import dev.dirql.devices.pci.PciAddress;
import dev.dirql.devices.pci.PciBus;
import dev.dirql.devices.pci.PciFunction;
import dev.dirql.devices.pci.PciIdentity;
import dev.dirql.devices.register.Access;
import dev.dirql.devices.register.Register;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Devices on a PCI bus in a {@link TestMachine}, reached as drivers and system software do. */
final class PciFixture {
    static final long PHYSICAL = 0xFE00_0000L;
    static final long VIRTUAL = 0xFFFF_A000_0000_0000L;
    static final int LINE = 11;
    static final int LINE_VECTOR = 0x51;
    static final long LEVEL = 1 << 15;

    static final int COMMAND = 0x04;
    static final int STATUS = 0x06;
    static final int BAR0 = 0x10;
    static final int BAR4 = 0x20;
    static final int MSI = 0x50;
    static final int MSIX = 0x68;
    static final int IO_SPACE = 1;
    static final int MEMORY_SPACE = 2;
    static final int BUS_MASTER = 4;
    static final int INTERRUPT_DISABLE = 1 << 10;

    /** A device with a cause of an interrupt for each of 8 bits; bit n belongs to message n. */
    static final DeviceType CAUSES =
            new DeviceType(
                    "Causes",
                    "Interrupts for 8 causes.",
                    PciInterrupts.with(),
                    List.of(),
                    Causes::new,
                    new PciType(new PciIdentity(0x1234, 0xCA05, 0xFF_00_00, 3, 1), _ -> 8));

    final TestMachine test;
    final PciBus bus;
    private final List<PciDevice> devices = new ArrayList<>();

    PciFixture() {
        this(1);
    }

    PciFixture(int processors) {
        test = new TestMachine(processors).readyToPause();
        bus = new PciBus(test.machine);
        test.redirect(LINE, LINE_VECTOR | LEVEL);
    }

    /** A device with as many messages as it wants: message n has the vector 0x60 + n. */
    PciDevice add(DeviceType type, String name, Object... properties) {
        return addGranted(Integer.MAX_VALUE, type, name, properties);
    }

    /** A device with at most so many messages. */
    PciDevice addGranted(int granted, DeviceType type, String name, Object... properties) {
        Map<String, PropertyValue> given = new LinkedHashMap<>();
        for (int i = 0; i < properties.length; i += 2) {
            given.put((String) properties[i], (PropertyValue) properties[i + 1]);
        }
        PropertyValues values = type.values(name, given);
        List<MessageResource> messages = new ArrayList<>();
        int wanted = Math.min(type.messages(name, values).count(), granted);
        for (int i = 0; i < wanted; i++) {
            messages.add(MessageResource.of(0x60 + i, 6 + i / 16, 1));
        }
        int index = devices.size();
        DeviceResources resources =
                new DeviceResources(
                        PHYSICAL + 0x1_0000L * index,
                        VIRTUAL + 0x1_0000L * index,
                        messages.isEmpty() ? LINE_VECTOR : 0x60,
                        5,
                        1,
                        List.of(),
                        messages);
        PciDevice made =
                (PciDevice)
                        type.maker()
                                .apply(new DeviceSetup(test.machine, name, values, resources, bus));
        devices.add(made);
        return made;
    }

    static PropertyValue number(long value) {
        return new PropertyValue.Quantity(value);
    }

    static PropertyValue line() {
        return new PropertyValue.Line(LINE, Trigger.LEVEL_SENSITIVE);
    }

    // ---- memory and registers ----

    long read(long physical, int size) {
        return test.machine.bus().readMemory(test.processor(0), physical, size);
    }

    void write(long physical, int size, long value) {
        test.machine.bus().writeMemory(test.processor(0), physical, size, value);
    }

    long readPort(int port, int size) {
        return test.machine.bus().readPort(test.processor(0), port, size);
    }

    void writePort(int port, int size, long value) {
        test.machine.bus().writePort(test.processor(0), port, size, value);
    }

    long config(PciDevice device, int offset, int size) {
        return read(PciBus.configurationOf(device.function().address()) + offset, size);
    }

    void configure(PciDevice device, int offset, int size, long value) {
        write(PciBus.configurationOf(device.function().address()) + offset, size, value);
    }

    /** Configuration space by ports. */
    long configByPorts(PciAddress address, int offset, int size) {
        selectByPorts(address, offset);
        return readPort(PciBus.CONFIG_DATA + (offset & 3), size);
    }

    void configureByPorts(PciAddress address, int offset, int size, long value) {
        selectByPorts(address, offset);
        writePort(PciBus.CONFIG_DATA + (offset & 3), size, value);
    }

    private void selectByPorts(PciAddress address, int offset) {
        writePort(
                PciBus.CONFIG_ADDRESS,
                4,
                1L << 31
                        | address.bus() << 16
                        | address.device() << 11
                        | address.function() << 8
                        | (offset & 0xFC));
    }

    /** Gives the table of MSI-X an address and gives that address. */
    long tableOf(PciDevice device) {
        long at = 0xFD00_0000L;
        configure(device, BAR4, 4, at);
        configure(device, BAR4 + 4, 4, 0);
        return at;
    }

    static final class Causes extends PciDevice {
        private final Register causes =
                Register.named("CAUSES")
                        .at(0)
                        .describedAs("The causes that hold.")
                        .access(Access.WRITE_ONE_TO_CLEAR)
                        .afterWrite(_ -> updateLine());

        Causes(DeviceSetup setup) {
            super(CAUSES, setup);
            install(causes);
        }

        /** Lets causes hold. */
        void cause(long mask) {
            causes.raise(mask);
            updateLine();
        }

        void again(int cause) {
            requestAgain(cause);
        }

        void sendOnce(int message) {
            send(message);
        }

        PciFunction onBus() {
            return function();
        }

        @Override
        protected int causes() {
            return 8;
        }

        @Override
        protected boolean holds(int cause) {
            return causes.isSet(1L << cause);
        }

        @Override
        protected int messageOf(int cause) {
            return cause;
        }

        @Override
        protected void raise(int message) {
            causes.raise(1L << causeOf(message));
        }

        @Override
        protected void saveDevice(StateWriter out) {}

        @Override
        protected void restoreDevice(StateReader in) {}
    }
}
