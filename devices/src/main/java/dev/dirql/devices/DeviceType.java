package dev.dirql.devices;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * A type of device.
 *
 * @param name as a scenario spells it
 * @param description one sentence
 * @param properties what can be set when one is made
 * @param stimuli what a scenario can make it do, beside {@link InterruptStimulus}
 * @param texts names of what it puts out as text, see {@link Device#text}
 * @param maker makes one; it claims its addresses and joins the machine's state
 */
public record DeviceType(
        String name,
        String description,
        List<Property> properties,
        List<StimulusType> stimuli,
        List<String> texts,
        Function<DeviceSetup, Device> maker) {
    public DeviceType {
        properties = List.copyOf(properties);
        stimuli = List.copyOf(stimuli);
        texts = List.copyOf(texts);
    }

    /** A type of device that puts out no text. */
    public DeviceType(
            String name,
            String description,
            List<Property> properties,
            List<StimulusType> stimuli,
            Function<DeviceSetup, Device> maker) {
        this(name, description, properties, stimuli, List.of(), maker);
    }

    public Optional<StimulusType> stimulus(String stimulus) {
        return stimuli.stream().filter(type -> type.name().equals(stimulus)).findFirst();
    }

    /** Whether devices of this type have an interrupt. */
    public boolean isInterrupting() {
        return properties.stream()
                .anyMatch(property -> property.name().equals(InterruptProperties.LINE.name()));
    }

    /** Names of the interrupts beside the first one, in the order of their properties. */
    public List<String> furtherInterrupts() {
        return properties.stream()
                .flatMap(property -> InterruptProperties.furtherInterrupt(property).stream())
                .toList();
    }

    /** Checks property values and adds the usual ones. */
    public PropertyValues values(String instance, Map<String, PropertyValue> given) {
        return PropertyValues.of("device " + instance + ": " + name, properties, given);
    }
}
