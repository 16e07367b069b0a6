package dev.dirql.console.commands;

import dev.dirql.console.ConsoleError;
import dev.dirql.console.expressions.ExpressionReader;
import dev.dirql.debugger.EventFilter;
import dev.dirql.simulation.view.EventFields;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Kinds of event, and values of their fields, as a person types them. */
final class EventArguments {
    private EventArguments() {}

    /**
     * Reads {@code LockAcquired lock_name=disk.Lock irql_after=5}, up to the end. A value is taken
     * both as a text and, if it is one, as an expression.
     */
    static EventFilter filter(Call call) {
        String kind = kind(call);
        Map<String, Long> numbers = new LinkedHashMap<>();
        Map<String, String> texts = new LinkedHashMap<>();
        while (!call.arguments().isAtEnd()) {
            String word = call.arguments().quoted("a field");
            int mark = word.indexOf('=');
            if (mark < 1) {
                throw new ConsoleError(
                        "'%s' is no FIELD=VALUE. Events show their fields: see !events."
                                .formatted(word));
            }
            String name = word.substring(0, mark);
            String value = word.substring(mark + 1);
            if (TEXT_FIELDS.contains(name)) {
                texts.put(name, value);
            } else {
                numbers.put(name, call.value(ExpressionReader.read(value)));
            }
        }
        return new EventFilter(Set.of(kind), numbers, texts);
    }

    /** The fields whose values are texts. */
    private static final Set<String> TEXT_FIELDS =
            Set.of(
                    "name",
                    "reason",
                    "detail",
                    "source",
                    "lock_name",
                    "lock_kind",
                    "storage",
                    "object_kind",
                    "device_name",
                    "register",
                    "stimulus",
                    "tag",
                    "pool",
                    "text",
                    "rule");

    private static String kind(Call call) {
        String word =
                call.arguments()
                        .word()
                        .orElseThrow(() ->
                                new ConsoleError("A kind of event is missing: see help bev."));
        List<String> near = new ArrayList<>();
        for (String kind : EventFields.kinds()) {
            if (kind.equalsIgnoreCase(word)) {
                return kind;
            }
            if (kind.regionMatches(true, 0, word, 0, Math.min(4, word.length()))) {
                near.add(kind);
            }
        }
        throw new ConsoleError(
                "There is no kind of event %s%s"
                        .formatted(
                                word,
                                near.isEmpty()
                                        ? ": see help bev."
                                        : ". Did you mean " + String.join(" or ", near) + "?"));
    }
}
