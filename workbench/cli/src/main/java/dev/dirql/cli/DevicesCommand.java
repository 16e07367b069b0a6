package dev.dirql.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dirql.cli.json.Json;
import dev.dirql.cli.text.TextTable;
import dev.dirql.devices.DeviceCatalog;
import dev.dirql.devices.DeviceConstant;
import dev.dirql.devices.DeviceType;
import dev.dirql.devices.Property;
import dev.dirql.devices.PropertyKind;
import dev.dirql.devices.PropertyValue;
import dev.dirql.devices.StimulusType;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code dirql devices}: the types of device that a scenario can declare. */
@Command(
        name = "devices",
        description =
                "Lists the devices that a scenario can declare, and what each gives its driver.",
        mixinStandardHelpOptions = true)
final class DevicesCommand implements Callable<Integer> {
    /** Every specimen is called device, so its constants begin with DEVICE_. */
    private static final String PREFIX = "DEVICE_";

    private final Host host;

    @Option(names = "--json", description = "One JSON document.")
    private boolean json;

    DevicesCommand(Host host) {
        this.host = host;
    }

    @Override
    public Integer call() {
        if (json) {
            Json.print(host.out(), document());
        } else {
            DeviceCatalog.TYPES.forEach(this::print);
            host.out().print("In C, a device \"disk\" writes DISK_STATUS for STATUS.\n");
        }
        return ExitCode.SUCCESS;
    }

    private void print(DeviceType type) {
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
        TextTable constants = new TextTable("constant in C", "meaning");
        for (DeviceConstant constant : constants(type)) {
            constants.row(name(constant), constant.description());
        }
        host.out().print(constants.text(host.style()) + "\n");
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
        return constant.name().substring(PREFIX.length());
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

    private static ObjectNode document() {
        ObjectNode document = Json.document("devices");
        ArrayNode devices = document.putArray("devices");
        for (DeviceType type : DeviceCatalog.TYPES) {
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
}
