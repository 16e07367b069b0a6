package dev.dirql.scenario.language;

import dev.dirql.scenario.language.RegistryEntry.Data;
import dev.dirql.scenario.language.ScenarioParser.ExpressionContext;
import dev.dirql.scenario.language.ScenarioParser.RegistryContext;
import dev.dirql.scenario.language.ScenarioParser.RegistryValueContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/** Reads what the registry holds when a run begins. */
final class Registries {
    private static final String SERVICES =
            "\\Registry\\Machine\\System\\CurrentControlSet\\Services\\";

    private static final List<String> ROOTS =
            List.of("\\registry\\machine\\", "\\registry\\user\\");

    private static final long DWORD_MAXIMUM = 0xFFFF_FFFFL;
    private static final int BYTE_MAXIMUM = 255;

    private final Declarations declared;
    private final Devices devices;
    private final Expressions expressions;
    private final Problems problems;
    private final Set<String> taken = new TreeSet<>();

    Registries(Declarations declared, Devices devices, Expressions expressions, Problems problems) {
        this.declared = declared;
        this.devices = devices;
        this.expressions = expressions;
        this.problems = problems;
    }

    List<RegistryEntry> read() {
        List<RegistryEntry> entries = new ArrayList<>();
        for (RegistryContext block : declared.registries()) {
            Target driver = block.name() == null ? null : devices.driverTarget(block.name());
            if (block.name() != null && driver == null) {
                continue;
            }
            String prefix = driver == null ? "" : SERVICES + driver.driver() + "\\";
            for (RegistryValueContext value : block.registryValue()) {
                entry(prefix, value).ifPresent(entries::add);
            }
        }
        return entries;
    }

    private Optional<RegistryEntry> entry(String prefix, RegistryValueContext value) {
        if (value.STRING() == null || value.expression().isEmpty()) {
            return Optional.empty();
        }
        String path = Expressions.text(value.STRING().getText());
        int last = path.lastIndexOf('\\');
        boolean whole = path.startsWith("\\");
        String lower = path.toLowerCase(Locale.ROOT);
        if (path.contains("\\\\")
                || whole == !prefix.isEmpty()
                || (whole && ROOTS.stream().noneMatch(lower.substring(0, last)::startsWith))) {
            problems.error(
                    value.STRING().getSymbol(),
                    "'%s' is no path of a value here".formatted(path),
                    prefix.isEmpty()
                            ? "write the path of its key from \\\\Registry\\\\Machine or"
                                    + " \\\\Registry\\\\User on, and its name"
                            : "write it as it is below the driver's key: Parameters\\\\Name");
            return Optional.empty();
        }
        String full = prefix + path;
        if (!taken.add(full.toLowerCase(Locale.ROOT))) {
            problems.error(
                    value.STRING().getSymbol(), "'%s' has a value already".formatted(path), "");
            return Optional.empty();
        }
        int end = full.lastIndexOf('\\');
        return data(value)
                .map(data ->
                        new RegistryEntry(full.substring(0, end), full.substring(end + 1), data));
    }

    private Optional<Data> data(RegistryValueContext value) {
        String kind =
                value.getChild(2) instanceof ExpressionContext ? "" : value.getChild(2).getText();
        List<ExpressionContext> all = value.expression();
        return switch (kind) {
            case "binary" -> binary(all);
            case "list" -> texts(all);
            default -> single(kind, all);
        };
    }

    private Optional<Data> binary(List<ExpressionContext> all) {
        List<Integer> bytes = new ArrayList<>();
        for (ExpressionContext one : all) {
            OptionalLong number = expressions.whole(one, "a byte", 0, BYTE_MAXIMUM);
            if (number.isEmpty()) {
                return Optional.empty();
            }
            bytes.add((int) number.getAsLong());
        }
        return Optional.of(new Data.Binary(bytes));
    }

    private Optional<Data> texts(List<ExpressionContext> all) {
        List<String> texts = new ArrayList<>();
        for (ExpressionContext one : all) {
            Optional<String> text = text(one);
            if (text.isEmpty()) {
                return Optional.empty();
            }
            texts.add(text.get());
        }
        return Optional.of(new Data.Texts(texts));
    }

    private Optional<String> text(ExpressionContext expression) {
        Optional<Value> value = expressions.evaluate(expression);
        if (value.isPresent() && value.get() instanceof Value.Text(String text)) {
            return Optional.of(text);
        }
        value.ifPresent(other ->
                problems.error(expression, "a text is wanted, not %s".formatted(other.kind()), ""));
        return Optional.empty();
    }

    private Optional<Data> single(String kind, List<ExpressionContext> all) {
        if (all.size() > 1) {
            problems.error(
                    all.get(1),
                    "a second value",
                    "several texts are a list, several bytes are binary: = list \"a\", \"b\"");
            return Optional.empty();
        }
        ExpressionContext expression = all.getFirst();
        if (kind.equals("expandable")) {
            return text(expression).map(text -> new Data.Text(text, true));
        }
        if (kind.equals("qword")) {
            OptionalLong number =
                    expressions.whole(expression, "a qword", Long.MIN_VALUE, Long.MAX_VALUE);
            return number.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Data.Whole(number.getAsLong(), true));
        }
        return expressions.evaluate(expression).flatMap(value -> plain(value, expression));
    }

    private Optional<Data> plain(Value value, ExpressionContext expression) {
        if (value instanceof Value.Text(String text)) {
            return Optional.of(new Data.Text(text, false));
        }
        if (!(value instanceof Value.Whole(long number))) {
            problems.error(
                    expression,
                    "the registry holds integers and texts, not %s".formatted(value.kind()),
                    "");
            return Optional.empty();
        }
        if (number < Integer.MIN_VALUE || number > DWORD_MAXIMUM) {
            problems.error(
                    expression,
                    "%d does not fit into 32 bits".formatted(number),
                    "write qword before it");
            return Optional.empty();
        }
        return Optional.of(new Data.Whole(number, false));
    }
}
