package dev.dirql.devices;

import dev.dirql.devices.pci.PciAddress;
import dev.dirql.devices.pci.PciBus;
import dev.dirql.devices.register.Field;
import dev.dirql.devices.register.NamedValue;
import dev.dirql.devices.register.Register;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * Makes the C macros of a device: its registers as pointers that READ_REGISTER_… or READ_PORT_…
 * take, its fields as masks (and the shift of those wider than a bit), its named values, and what
 * IoConnectInterrupt wants to know. Of registers that are alike the macro has the index as its
 * parameter.
 */
final class DeviceConstants {
    private static final String INDEX = "n";

    private final String prefix;
    private final List<DeviceConstant> constants = new ArrayList<>();

    private DeviceConstants(String prefix) {
        this.prefix = prefix;
    }

    static List<DeviceConstant> of(Device device) {
        DeviceConstants made = new DeviceConstants(device.name().toUpperCase(Locale.ROOT) + "_");
        for (Register register : device.registers().registers()) {
            made.register(device, register);
        }
        made.resources(device);
        if (device instanceof PciDevice function) {
            made.pci(function);
        }
        return List.copyOf(made.constants);
    }

    private void register(Device device, Register register) {
        long base = range(device, register).pointer();
        String pointer =
                switch (register.width()) {
                    case 1 -> "PUCHAR";
                    case 2 -> "PUSHORT";
                    case 4 -> "PULONG";
                    default -> "PULONG64";
                };
        if (register.index() > 0) {
            return;
        }
        if (register.index() == 0) {
            add(
                    register.family(),
                    INDEX,
                    "((%s)(0x%XULL + (%s) * 0x%XULL))"
                            .formatted(pointer, base + register.offset(), INDEX, register.stride()),
                    register.description());
        } else {
            add(
                    register.name(),
                    "((%s)0x%XULL)".formatted(pointer, base + register.offset()),
                    register.description());
        }
        for (Field field : register.fields()) {
            add(field.name(), hexadecimal(field.mask()), field.description());
            if (!field.isFlag()) {
                add(field.name() + "_SHIFT", Integer.toString(field.shift()), "");
            }
        }
        for (NamedValue value : register.namedValues()) {
            add(value.name(), hexadecimal(value.value()), value.description());
        }
    }

    private static RegisterRange range(Device device, Register register) {
        return device.ranges().stream()
                .filter(range -> range.number() == register.range())
                .findFirst()
                .orElseThrow(() ->
                        new IllegalStateException(
                                "%s: %s is in no range".formatted(device.name(), register.name())));
    }

    private void ranges(Device device) {
        for (RegisterRange range : device.ranges()) {
            if (range.number() > 0) {
                String name = "BAR" + range.number();
                add(
                        name + "_BASE",
                        "0x%XULL".formatted(range.start()),
                        range.ports()
                                ? "First port of that range."
                                : "Physical address of that range.");
                add(name + "_SIZE", hexadecimal(range.size()), "Bytes of registers there.");
            }
        }
    }

    private void resources(Device device) {
        DeviceResources resources = device.resources();
        RegisterRange first = device.ranges().getFirst();
        add(
                "PHYSICAL_BASE",
                "0x%XULL".formatted(first.ports() ? 0 : first.start()),
                "Physical address of the registers, 0 if they are ports.");
        add(
                "PORT_BASE",
                hexadecimal(first.ports() ? first.start() : 0),
                "First port, 0 if the registers are memory.");
        add("REGISTERS_SIZE", hexadecimal(first.size()), "Bytes of registers.");
        ranges(device);
        add("VECTOR", hexadecimal(resources.vector()), "Interrupt vector.");
        add("IRQL", "((KIRQL)%d)".formatted(resources.irql()), "IRQL of the interrupt vector.");
        add(
                "AFFINITY",
                "((KAFFINITY)0x%XULL)".formatted(resources.affinity()),
                "Processors that may take the interrupt.");
        add("MODE", device.trigger().mode(), "KINTERRUPT_MODE of the interrupt.");
        List<String> further = device.type().furtherInterrupts();
        for (int i = 0; i < further.size(); i++) {
            DeviceResources.Vector vector =
                    i < resources.further().size()
                            ? resources.further().get(i)
                            : new DeviceResources.Vector(0, 0);
            furtherInterrupt(device, further.get(i), vector);
        }
    }

    private void furtherInterrupt(Device device, String name, DeviceResources.Vector vector) {
        String capitals = name.toUpperCase(Locale.ROOT) + "_";
        add(
                capitals + "VECTOR",
                hexadecimal(vector.vector()),
                "Vector of the interrupt '%s'.".formatted(name));
        add(
                capitals + "IRQL",
                "((KIRQL)%d)".formatted(vector.irql()),
                "IRQL of that interrupt vector.");
        add(
                capitals + "MODE",
                InterruptProperties.furtherTrigger(device.properties(), name).mode(),
                "KINTERRUPT_MODE of that interrupt.");
    }

    private void pci(PciDevice device) {
        PciAddress address = device.function().address();
        add("PCI_BUS", hexadecimal(address.bus()), "Number of its PCI bus.");
        add("PCI_DEVICE", hexadecimal(address.device()), "Number of its device on that bus.");
        add("PCI_FUNCTION", hexadecimal(address.function()), "Number of the function in it.");
        add(
                "PCI_CONFIGURATION",
                "0x%XULL".formatted(PciBus.configurationOf(address)),
                "Physical address of its configuration space.");
        List<MessageResource> messages = device.resources().messages();
        add("MESSAGES", hexadecimal(messages.size()), "Messages that it was granted.");
        add(
                "MESSAGE_VECTOR",
                INDEX,
                ofMessages(messages, message -> hexadecimal(message.vector())),
                "Interrupt vector of a message.");
        add(
                "MESSAGE_IRQL",
                INDEX,
                "((KIRQL)%s)"
                        .formatted(ofMessages(messages, message -> String.valueOf(message.irql()))),
                "IRQL of that vector.");
        add(
                "MESSAGE_AFFINITY",
                INDEX,
                "((KAFFINITY)%s)"
                        .formatted(
                                ofMessages(
                                        messages,
                                        message -> "0x%XULL".formatted(message.affinity()))),
                "Processors that may take that message.");
    }

    /** An expression of C that chooses by the number of the message; 0 where none has it. */
    private static String ofMessages(
            List<MessageResource> messages, Function<MessageResource, String> value) {
        StringBuilder text = new StringBuilder("(");
        for (int i = 0; i < messages.size(); i++) {
            text.append("(%s) == %d ? %s : ".formatted(INDEX, i, value.apply(messages.get(i))));
        }
        return text.append("0)").toString();
    }

    private static String hexadecimal(long value) {
        return value >>> 32 == 0 ? "0x%XUL".formatted(value) : "0x%XULL".formatted(value);
    }

    private void add(String name, String text, String description) {
        add(name, "", text, description);
    }

    private void add(String name, String parameter, String text, String description) {
        String whole = prefix + name;
        for (DeviceConstant other : constants) {
            if (other.name().equals(whole)) {
                throw new IllegalArgumentException(
                        "a driver would know two things as %s; one of them is always there"
                                .formatted(whole));
            }
        }
        constants.add(new DeviceConstant(whole, parameter, text, description));
    }
}
