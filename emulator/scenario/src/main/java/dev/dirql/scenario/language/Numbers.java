package dev.dirql.scenario.language;

import dev.dirql.scenario.source.Names;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/** Reads and writes numbers with their units. */
final class Numbers {
    private static final SequencedMap<String, Long> NANOSECONDS =
            units("ns", 1, "us", 1_000, "ms", 1_000_000, "s", 1_000_000_000);
    private static final SequencedMap<String, Long> BYTES =
            units("B", 1, "KB", 1 << 10, "MB", 1 << 20, "GB", 1 << 30);

    private Numbers() {}

    private static SequencedMap<String, Long> units(
            String a, long ofA, String b, long ofB, String c, long ofC, String d, long ofD) {
        SequencedMap<String, Long> units = new LinkedHashMap<>();
        units.put(a, ofA);
        units.put(b, ofB);
        units.put(c, ofC);
        units.put(d, ofD);
        return Collections.unmodifiableSequencedMap(units);
    }

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
