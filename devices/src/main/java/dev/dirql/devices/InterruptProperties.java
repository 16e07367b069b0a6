package dev.dirql.devices;

import dev.dirql.devices.apic.ApicSystem;
import dev.dirql.devices.apic.MessageAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The properties that every interrupting device has, and what is made of them. */
public final class InterruptProperties {
    static final Property LINE =
            Property.optional(
                    "line",
                    new PropertyKind.Line(ApicSystem.INPUTS - 1, Trigger.LEVEL_SENSITIVE),
                    "Input of the I/O APIC that its wire leads to, and how it is triggered.");

    static final Property MESSAGE =
            Property.flag("message", "It interrupts by message instead of by wire.");

    private static final Property PASSIVE =
            Property.flag(
                    "passive",
                    "Its ISR runs at PASSIVE_LEVEL: the IRQL that its driver is told is that.");

    /** What is to be said of how its interrupts are taken. */
    static final List<Property> FURTHER =
            List.of(PASSIVE, InterruptAffinity.AFFINITY, InterruptAffinity.PROCESSORS);

    private static final String FURTHER_LINE = "_line";

    private InterruptProperties() {}

    /** The line of a device that requests by an edge where nothing else is said. */
    static Property latchedLine() {
        return Property.optional(
                LINE.name(),
                new PropertyKind.Line(ApicSystem.INPUTS - 1, Trigger.LATCHED),
                "Input of the I/O APIC that its wire leads to; latched unless said otherwise.");
    }

    /**
     * The line of a further interrupt.
     *
     * @param interrupt its name; the property is called {@code NAME_line}
     */
    public static Property furtherLine(String interrupt, String description) {
        return Property.optional(
                interrupt + FURTHER_LINE,
                new PropertyKind.Line(ApicSystem.INPUTS - 1, Trigger.LATCHED),
                description);
    }

    /** The line of a further interrupt that is level-sensitive unless said otherwise. */
    public static Property levelSensitiveLine(String interrupt, String description) {
        return Property.optional(
                interrupt + FURTHER_LINE,
                new PropertyKind.Line(ApicSystem.INPUTS - 1, Trigger.LEVEL_SENSITIVE),
                description);
    }

    /** Name of the further interrupt whose line the property is, if it is one. */
    static Optional<String> furtherInterrupt(Property property) {
        String name = property.name();
        return property.kind() instanceof PropertyKind.Line && name.endsWith(FURTHER_LINE)
                ? Optional.of(name.substring(0, name.length() - FURTHER_LINE.length()))
                : Optional.empty();
    }

    /** The properties of a type: its own, then those of its interrupt. */
    public static List<Property> with(Property... own) {
        List<Property> all = new ArrayList<>(List.of(own));
        all.add(LINE);
        all.add(MESSAGE);
        all.addAll(FURTHER);
        return all;
    }

    static InterruptOutput output(DeviceSetup setup) {
        PropertyValues properties = setup.properties();
        if (properties.has(MESSAGE.name()) && properties.flag(MESSAGE.name())) {
            if (properties.has(LINE.name())) {
                throw new IllegalArgumentException(
                        "device " + setup.name() + " has both a line and messages; take one away");
            }
            DeviceResources resources = setup.resources();
            return new InterruptOutput.FixedMessage(
                    setup.machine().controller(),
                    setup.name(),
                    MessageAddress.to(resources.affinity()).encode(),
                    resources.vector());
        }
        return wire(setup, LINE.name());
    }

    /** The wire of a further interrupt. */
    static InterruptOutput furtherOutput(DeviceSetup setup, String interrupt) {
        return wire(setup, interrupt + FURTHER_LINE);
    }

    private static InterruptOutput wire(DeviceSetup setup, String property) {
        if (!setup.properties().has(property)) {
            return new InterruptOutput.None();
        }
        PropertyValue.Line value = setup.properties().line(property);
        return new InterruptOutput.Wire(
                setup.machine().controller().line(setup.name(), value.input()), value.trigger());
    }

    /** Whether the system assigns PASSIVE_LEVEL to its lines. */
    static boolean isPassive(PropertyValues properties) {
        return properties.has(PASSIVE.name()) && properties.flag(PASSIVE.name());
    }

    /** How the device interrupts, in NT's terms: a message is latched. */
    static Trigger trigger(PropertyValues properties) {
        return trigger(properties, LINE.name());
    }

    /** How a further interrupt is triggered. */
    static Trigger furtherTrigger(PropertyValues properties, String interrupt) {
        return trigger(properties, interrupt + FURTHER_LINE);
    }

    private static Trigger trigger(PropertyValues properties, String property) {
        return properties.has(property) ? properties.line(property).trigger() : Trigger.LATCHED;
    }
}
