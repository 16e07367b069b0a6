package dev.dirql.simulation;

import dev.dirql.devices.Device;
import dev.dirql.devices.DeviceCatalog;
import dev.dirql.devices.DeviceResources;
import dev.dirql.devices.DeviceType;
import dev.dirql.devices.InterruptAffinity;
import dev.dirql.devices.MessageResource;
import dev.dirql.devices.PciDevice;
import dev.dirql.devices.PropertyValue;
import dev.dirql.devices.PropertyValues;
import dev.dirql.devices.RegisterRange;
import dev.dirql.devices.Trigger;
import dev.dirql.devices.pci.BaseAddress;
import dev.dirql.devices.pci.PciBus;
import dev.dirql.devices.pci.PciFunction;
import dev.dirql.devices.register.RegisterBlock;
import dev.dirql.kernel.Irql;
import dev.dirql.kernel.interrupts.InterruptVectors;
import dev.dirql.kernel.pnp.ConfigurationSpace;
import dev.dirql.kernel.pnp.PnpDevice;
import dev.dirql.kernel.pnp.PnpDevices;
import dev.dirql.kernel.pnp.PnpResource;
import dev.dirql.machine.Machine;
import dev.dirql.machine.PageFlags;
import dev.dirql.machine.PhysicalMemory;
import dev.dirql.machine.Processor;
import dev.dirql.scenario.language.DeviceDeclaration;
import dev.dirql.scenario.language.Scenario;
import dev.dirql.scenario.source.Diagnostic;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * The devices of one machine. Each has a window of its own for registers, mapped where its driver
 * is told, the vector that the kernel gives its wire, and vectors for its messages. The PCI bus is
 * always there.
 */
final class MachineDevices {
    private static final long PHYSICAL = 0xFE00_0000L;
    private static final long VIRTUAL = 0xFFFF_A000_0000_0000L;

    /** Space for the registers of one device. */
    private static final long WINDOW = 0x1_0000;

    private final Map<String, Device> devices;

    private MachineDevices(Map<String, Device> devices) {
        this.devices = devices;
    }

    /**
     * Makes the devices.
     *
     * @param types tells the type of each
     * @param problems takes what is wrong with a declaration
     */
    static MachineDevices in(
            Machine machine,
            List<DeviceDeclaration> declarations,
            Function<DeviceDeclaration, DeviceType> types,
            List<Diagnostic> problems) {
        Map<String, Device> made = new LinkedHashMap<>();
        PciBus pciBus = new PciBus(machine);
        MessageVectors vectors = new MessageVectors(vectorsOfLines(declarations));
        for (DeviceDeclaration declaration : declarations) {
            try {
                Map<String, PropertyValue> properties =
                        DeviceTypes.values(declaration.properties());
                DeviceType type = types.apply(declaration);
                Device device =
                        DeviceCatalog.create(
                                type,
                                declaration.name(),
                                properties,
                                machine,
                                pciBus,
                                resources(
                                        machine,
                                        made.size(),
                                        declaration,
                                        type,
                                        properties,
                                        vectors));
                made.put(declaration.name(), device);
                map(machine, device);
                if (device instanceof PciDevice function) {
                    function.maskMessages();
                }
            } catch (IllegalArgumentException e) {
                problems.add(
                        Diagnostic.error(
                                declaration.position(),
                                declaration.name().length(),
                                String.valueOf(e.getMessage()),
                                ""));
            }
        }
        return new MachineDevices(made);
    }

    private static Set<Integer> vectorsOfLines(List<DeviceDeclaration> declarations) {
        Set<Integer> vectors = new TreeSet<>();
        for (DeviceDeclaration declaration : declarations) {
            if (declaration.property("line").isPresent()) {
                vectors.add(InterruptVectors.ofLine((int) declaration.number("line")));
            }
            for (String interrupt : declaration.type().furtherInterrupts()) {
                vectors.add(further(declaration, interrupt + "_line", false).vector());
            }
        }
        return vectors;
    }

    private static DeviceResources resources(
            Machine machine,
            int index,
            DeviceDeclaration declaration,
            DeviceType type,
            Map<String, PropertyValue> properties,
            MessageVectors vectors) {
        int processors = machine.settings().processors();
        PropertyValues values = type.values(declaration.name(), properties);
        List<Integer> granted =
                vectors.grant(declaration.name(), type.messages(declaration.name(), values));
        String name = declaration.name();
        boolean oneAddress = type.messages(name, values).consecutive();
        List<MessageResource> messages = new ArrayList<>();
        for (int vector : granted) {
            int place = oneAddress ? 0 : messages.size();
            long set = InterruptAffinity.of(name, values, index, place, processors);
            messages.add(MessageResource.of(vector, InterruptVectors.irqlOf(vector), set));
        }
        boolean passive = messages.isEmpty() && type.isPassive(values);
        int vector = 0;
        if (!messages.isEmpty()) {
            vector = messages.getFirst().vector();
        } else if (declaration.property("line").isPresent()) {
            vector = InterruptVectors.ofLine((int) declaration.number("line"));
        }
        return new DeviceResources(
                PHYSICAL + index * WINDOW,
                VIRTUAL + index * WINDOW,
                vector,
                passive ? Irql.PASSIVE_LEVEL : InterruptVectors.irqlOf(vector),
                InterruptAffinity.of(name, values, index, 0, processors),
                declaration.type().furtherInterrupts().stream()
                        .map(interrupt -> further(declaration, interrupt + "_line", passive))
                        .toList(),
                messages);
    }

    private static DeviceResources.Vector further(
            DeviceDeclaration declaration, String property, boolean passive) {
        int vector =
                declaration.property(property).isPresent()
                        ? InterruptVectors.ofLine((int) declaration.number(property))
                        : 0;
        return new DeviceResources.Vector(
                vector, passive ? Irql.PASSIVE_LEVEL : InterruptVectors.irqlOf(vector));
    }

