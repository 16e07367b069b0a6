package dev.dirql.simulation;

import dev.dirql.kernel.KernelSetting;
import dev.dirql.kernel.KernelSettings;
import dev.dirql.scenario.language.MachineDeclaration;
import dev.dirql.scenario.language.PropertyKind;
import dev.dirql.scenario.language.PropertyType;
import dev.dirql.scenario.language.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** The kernel's settings, told to the scenario language, and what it says told to the kernel. */
public final class MachineProperties {
    private static final String ANSWER = "answer";

    private MachineProperties() {}

    /** What the language may write in a machine, besides the bare machine's own properties. */
    public static List<PropertyType> kernelSettings() {
        List<PropertyType> types = new ArrayList<>();
        for (KernelSetting setting : KernelSetting.ALL) {
            types.add(
                    PropertyType.of(
                            setting.word(), kind(setting), usual(setting), setting.meaning()));
        }
        types.add(
                PropertyType.of(
                        ANSWER,
                        new PropertyKind.Answer(),
                        new Value.Answers(new TreeMap<>()),
                        "What a call of a kernel routine that is not modelled returns, where it"
                                + " would end the run otherwise."));
        return types;
    }

    private static PropertyKind kind(KernelSetting setting) {
        return switch (setting.kind()) {
            case KernelSetting.Kind.Whole(long low, long high) -> new PropertyKind.Whole(low, high);
            case KernelSetting.Kind.Time(long low, long high) -> new PropertyKind.Time(low, high);
            case KernelSetting.Kind.Choice(List<String> words) -> new PropertyKind.Choice(words);
            case KernelSetting.Kind.Switch() -> new PropertyKind.Switch();
        };
    }

    private static Value usual(KernelSetting setting) {
        long number = setting.unlessSaid();
        return switch (setting.kind()) {
            case KernelSetting.Kind.Whole _ -> new Value.Whole(number);
            case KernelSetting.Kind.Time _ -> new Value.Time(number);
            case KernelSetting.Kind.Choice(List<String> words) ->
                    new Value.Word(words.get((int) number));
            case KernelSetting.Kind.Switch _ -> new Value.Truth(number != 0);
        };
    }

    /** The settings of the kernel of a scenario's machine. */
    static KernelSettings settings(MachineDeclaration machine) {
        KernelSettings settings = KernelSettings.DEFAULT;
        for (KernelSetting setting : KernelSetting.ALL) {
            Value value = machine.kernel().get(setting.word());
            if (value == null) {
                throw new IllegalStateException("no value for " + setting.word());
            }
            settings = settings.with(setting, number(setting, value));
        }
        if (machine.kernel().get(ANSWER)
                instanceof Value.Answers(SortedMap<String, Long> results)) {
            for (var result : results.entrySet()) {
                settings = settings.withAnswer(result.getKey(), result.getValue());
            }
        }
        return settings;
    }

    private static long number(KernelSetting setting, Value value) {
        return switch (value) {
            case Value.Whole(long whole) -> whole;
            case Value.Time(long ns) -> ns;
            case Value.Truth(boolean truth) -> truth ? 1 : 0;
            case Value.Word(String word)
                    when setting.kind() instanceof KernelSetting.Kind.Choice(List<String> words) ->
                    words.indexOf(word);
            case Value.Word _, Value.Size _, Value.Text _, Value.Line _, Value.Answers _ ->
                    throw new IllegalStateException(setting.word() + " is " + value.kind());
        };
    }
}
