package dev.dirql.simulation;

import dev.dirql.devices.DeviceCatalog;
import dev.dirql.devices.InterruptStimulus;
import dev.dirql.devices.Property;
import dev.dirql.devices.PropertyKind;
import dev.dirql.devices.PropertyValue;
import dev.dirql.devices.Trigger;
import dev.dirql.scenario.language.DeviceType;
import dev.dirql.scenario.language.PropertyType;
import dev.dirql.scenario.language.Stimulus;
import dev.dirql.scenario.language.Value;
import dev.dirql.simulation.hardware.HardwareTypes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The devices there are, told to the scenario language, and what it says told to the devices. */
public final class DeviceTypes {
    private DeviceTypes() {}

    /** What the language may declare, without the types of jars. */
    public static dev.dirql.scenario.language.DeviceCatalog catalog() {
        return catalog(DeviceLibrary.BUILT_IN);
    }

    /** What the language may declare. */
    static dev.dirql.scenario.language.DeviceCatalog catalog(DeviceLibrary library) {
        return new dev.dirql.scenario.language.DeviceCatalog(
                library.types().stream().map(DeviceTypes::type).toList(),
                hardware ->
                        type(HardwareTypes.of(hardware, Optional.empty(), DeviceTypes::property)));
    }

    private static DeviceType type(dev.dirql.devices.DeviceType type) {
        return new DeviceType(
                type.name(),
                type.description(),
                properties(type.properties()),
                type.stimuli().stream()
                        .map(stimulus ->
                                new DeviceType.StimulusType(
                                        stimulus.name(),
                                        properties(stimulus.arguments()),
                                        stimulus.description()))
                        .toList(),
                type.isInterrupting(),
                type.isPci(),
                DeviceCatalog.constantNames(type),
                type.texts());
    }

    private static List<PropertyType> properties(List<Property> properties) {
        return properties.stream().map(DeviceTypes::property).toList();
    }

    private static PropertyType property(Property property) {
        Optional<Value> usual = property.unlessSaid().map(value -> value(property.kind(), value));
        return new PropertyType(
                property.name(),
                kind(property.kind()),
                property.positional(),
                usual,
                property.required(),
                property.description());
    }

    private static dev.dirql.scenario.language.PropertyKind kind(PropertyKind kind) {
        return switch (kind) {
            case PropertyKind.Whole(long low, long high) ->
                    new dev.dirql.scenario.language.PropertyKind.Whole(low, high);
            case PropertyKind.Time(long low, long high) ->
                    new dev.dirql.scenario.language.PropertyKind.Time(low, high);
            case PropertyKind.Size(long low, long high) ->
                    new dev.dirql.scenario.language.PropertyKind.Size(low, high);
            case PropertyKind.Choice(List<String> words) ->
                    new dev.dirql.scenario.language.PropertyKind.Choice(words);
            case PropertyKind.Line(int highest, Trigger usual) ->
                    new dev.dirql.scenario.language.PropertyKind.Line(highest, trigger(usual));
            case PropertyKind.Text(int maximum, String alphabet, String whose) ->
                    new dev.dirql.scenario.language.PropertyKind.Text(maximum, alphabet, whose);
            case PropertyKind.Flag() -> new dev.dirql.scenario.language.PropertyKind.Flag();
        };
    }

    /** A property of declared hardware, as devices know it. */
    static Property property(PropertyType property) {
        return new Property(
                property.name(),
                kind(property.kind()),
                property.unlessSaid().map(DeviceTypes::value),
                property.required(),
                property.positional(),
                property.meaning());
    }

    private static PropertyKind kind(dev.dirql.scenario.language.PropertyKind kind) {
        return switch (kind) {
            case dev.dirql.scenario.language.PropertyKind.Whole(long low, long high) ->
                    new PropertyKind.Whole(low, high);
            case dev.dirql.scenario.language.PropertyKind.Time(long low, long high) ->
                    new PropertyKind.Time(low, high);
            case dev.dirql.scenario.language.PropertyKind.Size(long low, long high) ->
                    new PropertyKind.Size(low, high);
            case dev.dirql.scenario.language.PropertyKind.Choice(List<String> words) ->
                    new PropertyKind.Choice(words);
            case dev.dirql.scenario.language.PropertyKind.Text(
                            int maximum,
                            String alphabet,
                            String whose) ->
                    new PropertyKind.Text(maximum, alphabet, whose);
            case dev.dirql.scenario.language.PropertyKind.Flag() -> new PropertyKind.Flag();
            case dev.dirql.scenario.language.PropertyKind.Line _,
                    dev.dirql.scenario.language.PropertyKind.Switch _,
                    dev.dirql.scenario.language.PropertyKind.Answer _ ->
                    throw new IllegalStateException("no hardware has " + kind.description());
        };
    }

