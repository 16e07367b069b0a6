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
 * @param constants names of the C macros that the device gives its driver, without the prefix:
 *     {@code STATUS} of a device {@code disk} is {@code DISK_STATUS}
 */
public record DeviceType(
        String name,
        String meaning,
        List<PropertyType> properties,
        List<StimulusType> stimuli,
        boolean interrupting,
        List<String> constants) {
    public DeviceType {
        properties = List.copyOf(properties);
        stimuli = List.copyOf(stimuli);
        constants = List.copyOf(constants);
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
