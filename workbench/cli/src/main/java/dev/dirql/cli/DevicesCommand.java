package dev.dirql.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dirql.cli.json.Json;
import dev.dirql.cli.text.TextTable;
import dev.dirql.devices.Device;
import dev.dirql.devices.DeviceCatalog;
import dev.dirql.devices.DeviceConstant;
import dev.dirql.devices.DeviceType;
import dev.dirql.devices.PciDevice;
import dev.dirql.devices.PciMessage;
import dev.dirql.devices.Property;
import dev.dirql.devices.PropertyKind;
import dev.dirql.devices.PropertyValue;
import dev.dirql.devices.RegisterRange;
import dev.dirql.devices.StimulusType;
import dev.dirql.devices.register.Field;
import dev.dirql.devices.register.NamedValue;
import dev.dirql.devices.register.Register;
import dev.dirql.scenario.language.Overrides;
import dev.dirql.simulation.CheckedScenario;
import dev.dirql.simulation.DeviceLibrary;
import dev.dirql.simulation.ScenarioFolder;
import dev.dirql.simulation.UserError;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dirql devices}: the types of device that a scenario can declare. */
@Command(
        name = "devices",
        description = {
            "Lists the devices that a scenario can declare, and what each gives its driver.",
            "With names, prints their registers with their fields, properties and stimuli."
        },
        mixinStandardHelpOptions = true)
final class DevicesCommand implements Callable<Integer> {
    /** Every specimen is called device, so its constants begin with DEVICE_. */
    private static final String PREFIX = "DEVICE_";

    private final Host host;

    @Parameters(paramLabel = "TYPE", arity = "0..*", description = "Types of device.")
    private List<String> names = List.of();

    @Mixin private DeviceOptions deviceOptions = new DeviceOptions();

    @Option(
            names = "--scenario",
            paramLabel = "FILE",
            description = "Show the types that this scenario declares as well.")
    private @Nullable String scenario;

    @Option(names = "--json", description = "One JSON document.")
    private boolean json;

    DevicesCommand(Host host) {
        this.host = host;
    }

    @Override
    public Integer call() {
        List<DeviceType> all = library().types();
        List<DeviceType> types =
                names.isEmpty() ? all : names.stream().map(name -> find(name, all)).toList();
        if (json) {
            Json.print(host.out(), document(types));
        } else if (names.isEmpty()) {
            types.forEach(this::print);
            host.out().print("In C, a device \"disk\" writes DISK_STATUS for STATUS.\n");
        } else {
            types.forEach(this::printDatasheet);
        }
        return ExitCode.SUCCESS;
    }

    private DeviceLibrary library() {
        DeviceLibrary library = deviceOptions.library(host);
        if (scenario == null) {
            return library;
        }
        CheckedScenario checked =
                CheckedScenario.check(
                        ScenarioFolder.open(host.directory(), scenario), Overrides.NONE, library);
        Scenarios.show(host, checked);
        return library.with(Scenarios.require(checked));
    }

    private static DeviceType find(String name, List<DeviceType> types) {
        return types.stream()
                .filter(type -> type.name().equalsIgnoreCase(name))
                .findFirst()
                .orElseThrow(() ->
                        new UserError(
                                "no device type '%s'; known: %s"
                                        .formatted(
                                                name,
                                                String.join(
                                                        ", ",
                                                        types.stream()
                                                                .map(DeviceType::name)
                                                                .toList()))));
    }

    private void print(DeviceType type) {
        printHead(type);
        TextTable constants = new TextTable("constant in C", "meaning");
        for (DeviceConstant constant : constants(type)) {
            constants.row(name(constant), constant.description());
        }
        host.out().print(constants.text(host.style()) + "\n");
    }

