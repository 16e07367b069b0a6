package dev.dirql.scenario.language;

import dev.dirql.scenario.language.ScenarioParser.ItemContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeMap;
import org.antlr.v4.runtime.ParserRuleContext;
import org.jspecify.annotations.Nullable;

/**
 * Makes properties of the words and values between braces, or behind the name of a stimulus. Which
 * word takes which value is what the list of types says.
 */
final class Properties {
    private final Expressions expressions;
    private final Problems problems;

    Properties(Expressions expressions, Problems problems) {
        this.expressions = expressions;
        this.problems = problems;
    }

    /**
     * @param owner whose properties they are, as messages name it
     * @param place complained about if a required property is missing
     * @return a value for each type that has one, in the order of the types; empty if something is
     *     wrong
     */
    Optional<SequencedMap<String, Value>> read(
            List<ItemContext> items,
            List<PropertyType> types,
            String owner,
            ParserRuleContext place) {
        return new Row(items, types, owner, place).read();
    }

    private final class Row {
        private final List<ItemContext> items;
        private final List<PropertyType> types;
        private final List<String> names;
        private final String owner;
        private final ParserRuleContext place;
        private final SequencedMap<String, Value> written = new LinkedHashMap<>();
        private final List<String> seen = new ArrayList<>();
        private boolean wrong;
        private int next;

        Row(
                List<ItemContext> items,
                List<PropertyType> types,
                String owner,
                ParserRuleContext place) {
            this.items = items;
            this.types = types;
            this.names =
                    types.stream()
                            .filter(type -> !type.positional())
                            .map(PropertyType::name)
                            .toList();
            this.owner = owner;
            this.place = place;
        }

        Optional<SequencedMap<String, Value>> read() {
            for (PropertyType type : types) {
                if (type.positional() && next < items.size() && !isProperty(items.get(next))) {
                    seen.add(type.name());
                    value(type, items.get(next));
                }
            }
            while (next < items.size()) {
                property();
            }
            SequencedMap<String, Value> complete = new LinkedHashMap<>();
            for (PropertyType type : types) {
                Value value = written.get(type.name());
                if (value != null) {
                    complete.put(type.name(), value);
                } else if (type.unlessSaid().isPresent()) {
                    complete.put(type.name(), type.unlessSaid().get());
                } else if (type.required() && !seen.contains(type.name())) {
                    wrong(
                            place,
                            "%s needs %s"
                                    .formatted(
                                            owner,
                                            type.positional()
                                                    ? "a " + type.name()
                                                    : "'%s'".formatted(type.name())),
                            "%s is %s".formatted(type.name(), type.kind().description()));
                }
            }
            return wrong ? Optional.empty() : Optional.of(complete);
        }

        private void property() {
            ItemContext item = items.get(next++);
            String word = word(item);
            if (word == null) {
                wrong(
                        item,
                        "expected a property of %s, found '%s'"
                                .formatted(owner, Expected.shorten(item.getText())),
                        names.isEmpty() ? "it has none" : "known: " + Numbers.list(names));
                skipToProperty();
                return;
            }
            Optional<PropertyType> type =
                    types.stream()
                            .filter(one -> !one.positional() && one.name().equals(word))
                            .findFirst();
            if (type.isEmpty()) {
                wrong(
                        item,
                        "%s has no property '%s'".formatted(owner, word),
                        names.isEmpty()
                                ? "it has none"
                                : Problems.suggestion("property", word, names));
                skipToProperty();
                return;
            }
            if (seen.contains(word) && !(type.get().kind() instanceof PropertyKind.Answer)) {
                wrong(item, "'%s' is set twice".formatted(word), "");
            }
            seen.add(word);
            if (type.get().kind() instanceof PropertyKind.Flag) {
                written.put(word, new Value.Truth(true));
            } else if (next == items.size() || isProperty(items.get(next))) {
                wrong(
                        item,
                        "'%s' needs a value: %s".formatted(word, type.get().kind().description()),
                        "");
            } else {
                value(type.get(), items.get(next));
            }
        }

        private void value(PropertyType type, ItemContext item) {
            next++;
            Optional<Value> value =
                    switch (type.kind()) {
                        case PropertyKind.Whole _, PropertyKind.Time _, PropertyKind.Size _ ->
                                number(item, type.kind(), type.name());
                        case PropertyKind.Switch _ -> onOrOff(item, type);
                        case PropertyKind.Choice(List<String> words) -> choice(item, type, words);
                        case PropertyKind.Line(int highest, Value.Trigger unlessSaid) -> {
                            Optional<Value> line =
                                    number(item, new PropertyKind.Whole(0, highest), type.name());
                            Value.Trigger trigger = trigger(unlessSaid);
                            yield line.map(number ->
                                    new Value.Line((int) Expressions.bits(number), trigger));
                        }
                        case PropertyKind.Answer _ -> answer(item, type);
                        case PropertyKind.Text kind -> text(item, type, kind);
                        case PropertyKind.Flag _ ->
                                throw new IllegalStateException(type.name() + " takes no value");
                    };
            if (value.isPresent()) {
                written.put(type.name(), value.get());
            } else {
                wrong = true;
            }
        }

