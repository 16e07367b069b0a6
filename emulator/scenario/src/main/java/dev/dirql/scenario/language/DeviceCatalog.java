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
        for (HardwareDeclaration.Interrupt interrupt : hardware.interrupts()) {
            properties.add(
                    PropertyType.optional(
                            interrupt.name().isEmpty() ? "line" : interrupt.name() + "_line",
                            new PropertyKind.Line(23, Value.Trigger.LEVEL_SENSITIVE),
                            interrupt.meaning()));
        }
        return new DeviceType(
                hardware.name(),
                hardware.meaning(),
                properties,
                hardware.stimuli(),
                !hardware.interrupts().isEmpty(),
                hardware.registerConstants());
    }
}
