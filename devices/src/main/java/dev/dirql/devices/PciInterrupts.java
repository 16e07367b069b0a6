package dev.dirql.devices;

import dev.dirql.devices.apic.ApicSystem;
import dev.dirql.devices.pci.MsiCapability;
import dev.dirql.devices.pci.MsixTable;
import dev.dirql.devices.pci.PciFunction;
import java.util.ArrayList;
import java.util.List;

/**
 * The properties of a PCI device that say how it interrupts, and what the set-up of the machine
 * makes of them.
 */
final class PciInterrupts {
    static final Property LINE =
            Property.optional(
                    "line",
                    new PropertyKind.Line(ApicSystem.INPUTS - 1, Trigger.LEVEL_SENSITIVE),
                    "Input of the I/O APIC that its line leads to; it then interrupts by line,"
                            + " unless msi or msix is said too.");

    static final Property MSI = msi(MsiCapability.MESSAGES_MAXIMUM);

    static final Property MSIX = msix(MsixTable.ENTRIES_MAXIMUM);

    private PciInterrupts() {}

    static Property msi(int maximum) {
        return Property.optional(
                "msi",
                new PropertyKind.Whole(1, maximum),
                "It interrupts by so many messages of MSI: 1, 2, 4, 8, 16 or 32.");
    }

    static Property msix(int maximum) {
        return Property.optional(
                "msix",
                new PropertyKind.Whole(1, maximum),
                "It interrupts by MSI-X with so many messages; without line and msi it does so"
                        + " anyway, with a message for each of its causes.");
    }

    /** What a function can do: messages of MSI and entries of MSI-X. */
    record Capacity(int msi, int msix) {}

    /** The properties of a type: its own, then those of its interrupts. */
    static List<Property> with(Property... own) {
        List<Property> all = new ArrayList<>(List.of(own));
        all.add(LINE);
        all.add(MSI);
        all.add(MSIX);
        all.add(InterruptAffinity.AFFINITY);
        all.add(InterruptAffinity.PROCESSORS);
        return all;
    }

    static Capacity capacity(DeviceType type, DeviceSetup setup) {
        PropertyValues values = setup.properties();
        return new Capacity(
                values.has(MSI.name())
                        ? (int) values.number(MSI.name())
                        : type.pci().msi().applyAsInt(values),
                values.has(MSIX.name())
                        ? (int) values.number(MSIX.name())
                        : type.pci().msix().applyAsInt(values));
    }

    /** Whether it would use MSI rather than MSI-X. */
    static boolean usesMsi(DeviceType type, PropertyValues values) {
        return values.has(MSI.name())
                || (!values.has(MSIX.name()) && type.pci().msix().applyAsInt(values) == 0);
    }

    /**
     * The messages that a device of that type wants.
     *
     * @throws IllegalArgumentException if the properties contradict each other
     */
    static MessageRequest request(DeviceType type, String device, PropertyValues values) {
        if (values.has(MSI.name()) && values.has(MSIX.name())) {
            throw new IllegalArgumentException(
                    "device " + device + " has both msi and msix; take one away");
        }
        if (values.has(MSI.name())) {
            int messages = (int) values.number(MSI.name());
            if (Integer.bitCount(messages) != 1) {
                throw new IllegalArgumentException(
                        "device %s: msi is 1, 2, 4, 8, 16 or 32, not %d"
                                .formatted(device, messages));
            }
            return new MessageRequest(messages, true);
        }
        if (values.has(MSIX.name())) {
            return new MessageRequest((int) values.number(MSIX.name()), false);
        }
        if (values.has(LINE.name())) {
            return MessageRequest.NONE;
        }
        return usesMsi(type, values)
                ? new MessageRequest(type.pci().msi().applyAsInt(values), true)
                : new MessageRequest(type.pci().msix().applyAsInt(values), false);
    }

    static InterruptOutput line(DeviceSetup setup) {
        if (!setup.properties().has(LINE.name())) {
            return new InterruptOutput.None();
        }
        PropertyValue.Line line = setup.properties().line(LINE.name());
        if (line.trigger() != Trigger.LEVEL_SENSITIVE) {
            throw new IllegalArgumentException(
                    "device %s: the line of a PCI device is level-sensitive"
                            .formatted(setup.name()));
        }
        return new InterruptOutput.Wire(
                setup.machine().controller().line(setup.name(), line.input()), line.trigger());
    }

    /**
     * Leaves the function as firmware and system software leave that of a started device: its
     * ranges assigned and answering, bus mastering on, and the granted messages in the capability
     * that was asked for, enabled and not masked. Entries of the MSI-X table beyond the granted
     * messages send message 0.
     */
    static void setUp(PciDevice device) {
        PciFunction function = device.function();
        List<MessageResource> messages = device.resources().messages();
        function.start();
        if (device.line() >= 0) {
            function.setInterruptLine(device.line());
        }
        if (messages.isEmpty()) {
            return;
        }
        if (usesMsi(device.type(), device.properties())) {
            MessageResource first = messages.getFirst();
            function.msi().orElseThrow().program(first.address(), first.data(), messages.size());
            return;
        }
        for (int i = 0; i < function.msix().orElseThrow().table().entries(); i++) {
            MessageResource message = messages.get(i < messages.size() ? i : 0);
            function.msix().orElseThrow().table().program(i, message.address(), message.data());
        }
        function.msix().orElseThrow().enable();
    }
}
