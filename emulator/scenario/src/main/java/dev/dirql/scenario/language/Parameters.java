package dev.dirql.scenario.language;

import dev.dirql.scenario.language.ScenarioParser.ParameterContext;
import dev.dirql.scenario.source.Diagnostic;
import dev.dirql.scenario.source.Position;
import dev.dirql.scenario.source.SourceFile;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Evaluates the parameters, with what the command line says instead. */
final class Parameters {
    /** They are macros in the drivers' C: these would make nonsense of it. */
    static final Set<String> KEYWORDS_OF_C =
            Set.of(
                    "auto",
                    "break",
                    "case",
                    "char",
                    "const",
                    "continue",
                    "default",
                    "do",
                    "double",
                    "else",
                    "enum",
                    "extern",
                    "float",
                    "for",
                    "goto",
                    "if",
                    "inline",
                    "int",
                    "long",
                    "register",
                    "return",
                    "short",
                    "signed",
                    "sizeof",
                    "static",
                    "struct",
                    "switch",
                    "typedef",
                    "union",
                    "unsigned",
                    "void",
                    "volatile",
                    "while");

    private final Declarations declared;
    private final Expressions expressions;
    private final Problems problems;
    private final Overrides overrides;

    Parameters(
            Declarations declared,
            Expressions expressions,
            Problems problems,
            Overrides overrides) {
        this.declared = declared;
        this.expressions = expressions;
        this.problems = problems;
        this.overrides = overrides;
    }

    List<ParameterDeclaration> read() {
        Set<String> names = new LinkedHashSet<>();
        for (ParameterContext parameter : declared.parameters()) {
            if (parameter.name() != null) {
                names.add(parameter.name().getText());
                expressions.announce(parameter.name().getText());
            }
        }
        List<ParameterDeclaration> parameters = new ArrayList<>();
        for (ParameterContext parameter : declared.parameters()) {
            if (parameter.name() != null) {
                parameter(parameter).ifPresent(parameters::add);
            }
        }
        for (Map.Entry<String, String> override : overrides.parameters().entrySet()) {
            if (!names.contains(override.getKey())) {
                complain(
                        override,
                        0,
                        override.getKey().length(),
                        "the scenario has no parameter '%s'".formatted(override.getKey()),
                        Problems.suggestion("parameter", override.getKey(), names));
            }
        }
        return parameters;
    }

    private Optional<ParameterDeclaration> parameter(ParameterContext parameter) {
        String name = parameter.name().getText();
        if (!declared.names().take("parameter", parameter.name())) {
            return Optional.empty();
        }
        if (KEYWORDS_OF_C.contains(name)) {
            problems.error(
                    parameter.name(),
                    "'%s' is a keyword of C".formatted(name),
                    "a parameter is a macro in the C of the drivers: choose another name");
        }
        Optional<Value> value =
                parameter.exception != null || parameter.expression() == null
                        ? Optional.empty()
                        : expressions.evaluate(parameter.expression());
        if (value.isEmpty()) {
            expressions.defineBroken(name);
            return Optional.empty();
        }
        Position position =
                CharactersOfFile.of(parameter.getStart())
                        .position(parameter.getStart().getStartIndex());
        String written = overrides.parameters().get(name);
        if (written == null) {
            expressions.define(name, value.get());
            return Optional.of(new ParameterDeclaration(position, name, value.get(), false));
        }
        Optional<Value> override = override(Map.entry(name, written), value.get());
        expressions.define(name, override.orElse(value.get()));
        return override.map(v -> new ParameterDeclaration(position, name, v, true));
    }

    /** The value that the command line gives, which must be of the declared kind. */
    private Optional<Value> override(Map.Entry<String, String> override, Value declaredValue) {
        String text = override.getValue();
        int at = override.getKey().length() + 1;
        if (declaredValue instanceof Value.Text) {
            return Optional.of(new Value.Text(text));
        }
        Value value =
                switch (text) {
                    case "true", "on" -> new Value.Truth(true);
                    case "false", "off" -> new Value.Truth(false);
                    default -> null;
                };
        if (value == null) {
            boolean negative = text.startsWith("-");
            String digits = negative ? text.substring(1) : text;
            if (!digits.matches("[0-9][0-9A-Za-z_]*(\\.[0-9][0-9A-Za-z_]*)?")) {
                complain(
                        override,
                        at,
                        text.length(),
                        "'%s' is not %s".formatted(Expected.shorten(text), declaredValue.kind()),
                        "");
                return Optional.empty();
            }
            switch (Numbers.read(digits)) {
                case Numbers.Read.Wrong(String message, String cure) -> {
                    complain(override, at, text.length(), message, cure);
                    return Optional.empty();
                }
                case Numbers.Read.Right(Value number) ->
                        value = negative ? Expressions.negate(number) : number;
            }
        }
        if (declaredValue instanceof Value.Size && value instanceof Value.Whole(long bytes)) {
            value = new Value.Size(bytes);
        }
        if (value.getClass() != declaredValue.getClass()) {
            complain(
                    override,
                    at,
                    text.length(),
                    "parameter '%s' is %s, not %s"
                            .formatted(override.getKey(), declaredValue.kind(), value.kind()),
                    declaredValue instanceof Value.Time ? "write the unit: ns, us, ms or s" : "");
            return Optional.empty();
        }
        return Optional.of(value);
    }

    private void complain(
            Map.Entry<String, String> override, int at, int length, String message, String cure) {
        SourceFile line = new SourceFile("--set", override.getKey() + "=" + override.getValue());
        problems.add(Diagnostic.error(new Position(line, 1, at + 1), length, message, cure));
    }
}
