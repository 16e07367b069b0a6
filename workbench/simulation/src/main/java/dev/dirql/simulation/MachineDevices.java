package dev.dirql.simulation;

import dev.dirql.devices.Device;
import dev.dirql.devices.DeviceCatalog;
import dev.dirql.devices.DeviceResources;
import dev.dirql.kernel.interrupts.InterruptVectors;
import dev.dirql.machine.Machine;
import dev.dirql.machine.PageFlags;
import dev.dirql.machine.PhysicalMemory;
import dev.dirql.scenario.language.DeviceDeclaration;
import dev.dirql.scenario.language.Value;
import dev.dirql.scenario.source.Diagnostic;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The devices of one machine. Each has a window of its own for registers, mapped where its driver
 * is told, and the vector that the kernel gives its wire.
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
     * @param problems takes what is wrong with a declaration
     */
    static MachineDevices in(
            Machine machine, List<DeviceDeclaration> declarations, List<Diagnostic> problems) {
        Map<String, Device> made = new LinkedHashMap<>();
        int messages = 0;
        for (DeviceDeclaration declaration : declarations) {
            boolean message =
                    declaration
                            .property("message")
                            .filter(value -> value.equals(new Value.Truth(true)))
                            .isPresent();
            try {
                DeviceResources resources =
                        resources(machine, made.size(), declaration, message ? messages++ : -1);
                Device device =
                        DeviceCatalog.create(
                                declaration.type().name(),
                                declaration.name(),
                                DeviceTypes.values(declaration.properties()),
                                machine,
                                resources);
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

    private static DeviceResources resources(
            Machine machine, int index, DeviceDeclaration declaration, int message) {
        int vector = 0;
        if (message >= 0) {
            vector = InterruptVectors.ofMessage(message);
        } else if (declaration.property("line").isPresent()) {
            vector = InterruptVectors.ofLine((int) declaration.number("line"));
        }
        int processors = machine.settings().processors();
        return new DeviceResources(
                PHYSICAL + index * WINDOW,
                VIRTUAL + index * WINDOW,
                vector,
                InterruptVectors.irqlOf(vector),
                processors == 64 ? -1L : (1L << processors) - 1,
                declaration.type().furtherInterrupts().stream()
                        .map(interrupt -> further(declaration, interrupt + "_line"))
                        .toList());
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