    private static Value value(PropertyKind kind, PropertyValue value) {
        return switch (value) {
            case PropertyValue.Quantity(long number) ->
                    switch (kind) {
                        case PropertyKind.Time _ -> new Value.Time(number);
                        case PropertyKind.Size _ -> new Value.Size(number);
                        case PropertyKind.Whole _,
                                PropertyKind.Choice _,
                                PropertyKind.Line _,
                                PropertyKind.Text _,
                                PropertyKind.Flag _ ->
                                new Value.Whole(number);
                    };
            case PropertyValue.Word(String word) -> new Value.Word(word);
            case PropertyValue.Text(String text) -> new Value.Text(text);
            case PropertyValue.Truth(boolean isTrue) -> new Value.Truth(isTrue);
            case PropertyValue.Line(int input, Trigger trigger) ->
                    new Value.Line(input, trigger(trigger));
        };
    }

    private static Value.Trigger trigger(Trigger trigger) {
        return switch (trigger) {
            case LEVEL_SENSITIVE -> Value.Trigger.LEVEL_SENSITIVE;
            case LATCHED -> Value.Trigger.LATCHED;
        };
    }

    /** Values as devices take them, by name. */
    static Map<String, PropertyValue> values(Map<String, Value> values) {
        Map<String, PropertyValue> out = new LinkedHashMap<>();
        values.forEach((name, value) -> out.put(name, value(value)));
        return out;
    }

    private static PropertyValue value(Value value) {
        return switch (value) {
            case Value.Whole(long number) -> new PropertyValue.Quantity(number);
            case Value.Time(long ns) -> new PropertyValue.Quantity(ns);
            case Value.Size(long bytes) -> new PropertyValue.Quantity(bytes);
            case Value.Truth(boolean truth) -> new PropertyValue.Truth(truth);
            case Value.Word(String word) -> new PropertyValue.Word(word);
            case Value.Line(int number, Value.Trigger trigger) ->
                    new PropertyValue.Line(
                            number,
                            switch (trigger) {
                                case LEVEL_SENSITIVE -> Trigger.LEVEL_SENSITIVE;
                                case LATCHED -> Trigger.LATCHED;
                            });
            case Value.Text(String text) -> new PropertyValue.Text(text);
            case Value.Answers _ ->
                    throw new IllegalStateException("no device has " + value.kind());
        };
    }

    /** The device to whose interrupt a stimulus does something. */
    static String deviceOf(Stimulus stimulus) {
        return switch (stimulus) {
            case Stimulus.Raise raise -> raise.device();
            case Stimulus.LoseInterrupt lose -> lose.device();
            case Stimulus.DuplicateInterrupt duplicate -> duplicate.device();
            case Stimulus.DelayInterrupt delay -> delay.device();
            case Stimulus.Storm storm -> storm.device();
            case Stimulus.OfInterrupt other -> deviceOf(other.stimulus());
            case Stimulus.OfDevice own -> own.device();
            case Stimulus.FailAllocation _,
                    Stimulus.Unload _,
                    Stimulus.Plug _,
                    Stimulus.Shutdown _ ->
                    throw new IllegalStateException(stimulus + " is of no device");
        };
    }

    /** What a stimulus does to a device's interrupt; empty if it is of another kind. */
    static Optional<InterruptStimulus> interruptStimulus(Stimulus stimulus) {
        return switch (stimulus) {
            case Stimulus.Raise raise ->
                    Optional.of(
                            raise.spurious()
                                    ? new InterruptStimulus.RaiseSpurious()
                                    : new InterruptStimulus.Raise());
            case Stimulus.LoseInterrupt lose ->
                    Optional.of(new InterruptStimulus.Lose(lose.ordinal()));
            case Stimulus.DuplicateInterrupt duplicate ->
                    Optional.of(new InterruptStimulus.Duplicate(duplicate.ordinal()));
            case Stimulus.DelayInterrupt delay ->
                    Optional.of(new InterruptStimulus.Delay(delay.ordinal(), delay.delayNs()));
            case Stimulus.Storm storm ->
                    Optional.of(new InterruptStimulus.Storm(storm.count(), storm.periodNs()));
            case Stimulus.OfInterrupt other -> interruptStimulus(other.stimulus());
            case Stimulus.OfDevice _,
                    Stimulus.FailAllocation _,
                    Stimulus.Unload _,
                    Stimulus.Plug _,
                    Stimulus.Shutdown _ ->
                    Optional.empty();
        };
    }
}
