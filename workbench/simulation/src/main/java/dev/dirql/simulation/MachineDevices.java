package dev.dirql.simulation;

import dev.dirql.devices.Device;
import dev.dirql.devices.DeviceCatalog;
import dev.dirql.devices.DeviceResources;
import dev.dirql.devices.DeviceType;
import dev.dirql.devices.MessageResource;
import dev.dirql.devices.PropertyValue;
import dev.dirql.devices.PropertyValues;
import dev.dirql.devices.pci.PciBus;
import dev.dirql.kernel.interrupts.InterruptVectors;
import dev.dirql.machine.Machine;
import dev.dirql.machine.PageFlags;
import dev.dirql.machine.PhysicalMemory;
import dev.dirql.scenario.language.DeviceDeclaration;
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
                vectors.add(further(declaration, interrupt + "_line").vector());
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
        long affinity = processors == 64 ? -1L : (1L << processors) - 1;
        PropertyValues values = type.values(declaration.name(), properties);
        List<Integer> granted =
                vectors.grant(declaration.name(), type.messages(declaration.name(), values));
        List<MessageResource> messages = new ArrayList<>();
        for (int vector : granted) {
            messages.add(MessageResource.of(vector, InterruptVectors.irqlOf(vector), affinity));
        }
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
                InterruptVectors.irqlOf(vector),
                affinity,
                declaration.type().furtherInterrupts().stream()
                        .map(interrupt -> further(declaration, interrupt + "_line"))
                        .toList(),
                messages);
    }

    private static DeviceResources.Vector further(DeviceDeclaration declaration, String property) {
        int vector =
                declaration.property(property).isPresent()
                        ? InterruptVectors.ofLine((int) declaration.number(property))
                        : 0;
        return new DeviceResources.Vector(vector, InterruptVectors.irqlOf(vector));
    }

    private static void map(Machine machine, Device device) {
        if (device.hasPorts()) {
            return;
        }
        for (long page = 0; page < device.registers().size(); page += PhysicalMemory.FRAME_SIZE) {
            machine.map(
                    machine.kernelSpace(),
                    device.resources().virtualBase() + page,
                    (device.resources().physicalBase() + page) >>> PhysicalMemory.FRAME_SHIFT,
                    PageFlags.DEVICE | PageFlags.WRITABLE);
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
}