    private static void map(Machine machine, Device device) {
        for (RegisterRange range : device.ranges()) {
            if (range.ports()) {
                continue;
            }
            for (long page = 0; page < range.size(); page += PhysicalMemory.FRAME_SIZE) {
                machine.map(
                        machine.kernelSpace(),
                        range.pointer() + page,
                        (range.start() + page) >>> PhysicalMemory.FRAME_SHIFT,
                        PageFlags.DEVICE | PageFlags.WRITABLE);
            }
        }
    }

    Device device(String name) {
        Device device = devices.get(name);
        if (device == null) {
            throw new IllegalStateException("the machine has no device " + name);
        }
        return device;
    }

    List<Device> all() {
        return new ArrayList<>(devices.values());
    }

    /** Tells Plug and Play of the devices of a scenario and of their drivers, the lowest first. */
    static void describe(Scenario scenario, MachineDevices devices, PnpDevices told) {
        for (DeviceDeclaration declaration : scenario.devices()) {
            List<Integer> drivers = new ArrayList<>();
            for (int i = 0; i < scenario.drivers().size(); i++) {
                if (scenario.drivers().get(i).devices().contains(declaration.name())) {
                    drivers.add(i);
                }
            }
            told.add(plugAndPlay(devices.device(declaration.name())), drivers);
        }
    }

    private static PnpDevice plugAndPlay(Device device) {
        List<PnpResource> resources = new ArrayList<>();
        if (device instanceof PciDevice pci) {
            PciFunction function = pci.function();
            for (BaseAddress base : function.bases()) {
                resources.add(
                        base.kind() == BaseAddress.Kind.PORTS
                                ? new PnpResource.Ports(base.address(), base.size())
                                : new PnpResource.Memory(base.address(), base.size()));
            }
            interrupts(device, pci.msiMaskBits() != 0, resources);
            return new PnpDevice(
                    device.name(),
                    "PCI\\VEN_%04X&DEV_%04X"
                            .formatted(function.identity().vendor(), function.identity().device()),
                    device.type().name(),
                    PnpDevice.PCI_BUS,
                    function.address().bus(),
                    function.address().device() << 16 | function.address().function(),
                    resources,
                    new PciConfiguration(function.configuration()),
                    device::vanish);
        }
        long bytes = device.registers().size();
        resources.add(
                device.hasPorts()
                        ? new PnpResource.Ports(device.portBase(), bytes)
                        : new PnpResource.Memory(device.resources().physicalBase(), bytes));
        interrupts(device, false, resources);
        return new PnpDevice(
                device.name(),
                "DIRQL\\" + device.type().name(),
                device.type().name(),
                PnpDevice.INTERNAL,
                0,
                -1,
                resources,
                ConfigurationSpace.NONE,
                device::vanish);
    }

    /**
     * Messages, or else lines.
     *
     * @param msi whether one descriptor is for all messages
     */
    private static void interrupts(Device device, boolean msi, List<PnpResource> resources) {
        DeviceResources assigned = device.resources();
        List<MessageResource> messages = assigned.messages();
        if (!messages.isEmpty()) {
            MessageResource first = messages.getFirst();
            for (MessageResource one : msi ? List.of(first) : messages) {
                resources.add(
                        new PnpResource.Messages(
                                msi ? messages.size() : 1,
                                one.vector(),
                                one.irql(),
                                one.affinity()));
            }
            return;
        }
        boolean latched = device.trigger() == Trigger.LATCHED;
        if (device.line() >= 0) {
            resources.add(
                    new PnpResource.Line(
                            device.line(),
                            assigned.vector(),
                            assigned.irql(),
                            assigned.affinity(),
                            latched));
        }
        List<String> names = List.copyOf(device.furtherInterrupts().keySet());
        for (int i = 0; i < names.size(); i++) {
            DeviceResources.Vector vector = assigned.further().get(i);
            if (vector.vector() != 0) {
                resources.add(
                        new PnpResource.Line(
                                device.properties().line(names.get(i) + "_line").input(),
                                vector.vector(),
                                vector.irql(),
                                assigned.affinity(),
                                latched));
            }
        }
    }

    /** The configuration space of a PCI function, byte by byte as software asks for it. */
    private record PciConfiguration(RegisterBlock registers) implements ConfigurationSpace {
        private static final int BYTES = 0x1000;

        @Override
        public byte[] read(Processor processor, int offset, int count) {
            int there = there(offset, count);
            byte[] bytes = new byte[there];
            for (int i = 0; i < there; ) {
                int size = unit(offset + i, there - i);
                long value = registers.read(processor, offset + i, size);
                for (int k = 0; k < size; k++) {
                    bytes[i++] = (byte) (value >>> (8 * k));
                }
            }
            return bytes;
        }

        @Override
        public int write(Processor processor, int offset, byte[] bytes) {
            int there = there(offset, bytes.length);
            for (int i = 0; i < there; ) {
                int size = unit(offset + i, there - i);
                long value = 0;
                for (int k = 0; k < size; k++) {
                    value |= (bytes[i + k] & 0xFFL) << (8 * k);
                }
                registers.write(processor, offset + i, size, value);
                i += size;
            }
            return there;
        }

        private static int there(int offset, int count) {
            return offset < 0 ? 0 : Math.max(0, Math.min(count, BYTES - offset));
        }

        /** The largest aligned access, at most 4 bytes. */
        private static int unit(int offset, int left) {
            return (offset & 3) == 0 && left >= 4 ? 4 : (offset & 1) == 0 && left >= 2 ? 2 : 1;
        }
    }
}
