package dev.dirql.simulation.hardware;

import dev.dirql.devices.DeviceType;
import dev.dirql.devices.InterruptProperties;
import dev.dirql.devices.PciMessage;
import dev.dirql.devices.PciRange;
import dev.dirql.devices.PciType;
import dev.dirql.devices.PortProperty;
import dev.dirql.devices.Property;
import dev.dirql.devices.StimulusType;
import dev.dirql.devices.pci.BaseAddress;
import dev.dirql.devices.pci.PciIdentity;
import dev.dirql.machine.image.Image;
import dev.dirql.scenario.language.HardwareDeclaration;
import dev.dirql.scenario.language.HardwareDeclaration.Interrupt;
import dev.dirql.scenario.language.HardwareDeclaration.Pci;
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
        properties.addAll(interruptProperties(hardware));
        hardware.ports().ifPresent(first -> properties.addAll(PortProperty.portsFrom(first)));
        List<StimulusType> stimuli =
                hardware.stimuli().stream()
                        .map(stimulus ->
                                new StimulusType(
                                        stimulus.name(),
                                        stimulus.arguments().stream().map(property).toList(),
                                        stimulus.meaning()))
                        .toList();
        return hardware.pci()
                .map(pci ->
                        new DeviceType(
                                hardware.name(),
                                hardware.meaning(),
                                properties,
                                stimuli,
                                setup ->
                                        new HardwareFunction(
                                                of(hardware, program, property),
                                                setup,
                                                hardware,
                                                program),
                                onBus(hardware, pci)))
                .orElseGet(() ->
                        new DeviceType(
                                hardware.name(),
                                hardware.meaning(),
                                properties,
                                stimuli,
                                setup ->
                                        new HardwareDevice(
                                                of(hardware, program, property),
                                                setup,
                                                hardware,
                                                program)));
    }

    private static List<Property> interruptProperties(HardwareDeclaration hardware) {
        if (hardware.pci().isPresent()) {
            Pci pci = hardware.pci().get();
            return PciType.properties(hardware.hasLine(), pci.msi(), pci.msix());
        }
        List<Property> properties = new ArrayList<>();
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
        return properties;
    }

    private static PciType onBus(HardwareDeclaration hardware, Pci pci) {
        return new PciType(
                new PciIdentity(
                        pci.vendor(),
                        pci.device(),
                        pci.classCode(),
                        pci.revision(),
                        pci.subsystemVendor(),
                        pci.subsystem()),
                hardware.hasLine(),
                _ -> pci.msi(),
                _ -> pci.msix(),
                range(pci.table()),
                pci.bars().stream().map(HardwareTypes::range).toList(),
                hardware.messages().stream()
                        .map(message ->
                                new PciMessage(message.first(), message.last(), message.meaning()))
                        .toList());
    }

    private static PciRange range(HardwareDeclaration.Bar bar) {
        return new PciRange(
                bar.number(),
                switch (bar.kind()) {
                    case MEMORY -> BaseAddress.Kind.MEMORY_64;
                    case MEMORY_32 -> BaseAddress.Kind.MEMORY_32;
                    case PORTS -> BaseAddress.Kind.PORTS;
                },
                bar.size(),
                bar.meaning());
    }
}
