package dev.dirql.scenario.language;

import java.util.Optional;

/**
 * A word that a declaration or a stimulus understands, with its value.
 *
 * @param name the word before the value; for a positional argument of a stimulus only its name in
 *     messages
 * @param positional the value stands without the word before it (stimuli only)
 * @param unlessSaid the value where nothing is written; empty if it must be written, or is optional
 *     ({@code required})
 * @param required writing it is required
 * @param meaning one sentence for the reference
 */
public record PropertyType(
        String name,
        PropertyKind kind,
        boolean positional,
        Optional<Value> unlessSaid,
        boolean required,
        String meaning) {
    public static PropertyType required(String name, PropertyKind kind, String meaning) {
        return new PropertyType(name, kind, false, Optional.empty(), true, meaning);
    }

    public static PropertyType positional(String name, PropertyKind kind, String meaning) {
        return new PropertyType(name, kind, true, Optional.empty(), true, meaning);
    }

    public static PropertyType of(
            String name, PropertyKind kind, Value unlessSaid, String meaning) {
        return new PropertyType(name, kind, false, Optional.of(unlessSaid), false, meaning);
    }

    /** A property that has no value at all where nothing is written. */
    public static PropertyType optional(String name, PropertyKind kind, String meaning) {
        return new PropertyType(name, kind, false, Optional.empty(), false, meaning);
    }

    /** A word without value: {@link Value.Truth} true where it is written, else false. */
    public static PropertyType flag(String name, String meaning) {
        return of(name, new PropertyKind.Flag(), new Value.Truth(false), meaning);
    }
}
