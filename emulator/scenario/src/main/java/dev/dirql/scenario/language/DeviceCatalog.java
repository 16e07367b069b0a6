package dev.dirql.scenario.language;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The types of device that a scenario can declare, in the order they are listed to a person.
 *
 * @param declared makes a type of what a scenario declares itself; it throws an
 *     IllegalArgumentException, with a message for the user, if that cannot be
 */
public record DeviceCatalog(
        List<DeviceType> types, Function<HardwareDeclaration, DeviceType> declared) {
    public DeviceCatalog {
        types = List.copyOf(types);
    }

    /** Declared types get the constants of their registers and nothing else. */
    public DeviceCatalog(List<DeviceType> types) {
        this(types, DeviceCatalog::plain);
    }

    public Optional<DeviceType> find(String name) {
        return types.stream().filter(type -> type.name().equals(name)).findFirst();
    }

    private static DeviceType plain(HardwareDeclaration hardware) {
        List<PropertyType> properties = new ArrayList<>(hardware.properties());
        properties.addAll(
                hardware.pci().map(DeviceCatalog::ofPci).orElseGet(() -> ofLines(hardware)));
        return new DeviceType(
                hardware.name(),
                hardware.meaning(),
                properties,
                hardware.stimuli(),
                hardware.isInterrupting(),
                hardware.pci().isPresent(),
                hardware.registerConstants(),
                List.of());
    }

    private static List<PropertyType> ofLines(HardwareDeclaration hardware) {
        List<PropertyType> properties = new ArrayList<>();
        for (HardwareDeclaration.Interrupt interrupt : hardware.interrupts()) {
            properties.add(
                    PropertyType.optional(
                            interrupt.name().isEmpty() ? "line" : interrupt.name() + "_line",
                            new PropertyKind.Line(23, Value.Trigger.LEVEL_SENSITIVE),
                            interrupt.meaning()));
        }
        return properties;
    }

    private static List<PropertyType> ofPci(HardwareDeclaration.Pci pci) {
        return List.of(
                PropertyType.optional(
                        "line", new PropertyKind.Line(23, Value.Trigger.LEVEL_SENSITIVE), ""),
                PropertyType.optional("msi", new PropertyKind.Whole(1, Math.max(1, pci.msi())), ""),
                PropertyType.optional(
                        "msix", new PropertyKind.Whole(1, Math.max(1, pci.msix())), ""),
                PropertyType.optional(
                        "affinity", new PropertyKind.Choice(List.of("all", "spread")), ""));
    }
}
