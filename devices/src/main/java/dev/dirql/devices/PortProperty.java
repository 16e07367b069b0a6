package dev.dirql.devices;

import java.util.List;

/** The property of devices whose registers can be ports. */
public final class PortProperty {
    static final Property PORTS =
            Property.optional(
                    "ports",
                    new PropertyKind.Whole(0, 0xFF00),
                    "First port of its registers, which are then ports instead of memory.");

    static final Property MEMORY =
            Property.flag("memory", "Its registers are memory instead of ports.");

    private PortProperty() {}

    /** The properties of a device whose registers are ports unless {@code memory} is said. */
    public static List<Property> portsFrom(int usual) {
        return List.of(
                Property.of(
                        PORTS.name(),
                        PORTS.kind(),
                        new PropertyValue.Quantity(usual),
                        "First port of its registers."),
                MEMORY);
    }

    /** Whether the registers are ports. */
    static boolean hasPorts(PropertyValues properties) {
        return properties.has(PORTS.name())
                && !(properties.has(MEMORY.name()) && properties.flag(MEMORY.name()));
    }
}
