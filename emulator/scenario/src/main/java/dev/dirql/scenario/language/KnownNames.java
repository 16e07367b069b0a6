package dev.dirql.scenario.language;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Supplier;

/**
 * The names that a scenario may use and that the language itself does not know.
 *
 * @param bugChecks bug check names with their codes; with none at all, every name is accepted
 * @param rules gives the names of the rules that findings carry, asked for only where a rule is
 *     named; with none at all, every name is accepted
 * @param kernelSettings properties of a machine that are the kernel's
 */
public record KnownNames(
        DeviceCatalog devices,
        SequencedMap<String, Long> bugChecks,
        Supplier<List<String>> rules,
        List<PropertyType> kernelSettings) {
    public KnownNames {
        bugChecks = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(bugChecks));
        kernelSettings = List.copyOf(kernelSettings);
    }

    /** Knows devices and settings, and accepts any bug check and rule name. */
    public static KnownNames of(DeviceCatalog devices, List<PropertyType> kernelSettings) {
        return new KnownNames(devices, new LinkedHashMap<>(), List::of, kernelSettings);
    }
}