    private void printHead(DeviceType type) {
        host.out().print(host.style().heading(type.name()) + "\n" + type.description() + "\n");
        TextTable properties = new TextTable("property", "value", "usual", "meaning");
        for (Property property : type.properties()) {
            properties.row(
                    property.name(),
                    property.kind().text(),
                    usual(property),
                    property.description());
        }
        host.out().print(properties.text(host.style()));
        TextTable stimuli = new TextTable("stimulus", "meaning");
        for (StimulusType stimulus : type.stimuli()) {
            stimuli.row(stimulus.name() + arguments(stimulus), stimulus.description());
            for (Property argument : stimulus.arguments()) {
                stimuli.row(
                        "  " + argument.name(),
                        "%s (%s; %s)"
                                .formatted(
                                        argument.description(),
                                        argument.kind().text(),
                                        usual(argument)));
            }
        }
        if (!stimuli.isEmpty()) {
            host.out().print(stimuli.text(host.style()));
        }
        TextTable texts = new TextTable("text", "meaning");
        for (String text : type.texts()) {
            texts.row(text, "What an expectation can look for words in.");
        }
        if (!texts.isEmpty()) {
            host.out().print(texts.text(host.style()));
        }
    }

    private void printDatasheet(DeviceType type) {
        printHead(type);
        Device specimen = DeviceCatalog.specimen(type);
        for (RegisterRange range : specimen.ranges()) {
            printRegisters(
                    heading(specimen, range),
                    specimen.registers().registers().stream()
                            .filter(register -> register.range() == range.number())
                            .toList());
        }
        if (specimen instanceof PciDevice onBus) {
            printMessages(onBus);
            printRegisters("PCI configuration", onBus.function().configuration().registers());
        }
        TextTable constants = new TextTable("further constant in C", "meaning");
        for (DeviceConstant constant : specimen.constants()) {
            if (!isOfRegister(specimen, constant)) {
                constants.row(name(constant), constant.description());
            }
        }
        host.out().print(constants.text(host.style()) + "\n");
    }

    /** Where the registers are, if they are in more than one place. */
    private static String heading(Device specimen, RegisterRange range) {
        if (specimen.ranges().size() == 1) {
            return "register";
        }
        return "register of BAR %d, %s"
                .formatted(range.number(), range.ports() ? "ports" : "memory");
    }

    private void printMessages(PciDevice onBus) {
        TextTable table = new TextTable("message", "meaning");
        for (PciMessage message : onBus.type().pci().messages()) {
            table.row(message.numbers(), message.description());
        }
        if (!table.isEmpty()) {
            host.out().print(table.text(host.style()));
        }
    }

    private static boolean isOfRegister(Device specimen, DeviceConstant constant) {
        String name = constant.name().substring(PREFIX.length());
        return specimen.registers().registers().stream()
                .anyMatch(register ->
                        register.family().equals(name)
                                || register.fields().stream()
                                        .anyMatch(field ->
                                                field.name().equals(name)
                                                        || name.equals(field.name() + "_SHIFT"))
                                || register.namedValues().stream()
                                        .anyMatch(value -> value.name().equals(name)));
    }

    private void printRegisters(String heading, List<Register> registers) {
        if (registers.isEmpty()) {
            return;
        }
        TextTable table = new TextTable("offset", heading, "bits", "access", "reset", "meaning");
        for (Register register : registers) {
            if (register.index() > 0) {
                continue;
            }
            boolean family = register.index() == 0;
            int count =
                    (int)
                            registers.stream()
                                    .filter(other -> other.family().equals(register.family()))
                                    .count();
            table.row(
                    "0x%02X%s"
                            .formatted(
                                    register.offset(),
                                    family ? " + 0x%X n".formatted(register.stride()) : ""),
                    register.family() + (family ? "[%d]".formatted(count) : ""),
                    String.valueOf(8 * register.width()),
                    access(register),
                    "0x%X".formatted(register.resetValue()),
                    register.description());
            for (Field field : register.fields()) {
                table.row(
                        "",
                        "  " + field.name(),
                        bits(field),
                        field.access().text(),
                        "",
                        field.description());
            }
            for (NamedValue value : register.namedValues()) {
                table.row(
                        "", "  " + value.name(), "= " + value.value(), "", "", value.description());
            }
        }
        host.out().print(table.text(host.style()));
    }

    private static String access(Register register) {
        String access = register.fields().isEmpty() ? register.access().text() : "";
        String order = register.isBigEndian() ? "big-endian" : "";
        return access.isEmpty() || order.isEmpty() ? access + order : access + ", " + order;
    }

