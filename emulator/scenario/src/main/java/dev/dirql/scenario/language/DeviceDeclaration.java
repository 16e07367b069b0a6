package dev.dirql.scenario.language;

import dev.dirql.scenario.source.Position;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * A device of the machine.
 *
 * @param properties the type's properties in the type's order, with what is written or else their
 *     usual value; a property that has neither is absent
 */
public record DeviceDeclaration(
        Position position, String name, DeviceType type, SequencedMap<String, Value> properties) {
    public DeviceDeclaration {
        properties = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(properties));
    }

    /** The name that one of {@link DeviceType#constants} of this device has in C. */
    public String constantName(String constant) {
        return name.toUpperCase(Locale.ROOT) + "_" + constant;
    }

    public Optional<Value> property(String property) {
        return Optional.ofNullable(properties.get(property));
    }

    /**
     * A number: a whole as it is, a time in nanoseconds, a size in bytes, the number of an
     * interrupt line, 1 and 0 for on and off.
     */
    public long number(String property) {
        return switch (property(property).orElseThrow()) {
            case Value.Whole(long value) -> value;
            case Value.Time(long nanoseconds) -> nanoseconds;
            case Value.Size(long bytes) -> bytes;
            case Value.Line(int number, _) -> number;
            case Value.Truth(boolean on) -> on ? 1 : 0;
            case Value.Text _, Value.Word _, Value.Answers _ ->
                    throw new IllegalArgumentException(property + " of " + name + " is no number");
        };
    }
}
