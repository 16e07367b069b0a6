package dev.dirql.devices;

import dev.dirql.devices.apic.ApicSystem;
import dev.dirql.devices.apic.MessageAddress;
import java.util.ArrayList;
import java.util.List;

/** The properties that every interrupting device has, and what is made of them. */
final class InterruptProperties {
    static final Property LINE =
            Property.optional(
                    "line",
                    new PropertyKind.Line(ApicSystem.INPUTS - 1, Trigger.LEVEL_SENSITIVE),
                    "Input of the I/O APIC that its wire leads to, and how it is triggered.");

    static final Property MESSAGE =
            Property.flag("message", "It interrupts by message instead of by wire.");

    private InterruptProperties() {}

    /** The properties of a type: its own, then those of its interrupt. */
    static List<Property> with(Property... own) {
        List<Property> all = new ArrayList<>(List.of(own));
        all.add(LINE);
        all.add(MESSAGE);
        return all;
    }

    static InterruptOutput output(DeviceSetup setup) {
        PropertyValues properties = setup.properties();
        boolean line = properties.has(LINE.name());
        if (properties.flag(MESSAGE.name())) {
            if (line) {
                throw new IllegalArgumentException(
                        "device " + setup.name() + " has both a line and messages; take one away");
            }
            DeviceResources resources = setup.resources();
            return new InterruptOutput.Message(
                    setup.machine().controller(),
                    setup.name(),
                    MessageAddress.to(resources.affinity()).encode(),
                    resources.vector());
        }
        if (!line) {
            return new InterruptOutput.None();
        }
        PropertyValue.Line value = properties.line(LINE.name());
        return new InterruptOutput.Wire(
                setup.machine().controller().line(setup.name(), value.input()), value.trigger());
    }

    /** How the device interrupts, in NT's terms: a message is latched. */
    static Trigger trigger(PropertyValues properties) {
        return properties.has(LINE.name())
                ? properties.line(LINE.name()).trigger()
                : Trigger.LATCHED;
    }
}
