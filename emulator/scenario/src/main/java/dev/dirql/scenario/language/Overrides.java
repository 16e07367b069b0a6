package dev.dirql.scenario.language;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SequencedMap;

/**
 * What a command line says instead of the scenario.
 *
 * @param parameters {@code --set NAME=VALUE}, by name, in the order given
 * @param processors {@code --processors}
 * @param seed {@code --seed}
 */
public record Overrides(
        SequencedMap<String, String> parameters, OptionalInt processors, OptionalLong seed) {
    public static final Overrides NONE =
            new Overrides(new LinkedHashMap<>(), OptionalInt.empty(), OptionalLong.empty());

    public Overrides {
        parameters = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(parameters));
    }
}
