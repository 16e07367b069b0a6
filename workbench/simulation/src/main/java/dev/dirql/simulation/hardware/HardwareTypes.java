package dev.dirql.simulation.hardware;

import dev.dirql.devices.DeviceType;
import dev.dirql.devices.InterruptProperties;
import dev.dirql.devices.Property;
import dev.dirql.devices.StimulusType;
import dev.dirql.machine.image.Image;
import dev.dirql.scenario.language.HardwareDeclaration;
import dev.dirql.scenario.language.HardwareDeclaration.Interrupt;
import dev.dirql.scenario.language.PropertyType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Makes types of device of declared hardware. */
public final class HardwareTypes {
    private HardwareTypes() {}

    /**
     * A type whose devices do what a program says.
     *
     * @param program its C, compiled; without, the devices only have registers
     * @param property tells devices of a property or argument
     */
    public static DeviceType of(
            HardwareDeclaration hardware,
            Optional<Image> program,
            Function<PropertyType, Property> property) {
        List<Property> properties =
                new ArrayList<>(hardware.properties().stream().map(property).toList());
        for (Interrupt interrupt : hardware.interrupts()) {
            properties.addAll(
                    interrupt.name().isEmpty()
                            ? InterruptProperties.with()
                            : List.of(
                                    InterruptProperties.levelSensitiveLine(
                                            interrupt.name(),
                                            "Input of the I/O APIC for the interrupt '%s'."
                                                    .formatted(interrupt.name()))));
        }
        List<StimulusType> stimuli =
                hardware.stimuli().stream()
                        .map(stimulus ->
                                new StimulusType(
                                        stimulus.name(),
                                        stimulus.arguments().stream().map(property).toList(),
                                        stimulus.meaning()))
                        .toList();
        return new DeviceType(
                hardware.name(),
                hardware.meaning(),
                properties,
                stimuli,
                setup ->
                        new HardwareDevice(
                                of(hardware, program, property), setup, hardware, program));
    }
}
