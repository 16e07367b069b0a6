package dev.dirql.scenario.language;

import dev.dirql.scenario.language.ScenarioParser.ChoiceContext;
import dev.dirql.scenario.language.ScenarioParser.ItemContext;
import dev.dirql.scenario.language.ScenarioParser.KindContext;
import dev.dirql.scenario.language.ScenarioParser.NameContext;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/** Reads what may be given as the value of a property, or of an argument, of declared hardware. */
final class Kinds {
    private static final List<String> NAMES = List.of("integer", "time", "size", "text", "flag");
    private static final long TIME_MAXIMUM = 3_600_000_000_000L;
    private static final long SIZE_MAXIMUM = 1L << 30;
    static final int TEXT_MAXIMUM = 256;

    private final Properties properties;
    private final Expressions expressions;
    private final Problems problems;

    Kinds(Properties properties, Expressions expressions, Problems problems) {
        this.properties = properties;
        this.expressions = expressions;
        this.problems = problems;
    }

    /** A property: without a usual value it must be given. Empty if something is wrong. */
    Optional<PropertyType> property(
            NameContext name, KindContext kind, @Nullable ItemContext usual, String meaning) {
        return read(name, kind, usual, false, meaning);
    }

    /** An argument: without a usual value it is written without its name. */
    Optional<PropertyType> argument(
            NameContext name, KindContext kind, @Nullable ItemContext usual) {
        return read(name, kind, usual, true, "");
    }

    private Optional<PropertyType> read(
            NameContext name,
            KindContext context,
            @Nullable ItemContext usual,
            boolean argument,
            String meaning) {
        Optional<PropertyKind> kind = kind(context);
        if (kind.isEmpty()) {
            return Optional.empty();
        }
        String text = name.getText();
        if (kind.get() instanceof PropertyKind.Flag) {
            if (usual != null) {
                problems.error(usual, "a flag has no usual value", "it is there or not");
                return Optional.empty();
            }
            return Optional.of(PropertyType.flag(text, meaning));
        }
        if (usual == null) {
            return Optional.of(
                    argument
                            ? PropertyType.positional(text, kind.get(), meaning)
                            : PropertyType.required(text, kind.get(), meaning));
        }
        Optional<SequencedMap<String, Value>> value =
                properties.read(
                        List.of(usual),
                        List.of(PropertyType.positional(text, kind.get(), meaning)),
                        "'%s'".formatted(text),
                        name);
        return value.map(values -> values.get(text))
                .map(one -> PropertyType.of(text, kind.get(), one, meaning));
    }

    private Optional<PropertyKind> kind(KindContext context) {
        List<String> words = context.choice().stream().map(ChoiceContext::getText).toList();
        boolean bounded = context.expression().size() == 2;
        if (words.size() > 1) {
            if (bounded) {
                problems.error(context, "words have no bounds", "");
                return Optional.empty();
            }
            return choice(context, words);
        }
        String word = words.getFirst();
        return switch (word) {
            case "integer" -> integer(context, bounded);
            case "time" -> time(context, bounded);
            case "size" -> size(context, bounded);
            case "text", "flag" -> {
                if (bounded) {
                    problems.error(context, "a %s has no bounds".formatted(word), "");
                    yield Optional.empty();
                }
                yield Optional.of(
                        word.equals("flag")
                                ? new PropertyKind.Flag()
                                : new PropertyKind.Text(TEXT_MAXIMUM, "", ""));
            }
            default -> {
                problems.unknown(context.choice(0), "kind of value", word, NAMES);
                yield Optional.empty();
            }
        };
    }

    private Optional<PropertyKind> choice(KindContext context, List<String> words) {
        for (int i = 0; i < words.size(); i++) {
            if (words.indexOf(words.get(i)) < i) {
                problems.error(
                        context.choice(i), "the word '%s' twice".formatted(words.get(i)), "");
                return Optional.empty();
            }
        }
        return Optional.of(new PropertyKind.Choice(words));
    }

    private Optional<PropertyKind> integer(KindContext context, boolean bounded) {
        if (!bounded) {
            return Optional.of(new PropertyKind.Whole(Long.MIN_VALUE, Long.MAX_VALUE));
        }
        PropertyKind any = new PropertyKind.Whole(Long.MIN_VALUE, Long.MAX_VALUE);
        return bounds(context, any)
                .map(bounds -> new PropertyKind.Whole(bounds.low(), bounds.high()));
    }

    private Optional<PropertyKind> time(KindContext context, boolean bounded) {
        PropertyKind any = new PropertyKind.Time(0, TIME_MAXIMUM);
        return bounded
                ? bounds(context, any)
                        .map(bounds -> new PropertyKind.Time(bounds.low(), bounds.high()))
                : Optional.of(any);
    }

    private Optional<PropertyKind> size(KindContext context, boolean bounded) {
        PropertyKind any = new PropertyKind.Size(0, SIZE_MAXIMUM);
        return bounded
                ? bounds(context, any)
                        .map(bounds -> new PropertyKind.Size(bounds.low(), bounds.high()))
                : Optional.of(any);
    }

    private record Bounds(long low, long high) {}

    private Optional<Bounds> bounds(KindContext context, PropertyKind any) {
        Optional<Value> low = bound(context, 0, any);
        Optional<Value> high = bound(context, 1, any);
        if (low.isEmpty() || high.isEmpty()) {
            return Optional.empty();
        }
        Bounds bounds = new Bounds(Expressions.bits(low.get()), Expressions.bits(high.get()));
        if (bounds.low() > bounds.high()) {
            problems.error(
                    context,
                    "from %s to %s holds nothing"
                            .formatted(
                                    context.expression(0).getText(),
                                    context.expression(1).getText()),
                    "");
            return Optional.empty();
        }
        return Optional.of(bounds);
    }

    private Optional<Value> bound(KindContext context, int which, PropertyKind any) {
        return expressions
                .evaluate(context.expression(which))
                .flatMap(
                        value -> expressions.fit(value, any, "a bound", context.expression(which)));
    }
}
