package dev.dirql.cli;

import dev.dirql.scenario.language.Overrides;
import dev.dirql.simulation.UserError;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that say something instead of the scenario. */
final class OverrideOptions {
    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Disturb the default policy with this seed; 0 leaves it alone.")
    private @Nullable Long seed;

    @Option(
            names = "--set",
            paramLabel = "NAME=VALUE",
            description = "Give a parameter of the scenario another value; may be repeated.")
    private List<String> settings = List.of();

    @Option(names = "--processors", paramLabel = "N", description = "Number of processors.")
    private @Nullable Integer processors;

    Overrides overrides() {
        SequencedMap<String, String> parameters = new LinkedHashMap<>();
        for (String setting : settings) {
            int equals = setting.indexOf('=');
            if (equals <= 0) {
                throw new UserError(
                        "--set %s: write NAME=VALUE, as in --set transfers=50".formatted(setting));
            }
            parameters.put(setting.substring(0, equals), setting.substring(equals + 1));
        }
        if (seed != null && seed < 0) {
            throw new UserError("--seed %d: a seed is 0 or positive.".formatted(seed));
        }
        if (processors != null && (processors < 1 || processors > 64)) {
            throw new UserError(
                    "--processors %d: a machine has 1 to 64 processors.".formatted(processors));
        }
        return new Overrides(
                parameters,
                processors == null ? OptionalInt.empty() : OptionalInt.of(processors),
                seed == null ? OptionalLong.empty() : OptionalLong.of(seed));
    }
}
