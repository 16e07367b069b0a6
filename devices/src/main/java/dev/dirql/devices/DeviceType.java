package dev.dirql.devices;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A type of device.
 *
 * @param name as a scenario spells it
 * @param description one sentence
 * @param properties what can be set when one is made
 * @param stimuli what a scenario can make it do, beside {@link InterruptStimulus}
 * @param texts names of what it puts out as text, see {@link Device#text}
 * @param maker makes one; it claims its addresses and joins the machine's state
 * @param onPciBus what it is on the PCI bus, or null
 */
public record DeviceType(
        String name,
        String description,
        List<Property> properties,
        List<StimulusType> stimuli,
        List<String> texts,
        Function<DeviceSetup, Device> maker,
        @Nullable PciType onPciBus) {
    public DeviceType {
        properties = List.copyOf(properties);
        stimuli = List.copyOf(stimuli);
        texts = List.copyOf(texts);
    }

    /** A type of device that puts out no text and is not on the PCI bus. */
    public DeviceType(
            String name,
            String description,
            List<Property> properties,
            List<StimulusType> stimuli,
            Function<DeviceSetup, Device> maker) {
        this(name, description, properties, stimuli, List.of(), maker, null);
    }

    /** A type of device that is not on the PCI bus. */
    public DeviceType(
            String name,
            String description,
            List<Property> properties,
            List<StimulusType> stimuli,
            List<String> texts,
            Function<DeviceSetup, Device> maker) {
        this(name, description, properties, stimuli, texts, maker, null);
    }

    /** A type of device that is on the PCI bus. */
    public DeviceType(
            String name,
            String description,
            List<Property> properties,
            List<StimulusType> stimuli,
            Function<DeviceSetup, Device> maker,
            PciType onPciBus) {
        this(name, description, properties, stimuli, List.of(), maker, onPciBus);
    }

    public Optional<StimulusType> stimulus(String stimulus) {
        return stimuli.stream().filter(type -> type.name().equals(stimulus)).findFirst();
    }

    /** Whether devices of this type have an interrupt. */
    public boolean isInterrupting() {
        return properties.stream()
                .map(Property::name)
                .anyMatch(property ->
                        property.equals(InterruptProperties.LINE.name())
                                || (isPci()
                                        && (property.equals(PciInterrupts.MSI.name())
                                                || property.equals(PciInterrupts.MSIX.name()))));
    }

    /** Names of the interrupts beside the first one, in the order of their properties. */
    public List<String> furtherInterrupts() {
        return properties.stream()
                .flatMap(property -> InterruptProperties.furtherInterrupt(property).stream())
                .toList();
    }

    /** Whether devices of this type are functions on the PCI bus, and their messages numbered. */
    public boolean isPci() {
        return onPciBus != null;
    }

    /** What it is on the PCI bus; it must be there. */
    public PciType pci() {
        if (onPciBus == null) {
            throw new IllegalStateException(name + " is not on the PCI bus");
        }
        return onPciBus;
    }

    /**
     * The message-signaled interrupts that a device wants.
     *
     * @throws IllegalArgumentException if its properties contradict each other; the message is for
     *     the user
     */
    public MessageRequest messages(String instance, PropertyValues values) {
        if (isPci()) {
            return PciInterrupts.request(this, instance, values);
        }
        boolean message =
                values.has(InterruptProperties.MESSAGE.name())
                        && values.flag(InterruptProperties.MESSAGE.name());
        return message ? new MessageRequest(1, false) : MessageRequest.NONE;
    }

    /** Whether the ISR of a device with these properties runs at PASSIVE_LEVEL. */
    public boolean isPassive(PropertyValues values) {
        return InterruptProperties.isPassive(values);
    }

    /** Checks property values and adds the usual ones. */
    public PropertyValues values(String instance, Map<String, PropertyValue> given) {
        return PropertyValues.of("device " + instance + ": " + name, properties, given);
    }
}
