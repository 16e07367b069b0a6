package dev.dirql.scenario.language;

import dev.dirql.scenario.source.Names;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads and writes numbers with their units. */
final class Numbers {
    private static final Map<String, Long> NANOSECONDS = new LinkedHashMap<>();
    private static final Map<String, Long> BYTES = new LinkedHashMap<>();

    static {
        NANOSECONDS.put("ns", 1L);
        NANOSECONDS.put("us", 1_000L);
        NANOSECONDS.put("ms", 1_000_000L);
        NANOSECONDS.put("s", 1_000_000_000L);
        BYTES.put("B", 1L);
        BYTES.put("KB", 1L << 10);
        BYTES.put("MB", 1L << 20);
        BYTES.put("GB", 1L << 30);
    }

    private Numbers() {}

    /** A number as written, or why it is none. */
    sealed interface Read {
        record Right(Value value) implements Read {}

        record Wrong(String message, String cure) implements Read {}
    }

    static Read read(String written) {
        String text = written.replace("_", "");
        if (text.startsWith("0x") || text.startsWith("0X")) {
            return hexadecimal(written, text.substring(2));
        }
        int digits = 0;
        while (digits < text.length()
                && (Character.isDigit(text.charAt(digits)) || text.charAt(digits) == '.')) {
            digits++;
        }
        String unit = text.substring(digits);
        BigDecimal number = new BigDecimal(text.substring(0, digits));
        Long factor =
                unit.isEmpty()
                        ? Long.valueOf(1)
                        : NANOSECONDS.containsKey(unit) ? NANOSECONDS.get(unit) : BYTES.get(unit);
        if (factor == null) {
            return new Read.Wrong(
                    "'%s' has the unknown unit '%s'".formatted(written, unit), unitCure(unit));
        }
        try {
            long value = number.multiply(BigDecimal.valueOf(factor)).longValueExact();
            return new Read.Right(
                    unit.isEmpty()
                            ? new Value.Whole(value)
                            : NANOSECONDS.containsKey(unit)
                                    ? new Value.Time(value)
                                    : new Value.Size(value));
        } catch (ArithmeticException _) {
            BigDecimal scaled = number.multiply(BigDecimal.valueOf(factor));
            if (scaled.stripTrailingZeros().scale() <= 0) {
                return new Read.Wrong("'%s' does not fit in 64 bits".formatted(written), "");
            }
            return new Read.Wrong(
                    "'%s' is not a whole number".formatted(written)
                            + (unit.isEmpty()
                                    ? ""
                                    : NANOSECONDS.containsKey(unit)
                                            ? " of nanoseconds"
                                            : " of bytes"),
                    "");
        }
    }

    private static Read hexadecimal(String written, String digits) {
        if (digits.isEmpty() || !digits.chars().allMatch(c -> Character.digit(c, 16) >= 0)) {
            return new Read.Wrong("'%s' is not a hexadecimal number".formatted(written), "");
        }
        BigInteger value = new BigInteger(digits, 16);
        return value.bitLength() > 64
                ? new Read.Wrong("'%s' does not fit in 64 bits".formatted(written), "")
                : new Read.Right(new Value.Whole(value.longValue()));
    }

    private static String unitCure(String unit) {
        Collection<String> units = List.of("ns", "us", "ms", "s", "B", "KB", "MB", "GB");
        Optional<String> sameLetters =
                units.stream().filter(known -> known.equalsIgnoreCase(unit)).findFirst();
        return sameLetters
                .or(() -> Names.nearest(unit, units))
                .map("did you mean '%s'?"::formatted)
                .orElse("units are ns, us, ms, s for times and B, KB, MB, GB for sizes");
    }

    /** A time with the largest unit that leaves a whole number. */
    static String time(long nanoseconds) {
        return withUnit(nanoseconds, NANOSECONDS);
    }

    /** A size with the largest unit that leaves a whole number. */
    static String size(long bytes) {
        return withUnit(bytes, BYTES);
    }

    private static String withUnit(long value, Map<String, Long> units) {
        String best = Long.toString(value);
        for (Map.Entry<String, Long> unit : units.entrySet()) {
            if (value % unit.getValue() == 0 && (value != 0 || unit.getValue() == 1)) {
                best = value / unit.getValue() + unit.getKey();
            }
        }
        return best;
    }

    /** {@code a, b or c}. */
    static String alternatives(List<String> words) {
        return words.size() == 1
                ? words.getFirst()
                : String.join(", ", words.subList(0, words.size() - 1)) + " or " + words.getLast();
    }

    /** {@code a, b, c}, shortened if there are many. */
    static String list(Collection<String> words) {
        return words.size() <= 16
                ? String.join(", ", words)
                : String.join(", ", words.stream().limit(16).toList())
                        + ", and %d more".formatted(words.size() - 16);
    }
}
