package dev.dirql.devices;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * Values of the properties of one device, in the order of the properties, with the usual value
 * where none was given.
 */
public final class PropertyValues {
    private final SequencedMap<String, PropertyValue> values;

    private PropertyValues(SequencedMap<String, PropertyValue> values) {
        this.values = Collections.unmodifiableSequencedMap(values);
    }

    /**
     * Checks what was given against the properties and adds the usual values.
     *
     * @param owner for messages
     * @throws IllegalArgumentException if a property is unknown, missing or has a wrong value
     */
    public static PropertyValues of(
            String owner, List<Property> properties, Map<String, PropertyValue> given) {
        for (String name : given.keySet()) {
            if (properties.stream().noneMatch(property -> property.name().equals(name))) {
                throw new IllegalArgumentException(
                        "%s has no property '%s'; known: %s"
                                .formatted(
                                        owner,
                                        name,
                                        String.join(
                                                ", ",
                                                properties.stream().map(Property::name).toList())));
            }
        }
        SequencedMap<String, PropertyValue> values = new LinkedHashMap<>();
        for (Property property : properties) {
            PropertyValue value = given.get(property.name());
            if (value != null && !property.kind().accepts(value)) {
                throw new IllegalArgumentException(
                        "%s: %s is %s, not %s"
                                .formatted(owner, property.name(), property.kind().text(), value));
            }
            if (value == null && property.required()) {
                throw new IllegalArgumentException(
                        "%s needs %s: %s"
                                .formatted(owner, property.name(), property.kind().text()));
            }
            if (value != null) {
                values.put(property.name(), value);
            } else {
                property.unlessSaid().ifPresent(usual -> values.put(property.name(), usual));
            }
        }
        return new PropertyValues(values);
    }

    public Optional<PropertyValue> find(String name) {
        return Optional.ofNullable(values.get(name));
    }

    public boolean has(String name) {
        return values.containsKey(name);
    }

    /** An integer, a time in nanoseconds or a size in bytes. */
    public long number(String name) {
        return value(name, PropertyValue.Quantity.class).number();
    }

    public String word(String name) {
        return value(name, PropertyValue.Word.class).word();
    }

    public String text(String name) {
        return value(name, PropertyValue.Text.class).text();
    }

    public boolean flag(String name) {
        return value(name, PropertyValue.Truth.class).isTrue();
    }

    public PropertyValue.Line line(String name) {
        return value(name, PropertyValue.Line.class);
    }

    private <T extends PropertyValue> T value(String name, Class<T> type) {
        PropertyValue value = values.get(name);
        if (!type.isInstance(value)) {
            throw new IllegalStateException("property %s is %s".formatted(name, value));
        }
        return type.cast(value);
    }
}
