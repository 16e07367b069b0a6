package dev.dirql.scenario.language;

import dev.dirql.scenario.language.DeviceType.StimulusType;
import dev.dirql.scenario.language.ScenarioParser.PlugContext;
import dev.dirql.scenario.language.ScenarioParser.StimulusContext;
import dev.dirql.scenario.source.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SequencedMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads what happens to devices and to memory. */
final class Stimuli {
    private static final PropertyType ORDINAL =
            PropertyType.required(
                    "interrupt", new PropertyKind.Whole(1, Long.MAX_VALUE), "Which, from 1.");

    /** What can happen to every device that has an interrupt. */
    static final List<StimulusType> OF_EVERY_DEVICE =
            List.of(
                    new StimulusType(
                            "raise",
                            List.of(PropertyType.flag("spurious", "Without cause.")),
                            "The device interrupts."),
                    new StimulusType("lose", List.of(ORDINAL), "An interrupt does not arrive."),
                    new StimulusType("duplicate", List.of(ORDINAL), "An interrupt arrives twice."),
                    new StimulusType(
                            "delay",
                            List.of(
                                    ORDINAL,
                                    PropertyType.required(
                                            "by",
                                            new PropertyKind.Time(1, Long.MAX_VALUE),
                                            "How much later.")),
                            "An interrupt arrives later."),
                    new StimulusType(
                            "storm",
                            List.of(
                                    PropertyType.positional(
                                            "count",
                                            new PropertyKind.Whole(1, 0xFFFF_FFFFL),
                                            "How many."),
                                    PropertyType.required(
                                            "every",
                                            new PropertyKind.Time(1, Long.MAX_VALUE),
                                            "The time between two.")),
                            "The device interrupts again and again, without cause."));

    private static final String OF = "of";

    /** A day. */
    private static final long STOP_MAXIMUM = 86_400_000_000_000L;

    /** Messages of MSI-X. */
    static final int MESSAGES_MAXIMUM = 2048;

    private static final PropertyType MESSAGE =
            PropertyType.optional(
                    "message",
                    new PropertyKind.Whole(0, MESSAGES_MAXIMUM - 1),
                    "Which message, from 0.");

    private final Devices devices;
    private final Properties properties;
    private final Expressions expressions;
    private final Problems problems;

    Stimuli(Devices devices, Properties properties, Expressions expressions, Problems problems) {
        this.devices = devices;
        this.properties = properties;
        this.expressions = expressions;
        this.problems = problems;
    }

    Optional<Stimulus> read(StimulusContext stimulus) {
        if (stimulus.exception != null) {
            return Optional.empty();
        }
        if (stimulus.FAIL() != null) {
            return failure(stimulus);
        }
        if (stimulus.plug() != null) {
            return plug(stimulus.plug());
        }
        if (stimulus.name().isEmpty()) {
            return Optional.of(new Stimulus.Shutdown(Devices.position(stimulus)));
        }
        if (stimulus.name().size() == 1) {
            Target target = devices.driverTarget(stimulus.name(0));
            return target == null
                    ? Optional.empty()
                    : Optional.of(
                            new Stimulus.Unload(
                                    Devices.position(stimulus),
                                    target.driver(),
                                    target.driverNumber()));
        }
        return ofDevice(stimulus);
    }

    private Optional<Stimulus> plug(PlugContext plug) {
        return plugged(plug)
                .map(what ->
                        new Stimulus.Plug(
                                what.position(),
                                what.device(),
                                what.deviceNumber(),
                                what.action(),
                                what.nanoseconds()));
    }

