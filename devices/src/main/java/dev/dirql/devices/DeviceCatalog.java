package dev.dirql.devices;

import dev.dirql.devices.apic.ApicSystem;
import dev.dirql.devices.pci.PciBus;
import dev.dirql.machine.DecisionSource;
import dev.dirql.machine.Machine;
import dev.dirql.machine.MachineSettings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The types of device there are, in the order they are listed to a person. */
public final class DeviceCatalog {
    /** Every type of device. */
    public static final List<DeviceType> TYPES =
            List.of(
                    IntervalTimer.TYPE,
                    BusMasterDisk.TYPE,
                    Uart16550.TYPE,
                    I8042.TYPE,
                    MultiQueueNic.TYPE,
                    NvmeDisk.TYPE);

    private DeviceCatalog() {}

    public static Optional<DeviceType> find(String name) {
        return TYPES.stream().filter(type -> type.name().equals(name)).findFirst();
    }

    /** Makes a device in a machine that has its interrupt controller and no PCI bus. */
    public static Device create(
            String type,
            String instance,
            Map<String, PropertyValue> properties,
            Machine machine,
            DeviceResources resources) {
        return create(type, instance, properties, machine, null, resources);
    }

    /**
     * Makes a device in a machine that has its interrupt controller.
     *
     * @param properties values of properties; the others get their usual ones
     * @param pciBus the machine's PCI bus, or null if it has none
     * @throws IllegalArgumentException if there is no such type, a property is wrong, or an address
     *     or port is taken; the message is for the user
     */
    public static Device create(
            String type,
            String instance,
            Map<String, PropertyValue> properties,
            Machine machine,
            @Nullable PciBus pciBus,
            DeviceResources resources) {
        DeviceType found =
                find(type)
                        .orElseThrow(() ->
                                new IllegalArgumentException(
                                        "device %s: no device type '%s'; known: %s"
                                                .formatted(
                                                        instance,
                                                        type,
                                                        String.join(", ", names()))));
        return create(found, instance, properties, machine, pciBus, resources);
    }

    /**
     * Makes a device of a type that need not be one of {@link #TYPES}.
     *
     * @param pciBus the machine's PCI bus, or null if it has none
     * @throws IllegalArgumentException if a property is wrong, or an address or port is taken; the
     *     message is for the user
     */
    public static Device create(
            DeviceType type,
            String instance,
            Map<String, PropertyValue> properties,
            Machine machine,
            @Nullable PciBus pciBus,
            DeviceResources resources) {
        PropertyValues values = type.values(instance, properties);
        return type.maker().apply(new DeviceSetup(machine, instance, values, resources, pciBus));
    }

    private static List<String> names() {
        return TYPES.stream().map(DeviceType::name).toList();
    }

    /**
     * A device of the type in a machine of its own, with the usual properties, and any value for
     * those that must be given: for lists of registers and constants. It is called {@code device},
     * so that its constants begin with {@code DEVICE_}.
     */
    public static Device specimen(DeviceType type) {
        Machine machine = new Machine(MachineSettings.of(1), DecisionSource.defaultPolicy());
        machine.attach(ApicSystem::new);
        Map<String, PropertyValue> required = new LinkedHashMap<>();
        for (Property property : type.properties()) {
            if (property.required()) {
                required.put(property.name(), property.kind().sample());
            }
        }
        return create(
                type,
                "device",
                required,
                machine,
                new PciBus(machine),
                new DeviceResources(0xFE00_0000L, 0xFFFF_A000_0000_0000L, 0, 0, 1));
    }

    /** Names of the constants of a type, without the prefix of an instance. */
    public static List<String> constantNames(DeviceType type) {
        Device specimen = specimen(type);
        int prefix = specimen.name().length() + 1;
        return specimen.constants().stream().map(c -> c.name().substring(prefix)).toList();
    }
}
