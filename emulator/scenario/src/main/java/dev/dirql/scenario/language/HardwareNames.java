package dev.dirql.scenario.language;

import dev.dirql.scenario.language.DeviceType.StimulusType;
import dev.dirql.scenario.language.HardwareDeclaration.Register;
import dev.dirql.scenario.language.ScenarioParser.HardwareContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/** Names of declared hardware that become one namespace: macros in its C, constants of drivers. */
final class HardwareNames {
    private HardwareNames() {}

    /**
     * Names that are macros in its C must differ from each other and from what else has a name
     * there.
     *
     * @param parameters of the scenario, which are macros too
     */
    static boolean checkMacros(
            HardwareDeclaration hardware,
            List<String> parameters,
            HardwareContext place,
            Problems problems) {
        SequencedMap<String, String> macros = new LinkedHashMap<>();
        parameters.forEach(name -> macros.put(name, "parameter of the scenario"));
        List<String> clashes = new ArrayList<>();
        for (PropertyType property : hardware.properties()) {
            macro(property.name(), "property", macros, clashes);
            words(property, macros, clashes);
        }
        hardware.timers().forEach(timer -> macro(timer.name(), "timer", macros, clashes));
        for (Register register : hardware.registers()) {
            register.values().forEach(value -> macro(value.name(), "named value", macros, clashes));
        }
        for (StimulusType stimulus : hardware.stimuli()) {
            stimulus.arguments().forEach(argument -> words(argument, macros, clashes));
        }
        for (Register register : hardware.registers()) {
            name(register.name(), "register", macros, clashes);
            register.fields().forEach(field -> name(field.name(), "field", macros, clashes));
        }
        for (StimulusType stimulus : hardware.stimuli()) {
            stimulus.arguments()
                    .forEach(argument -> name(argument.name(), "argument", macros, clashes));
        }
        clashes.stream()
                .distinct()
                .forEach(clash ->
                        problems.error(
                                place.name(),
                                clash,
                                "in the hardware's C they would be one: choose another name"));
        return clashes.isEmpty();
    }

    /** The same word with the same number may stand in several places. */
    private static void words(
            PropertyType property, Map<String, String> macros, List<String> clashes) {
        if (property.kind() instanceof PropertyKind.Choice(List<String> words)) {
            for (int i = 0; i < words.size(); i++) {
                String constant = HardwareDeclaration.wordConstant(property.name(), words.get(i));
                String what = "word, number %d of '%s'".formatted(i, property.name());
                if (!what.equals(macros.get(constant))) {
                    macro(constant, what, macros, clashes);
                }
            }
        }
    }

    private static void macro(
            String name, String what, Map<String, String> macros, List<String> clashes) {
        String other = macros.putIfAbsent(name, what);
        if (other != null) {
            clashes.add("'%s' names two things: %s, %s".formatted(name, other, what));
        }
    }

    private static void name(
            String name, String what, Map<String, String> macros, List<String> clashes) {
        String other = macros.get(name);
        if (other != null) {
            clashes.add("'%s' names two things: %s, %s".formatted(name, other, what));
        }
    }

    /** The names of the constants that its devices give their drivers must differ. */
    static boolean checkConstants(
            HardwareDeclaration hardware, HardwareContext place, Problems problems) {
        SequencedMap<String, Boolean> seen = new LinkedHashMap<>();
        for (String constant : hardware.registerConstants()) {
            if (seen.putIfAbsent(constant, true) != null) {
                problems.error(
                        place.name(),
                        "hardware '%s' has two %s".formatted(hardware.name(), constant),
                        "a driver knows registers, fields and values as constants of one kind:"
                                + " DEVICE_"
                                + constant);
                return false;
            }
        }
        return true;
    }
}
