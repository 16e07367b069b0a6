package dev.dirql.devices;

/** The property of devices whose registers can be ports. */
final class PortProperty {
    static final Property PORTS =
            Property.optional(
                    "ports",
                    new PropertyKind.Whole(0, 0xFF00),
                    "First port of its registers, which are then ports instead of memory.");

    private PortProperty() {}
}