    private static String bits(Field field) {
        int last = field.shift() + Long.bitCount(field.mask()) - 1;
        return field.isFlag() ? String.valueOf(last) : field.shift() + "-" + last;
    }

    private static List<DeviceConstant> constants(DeviceType type) {
        return DeviceCatalog.specimen(type).constants();
    }

    /** The arguments as they are written, those that may be left out in brackets. */
    private static String arguments(StimulusType stimulus) {
        StringBuilder text = new StringBuilder();
        for (Property argument : stimulus.arguments()) {
            String word = argument.name();
            String value = word.toUpperCase(Locale.ROOT);
            String written =
                    switch (argument.kind()) {
                        case PropertyKind.Flag _ -> word;
                        case PropertyKind.Choice(List<String> words) ->
                                argument.positional()
                                        ? String.join("|", words)
                                        : word + " " + String.join("|", words);
                        case PropertyKind.Whole _,
                                PropertyKind.Time _,
                                PropertyKind.Size _,
                                PropertyKind.Line _,
                                PropertyKind.Text _ ->
                                argument.positional() ? value : word + " " + value;
                    };
            text.append(argument.required() ? " " + written : " [" + written + "]");
        }
        return text.toString();
    }

    private static String name(DeviceConstant constant) {
        return constant.signature().substring(PREFIX.length());
    }

    private static String usual(Property property) {
        return property.unlessSaid()
                .map(value ->
                        switch (value) {
                            case PropertyValue.Quantity(long number) -> Long.toString(number);
                            case PropertyValue.Word(String word) -> word;
                            case PropertyValue.Text(String text) -> text;
                            case PropertyValue.Truth(boolean truth) -> truth ? "yes" : "no";
                            case PropertyValue.Line line ->
                                    line.input() + " " + line.trigger().word();
                        })
                .orElse(property.required() ? "required" : "none");
    }

    private static ObjectNode document(List<DeviceType> types) {
        ObjectNode document = Json.document("devices");
        ArrayNode devices = document.putArray("devices");
        for (DeviceType type : types) {
            ObjectNode device = devices.addObject();
            device.put("name", type.name());
            device.put("description", type.description());
            ArrayNode properties = device.putArray("properties");
            for (Property property : type.properties()) {
                properties
                        .addObject()
                        .put("name", property.name())
                        .put("value", property.kind().text())
                        .put("usual", usual(property))
                        .put("description", property.description());
            }
            ArrayNode stimuli = device.putArray("stimuli");
            for (StimulusType stimulus : type.stimuli()) {
                stimuli.addObject()
                        .put("name", stimulus.name())
                        .put("arguments", arguments(stimulus).strip())
                        .put("description", stimulus.description());
            }
            ArrayNode texts = device.putArray("texts");
            type.texts().forEach(texts::add);
            Device specimen = DeviceCatalog.specimen(type);
            ArrayNode registers = device.putArray("registers");
            specimen.registers().registers().forEach(register -> add(registers, register));
            ArrayNode messages = device.putArray("messages");
            if (type.isPci()) {
                for (PciMessage message : type.pci().messages()) {
                    messages.addObject()
                            .put("first", message.first())
                            .put("last", message.last())
                            .put("description", message.description());
                }
            }
            ArrayNode constants = device.putArray("constants");
            for (DeviceConstant constant : constants(type)) {
                constants
                        .addObject()
                        .put("name", name(constant))
                        .put("description", constant.description());
            }
        }
        return document;
    }

    private static void add(ArrayNode registers, Register register) {
        if (register.index() > 0) {
            return;
        }
        ObjectNode node = registers.addObject();
        node.put("name", register.family())
                .put("range", register.range())
                .put("offset", register.offset())
                .put("width", register.width())
                .put("stride", register.stride())
                .put("description", register.description());
        ArrayNode fields = node.putArray("fields");
        for (Field field : register.fields()) {
            fields.addObject()
                    .put("name", field.name())
                    .put("shift", field.shift())
                    .put("bits", Long.bitCount(field.mask()))
                    .put("access", field.access().text())
                    .put("description", field.description());
        }
    }
}