        private Optional<Value> number(ItemContext item, PropertyKind kind, String what) {
            if (item.expression() == null) {
                wrong(
                        item,
                        "%s is %s, not '%s'".formatted(what, kind.description(), item.getText()),
                        "if a subtraction is meant, put spaces around the -");
                return Optional.empty();
            }
            return expressions
                    .evaluate(item.expression())
                    .flatMap(value -> expressions.fit(value, kind, what, item));
        }

        /** One more answer; the name may be that of a routine only. */
        private Optional<Value> answer(ItemContext item, PropertyType type) {
            String routine = word(item);
            if (routine == null || next == items.size() || isProperty(items.get(next))) {
                wrong(item, "'%s' takes %s".formatted(type.name(), type.kind().description()), "");
                return Optional.empty();
            }
            SortedMap<String, Long> results = new TreeMap<>();
            if (written.get(type.name()) instanceof Value.Answers(SortedMap<String, Long> before)) {
                results.putAll(before);
            }
            if (results.containsKey(routine)) {
                wrong(item, "the answer of %s is set twice".formatted(routine), "");
            }
            PropertyKind whole = new PropertyKind.Whole(Long.MIN_VALUE, Long.MAX_VALUE);
            return number(items.get(next++), whole, "the answer of " + routine)
                    .map(result -> {
                        results.put(routine, Expressions.bits(result));
                        return new Value.Answers(results);
                    });
        }

        private Optional<Value> onOrOff(ItemContext item, PropertyType type) {
            String word = word(item);
            if (word != null && (word.equals("on") || word.equals("off"))) {
                return Optional.of(new Value.Truth(word.equals("on")));
            }
            if (item.expression() != null && (word == null || expressions.knows(word))) {
                Optional<Value> value = expressions.evaluate(item.expression());
                if (value.isEmpty() || value.get() instanceof Value.Truth) {
                    return value;
                }
            }
            wrong(
                    item,
                    "%s is on or off, not '%s'"
                            .formatted(type.name(), Expected.shorten(item.getText())),
                    "");
            return Optional.empty();
        }

        private Optional<Value> text(ItemContext item, PropertyType type, PropertyKind.Text kind) {
            Optional<Value> value =
                    item.expression() == null
                            ? Optional.empty()
                            : expressions.evaluate(item.expression());
            if (item.expression() != null && value.isEmpty()) {
                return value;
            }
            if (value.isPresent()
                    && value.get() instanceof Value.Text(String text)
                    && kind.accepts(text)) {
                return value;
            }
            wrong(
                    item,
                    "%s is %s, not %s"
                            .formatted(
                                    type.name(),
                                    type.kind().description(),
                                    Expected.shorten(item.getText())),
                    "");
            return Optional.empty();
        }

        private Optional<Value> choice(ItemContext item, PropertyType type, List<String> words) {
            String word = word(item);
            if (item.expression() != null && word != null && !words.contains(word)) {
                if (expressions.knows(word)
                        && expressions.evaluate(item.expression()).orElse(null)
                                instanceof Value.Text(String text)) {
                    word = text;
                }
            }
            if (word != null && words.contains(word)) {
                return Optional.of(new Value.Word(word));
            }
            wrong(
                    item,
                    "%s is %s, not '%s'"
                            .formatted(
                                    type.name(),
                                    Numbers.alternatives(words),
                                    word == null ? Expected.shorten(item.getText()) : word),
                    word == null ? "" : Expected.nearest(word, words));
            return Optional.empty();
        }

        /** The trigger behind a line's number, if one is written. */
        private Value.Trigger trigger(Value.Trigger unlessSaid) {
            if (next == items.size()) {
                return unlessSaid;
            }
            ItemContext item = items.get(next);
            String word = word(item);
            if (word == null || names.contains(word)) {
                return unlessSaid;
            }
            for (Value.Trigger trigger : Value.Trigger.values()) {
                if (trigger.word().equals(word)) {
                    next++;
                    return trigger;
                }
            }
            List<String> words =
                    List.of(Value.Trigger.LEVEL_SENSITIVE.word(), Value.Trigger.LATCHED.word());
            String cure = Expected.nearest(word, words);
            if (!cure.isEmpty()) {
                next++;
                wrong(item, "no way to trigger an interrupt is called '%s'".formatted(word), cure);
            }
            return unlessSaid;
        }

        /** Leaves out the values of what was no property. */
        private void skipToProperty() {
            while (next < items.size() && !isProperty(items.get(next))) {
                next++;
            }
        }

        private boolean isProperty(ItemContext item) {
            String word = word(item);
            return word != null && names.contains(word) && !expressions.knows(word);
        }

        private void wrong(ParserRuleContext at, String message, String cure) {
            wrong = true;
            problems.error(at, message, cure);
        }
    }

    /** The item if it is a single word, else null. */
    private static @Nullable String word(ItemContext item) {
        if (item.HYPHENATED() != null) {
            return item.HYPHENATED().getText();
        }
        return item.expression() != null && item.expression().name() != null
                ? item.expression().name().getText()
                : null;
    }
}
