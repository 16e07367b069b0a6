package dev.dirql.devices;

import java.util.Optional;

/**
 * Something that can be set when a device is made, or an argument of a stimulus.
 *
 * @param unlessSaid the value where none is given; empty where it then has none
 * @param required whether a value must be given
 * @param positional an argument of a stimulus that is written without its name, before the others
 * @param description one sentence
 */
public record Property(
        String name,
        PropertyKind kind,
        Optional<PropertyValue> unlessSaid,
        boolean required,
        boolean positional,
        String description) {

    /** A property that has a value where none is given. */
    public static Property of(
            String name, PropertyKind kind, PropertyValue unlessSaid, String description) {
        return new Property(name, kind, Optional.of(unlessSaid), false, false, description);
    }

    /** A property that has no value where none is given. */
    public static Property optional(String name, PropertyKind kind, String description) {
        return new Property(name, kind, Optional.empty(), false, false, description);
    }

    /** An argument that must be written, without its name. */
    public static Property positional(String name, PropertyKind kind, String description) {
        return new Property(name, kind, Optional.empty(), true, true, description);
    }

    /** An argument that may be written, without its name. */
    public static Property positional(
            String name, PropertyKind kind, PropertyValue unlessSaid, String description) {
        return new Property(name, kind, Optional.of(unlessSaid), false, true, description);
    }

    /** A word that is there or not. */
    public static Property flag(String name, String description) {
        return of(name, new PropertyKind.Flag(), new PropertyValue.Truth(false), description);
    }
}