    /** What a thread or a stimulus says of Plug and Play. */
    Optional<WorkloadStatement.Plug> plugged(PlugContext plug) {
        OptionalInt device = devices.number(plug.name());
        OptionalLong time =
                plug.expression() == null
                        ? OptionalLong.of(0)
                        : expressions.time(plug.expression(), "stop", STOP_MAXIMUM);
        PlugAction action =
                switch (plug.getStart().getText()) {
                    case "stop" -> PlugAction.STOP;
                    case "surprise" -> PlugAction.SURPRISE_REMOVE;
                    default -> PlugAction.REMOVE;
                };
        return device.isEmpty() || time.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new WorkloadStatement.Plug(
                                Devices.position(plug),
                                plug.name().getText(),
                                device.getAsInt(),
                                action,
                                time.getAsLong()));
    }

    private Optional<Stimulus> failure(StimulusContext stimulus) {
        String what = stimulus.name(0).getText();
        if (!what.equals("allocation")) {
            problems.error(
                    stimulus.name(0),
                    "'%s' cannot be made to fail".formatted(what),
                    "fail allocation N");
            return Optional.empty();
        }
        OptionalLong ordinal =
                expressions.whole(stimulus.expression(), "allocation", 1, Long.MAX_VALUE);
        int driver = Stimulus.FailAllocation.ALL_DRIVERS;
        if (stimulus.name().size() > 1) {
            Target target = devices.driverTarget(stimulus.name(1));
            if (target == null) {
                return Optional.empty();
            }
            driver = target.driverNumber();
        }
        return ordinal.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new Stimulus.FailAllocation(
                                Devices.position(stimulus), ordinal.getAsLong(), driver));
    }

    private Optional<Stimulus> ofDevice(StimulusContext stimulus) {
        DeviceDeclaration device = devices.device(stimulus.name(0));
        if (device == null) {
            return Optional.empty();
        }
        String name = stimulus.name(1).getText();
        List<StimulusType> types =
                Stream.concat(
                                device.type().interrupting()
                                        ? OF_EVERY_DEVICE.stream()
                                        : Stream.empty(),
                                device.type().stimuli().stream())
                        .toList();
        StimulusType type = find(types, name);
        if (type == null) {
            problems.error(
                    stimulus.name(1),
                    "a %s cannot '%s'".formatted(device.type().name(), name),
                    types.isEmpty()
                            ? "nothing can be made to happen to it"
                            : Problems.suggestion(
                                    "stimulus",
                                    name,
                                    types.stream().map(StimulusType::name).toList()));
            return Optional.empty();
        }
        Position position = Devices.position(stimulus);
        if (name.equals("raise") && !isRaisable(device, stimulus)) {
            problems.error(
                    stimulus.name(1),
                    "hardware '%s' does not say what raise does".formatted(device.type().name()),
                    "declare it with on raise { … }, or write raise spurious");
            return Optional.empty();
        }
        boolean common = OF_EVERY_DEVICE.contains(type);
        List<PropertyType> accepted =
                common ? withInterrupt(device.type(), type) : type.arguments();
        return properties
                .read(stimulus.item(), accepted, "'%s'".formatted(name), stimulus.name(1))
                .map(arguments ->
                        common
                                ? ofInterrupt(position, device.name(), name, arguments)
                                : new Stimulus.OfDevice(position, device.name(), name, arguments));
    }

    /** Hardware that a scenario declares need not say how it is made to interrupt. */
    private boolean isRaisable(DeviceDeclaration device, StimulusContext stimulus) {
        List<String> words = stimulus.item().stream().map(item -> item.getText()).toList();
        int of = words.indexOf(OF);
        String interrupt = of >= 0 && of + 1 < words.size() ? words.get(of + 1) : "";
        return words.contains("spurious")
                || devices.hardwareOf(device)
                        .map(hardware -> hardware.isRaisable(interrupt))
                        .orElse(true);
    }

    private static @Nullable StimulusType find(List<StimulusType> types, String name) {
        return types.stream().filter(type -> type.name().equals(name)).findFirst().orElse(null);
    }

    /** A device with several interrupts or messages is told which of them is meant. */
    private static List<PropertyType> withInterrupt(DeviceType device, StimulusType stimulus) {
        List<String> interrupts = device.furtherInterrupts();
        List<PropertyType> arguments = new ArrayList<>(stimulus.arguments());
        if (!interrupts.isEmpty()) {
            arguments.add(
                    PropertyType.optional(
                            OF,
                            new PropertyKind.Choice(interrupts),
                            "Which interrupt, if not the first."));
        }
        if (device.messaging()) {
            arguments.add(MESSAGE);
        }
        return arguments;
    }

    private static Stimulus ofInterrupt(
            Position position, String device, String name, SequencedMap<String, Value> arguments) {
        Stimulus stimulus = common(position, device, name, arguments);
        return arguments.get(OF) instanceof Value.Word(String interrupt)
                ? new Stimulus.OfInterrupt(interrupt, stimulus)
                : stimulus;
    }

    private static Stimulus common(
            Position position, String device, String name, SequencedMap<String, Value> arguments) {
        int message =
                arguments.containsKey(MESSAGE.name())
                        ? (int) number(arguments, MESSAGE.name())
                        : Stimulus.ANY_MESSAGE;
        return switch (name) {
            case "raise" ->
                    new Stimulus.Raise(
                            position, device, number(arguments, "spurious") != 0, message);
            case "lose" ->
                    new Stimulus.LoseInterrupt(
                            position, device, number(arguments, "interrupt"), message);
            case "duplicate" ->
                    new Stimulus.DuplicateInterrupt(
                            position, device, number(arguments, "interrupt"), message);
            case "delay" ->
                    new Stimulus.DelayInterrupt(
                            position,
                            device,
                            number(arguments, "interrupt"),
                            number(arguments, "by"),
                            message);
            case "storm" ->
                    new Stimulus.Storm(
                            position,
                            device,
                            number(arguments, "count"),
                            number(arguments, "every"),
                            message);
            default -> throw new IllegalStateException("stimulus " + name);
        };
    }

    private static long number(SequencedMap<String, Value> arguments, String name) {
        Value value = arguments.get(name);
        if (value == null) {
            throw new IllegalStateException("stimulus argument " + name + " has no value");
        }
        return Expressions.bits(value);
    }
}
