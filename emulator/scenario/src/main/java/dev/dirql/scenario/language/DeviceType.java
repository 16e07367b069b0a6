package dev.dirql.scenario.language;

import java.util.List;

/**
 * What the language must know of a type of device.
 *
 * @param name as it is written after the colon of a device declaration
 * @param meaning one sentence for lists of devices
 * @param properties what may stand in the declaration's braces
 * @param stimuli what a workload can make the device do, beside what every device with an interrupt
 *     does
 * @param interrupting the device has an interrupt, so that it can be raised, lost, duplicated,
 *     delayed and stormed
 * @param messaging its interrupts are numbered messages, each of which that can be done to
 * @param constants names of the C macros that the device gives its driver, without the prefix:
 *     {@code STATUS} of a device {@code disk} is {@code DISK_STATUS}
 * @param texts names of what the device put out, as {@code transmitted}: an expectation can look
 *     for words in it
 */
public record DeviceType(
        String name,
        String meaning,
        List<PropertyType> properties,
        List<StimulusType> stimuli,
        boolean interrupting,
        boolean messaging,
        List<String> constants,
        List<String> texts) {
    private static final String FURTHER_LINE = "_line";

    public DeviceType {
        properties = List.copyOf(properties);
        stimuli = List.copyOf(stimuli);
        constants = List.copyOf(constants);
        texts = List.copyOf(texts);
    }

    /** A type of device that lets nothing be read but its variables. */
    public DeviceType(
            String name,
            String meaning,
            List<PropertyType> properties,
            List<StimulusType> stimuli,
            boolean interrupting,
            List<String> constants) {
        this(name, meaning, properties, stimuli, interrupting, false, constants, List.of());
    }

    /** A type of device whose interrupts are no numbered messages. */
    public DeviceType(
            String name,
            String meaning,
            List<PropertyType> properties,
            List<StimulusType> stimuli,
            boolean interrupting,
            List<String> constants,
            List<String> texts) {
        this(name, meaning, properties, stimuli, interrupting, false, constants, texts);
    }

    /**
     * Names of the interrupts beside the first one, whose line is the property {@code line}: of the
     * interrupt {@code mouse} it is {@code mouse_line}.
     */
    public List<String> furtherInterrupts() {
        return properties.stream()
                .filter(property -> property.kind() instanceof PropertyKind.Line)
                .map(PropertyType::name)
                .filter(property -> property.endsWith(FURTHER_LINE))
                .map(property -> property.substring(0, property.length() - FURTHER_LINE.length()))
                .toList();
    }

    /**
     * Something a device can be made to do: {@code nic.receive queue 2}.
     *
     * @param name the word after the dot
     * @param arguments what may follow it
     */
    public record StimulusType(String name, List<PropertyType> arguments, String meaning) {
        public StimulusType {
            arguments = List.copyOf(arguments);
        }
    }
}
