package dev.dirql.scenario.language;

import dev.dirql.scenario.source.Position;

/**
 * A parameter with the value it has in this run.
 *
 * @param overridden the value is the command line's, not the declaration's
 */
public record ParameterDeclaration(
        Position position, String name, Value value, boolean overridden) {
    /**
     * What the C of the drivers sees when it names the parameter: times in nanoseconds, sizes in
     * bytes, truths as 1 and 0.
     */
    public String cText() {
        return switch (value) {
            case Value.Whole(long whole) -> cInteger(whole);
            case Value.Time(long nanoseconds) -> cInteger(nanoseconds);
            case Value.Size(long bytes) -> cInteger(bytes);
            case Value.Truth(boolean truth) -> truth ? "1" : "0";
            case Value.Text(String text) -> CText.literal(text);
            case Value.Word _, Value.Line _, Value.Answers _ ->
                    throw new IllegalStateException("parameter " + name + " is " + value.kind());
        };
    }

    private static String cInteger(long value) {
        return value >= Integer.MIN_VALUE + 1 && value <= Integer.MAX_VALUE
                ? (value < 0 ? "(" + value + ")" : Long.toString(value))
                : value < 0 ? "((long long)0x" + Long.toHexString(value) + "ULL)" : value + "LL";
    }
}
