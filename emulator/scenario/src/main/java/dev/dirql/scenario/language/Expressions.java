package dev.dirql.scenario.language;

import dev.dirql.scenario.language.ScenarioParser.ExpressionContext;
import dev.dirql.scenario.language.ScenarioParser.NameContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import org.antlr.v4.runtime.ParserRuleContext;

/** Evaluates expressions. What cannot be evaluated is complained about and has no value. */
final class Expressions {
    /** Longest chain of operators; the tree of one leans to the left and is walked by recursion. */
    private static final int OPERATORS_MAXIMUM = 500;

    private final Map<String, Value> parameters = new LinkedHashMap<>();
    private final List<String> announced = new ArrayList<>();
    private final List<String> broken = new ArrayList<>();
    private final Problems problems;

    Expressions(Problems problems) {
        this.problems = problems;
    }

    /**
     * Says that a parameter is declared somewhere, so that using it too early gets the right
     * message.
     */
    void announce(String parameter) {
        announced.add(parameter);
    }

    void define(String parameter, Value value) {
        parameters.put(parameter, value);
    }

    /**
     * A parameter whose declaration is wrong: expressions with it have no value, which is not
     * complained about again.
     */
    void defineBroken(String parameter) {
        broken.add(parameter);
    }

    boolean knows(String parameter) {
        return parameters.containsKey(parameter) || broken.contains(parameter);
    }

    /** A value of any kind. */
    Optional<Value> evaluate(ExpressionContext expression) {
        return evaluate(expression, 0);
    }

    /** An integer within bounds; {@code what} names it in messages. */
    OptionalLong whole(ExpressionContext expression, String what, long minimum, long maximum) {
        return number(expression, what, new PropertyKind.Whole(minimum, maximum));
    }

    /** A time in nanoseconds, not negative. */
    OptionalLong time(ExpressionContext expression, String what) {
        return number(expression, what, new PropertyKind.Time(0, Long.MAX_VALUE));
    }

    /** A time in nanoseconds, at most so long. */
    OptionalLong time(ExpressionContext expression, String what, long maximum) {
        return number(expression, what, new PropertyKind.Time(0, maximum));
    }

    /** A size in bytes; an integer without unit counts bytes. */
    OptionalLong size(ExpressionContext expression, String what, long maximum) {
        return number(expression, what, new PropertyKind.Size(0, maximum));
    }

    private OptionalLong number(ExpressionContext expression, String what, PropertyKind kind) {
        Optional<Value> value = evaluate(expression).flatMap(v -> fit(v, kind, what, expression));
        return value.isEmpty()
                ? OptionalLong.empty()
                : switch (value.get()) {
                    case Value.Whole(long whole) -> OptionalLong.of(whole);
                    case Value.Time(long nanoseconds) -> OptionalLong.of(nanoseconds);
                    case Value.Size(long bytes) -> OptionalLong.of(bytes);
                    case Value.Truth _, Value.Text _, Value.Word _, Value.Line _, Value.Answers _ ->
                            throw new IllegalStateException(what + " became " + value.get().kind());
                };
    }

    /** The value as one of a kind of number, if it is that and within its bounds. */
    Optional<Value> fit(Value value, PropertyKind kind, String what, ParserRuleContext place) {
        Optional<Value> number =
                switch (kind) {
                    case PropertyKind.Whole _ ->
                            value instanceof Value.Whole ? Optional.of(value) : Optional.empty();
                    case PropertyKind.Time _ ->
                            value instanceof Value.Time || value.equals(new Value.Whole(0))
                                    ? Optional.of(new Value.Time(bits(value)))
                                    : Optional.empty();
                    case PropertyKind.Size _ ->
                            value instanceof Value.Size || value instanceof Value.Whole
                                    ? Optional.of(new Value.Size(bits(value)))
                                    : Optional.empty();
                    case PropertyKind.Switch _,
                            PropertyKind.Choice _,
                            PropertyKind.Line _,
                            PropertyKind.Text _,
                            PropertyKind.Flag _,
                            PropertyKind.Answer _ ->
                            throw new IllegalArgumentException(kind + " is no number");
                };
        if (number.isEmpty()) {
            String cure =
                    kind instanceof PropertyKind.Time && value instanceof Value.Whole
                            ? "write the unit: ns, us, ms or s"
                            : "";
            problems.error(
                    place,
                    "%s is %s, not %s".formatted(what, kind.description(), value.kind()),
                    cure);
            return number;
        }
        boolean fits =
                switch (kind) {
                    case PropertyKind.Whole(long low, long high) -> within(value, low, high);
                    case PropertyKind.Time(long low, long high) -> within(value, low, high);
                    case PropertyKind.Size(long low, long high) -> within(value, low, high);
                    case PropertyKind.Switch _,
                            PropertyKind.Choice _,
                            PropertyKind.Line _,
                            PropertyKind.Text _,
                            PropertyKind.Flag _,
                            PropertyKind.Answer _ ->
                            true;
                };
        if (!fits) {
            problems.error(
                    place,
                    "%s is %s, not %s".formatted(what, kind.description(), show(number.get())),
                    "");
            return Optional.empty();
        }
        return number;
    }

    private static boolean within(Value value, long low, long high) {
        return bits(value) >= low && bits(value) <= high;
    }

    /** A value as a message shows it. */
    static String show(Value value) {
        return switch (value) {
            case Value.Whole(long whole) -> Long.toString(whole);
            case Value.Time(long nanoseconds) -> Numbers.time(nanoseconds);
            case Value.Size(long bytes) -> Numbers.size(bytes);
            case Value.Truth(boolean truth) -> Boolean.toString(truth);
            case Value.Text(String text) -> "\"" + text + "\"";
            case Value.Word(String word) -> word;
            case Value.Line(int number, Value.Trigger trigger) -> number + " " + trigger.word();
            case Value.Answers(SortedMap<String, Long> results) -> results.toString();
        };
    }

    private Optional<Value> evaluate(ExpressionContext expression, int depth) {
        if (depth >= OPERATORS_MAXIMUM && !expression.expression().isEmpty()) {
            problems.error(
                    expression,
                    "the expression is too long",
                    "at most %d operators".formatted(OPERATORS_MAXIMUM));
            return Optional.empty();
        }
        if (expression.exception != null) {
            return Optional.empty();
        }
        if (expression.expression().size() == 2) {
            Optional<Value> left = evaluate(expression.expression(0), depth + 1);
            Optional<Value> right = evaluate(expression.expression(1), depth + 1);
            return left.isEmpty() || right.isEmpty()
                    ? Optional.empty()
                    : binary(expression, expression.getChild(1).getText(), left.get(), right.get());
        }
        if (expression.expression().size() == 1) {
            Optional<Value> operand = evaluate(expression.expression(0), depth + 1);
            String operator = expression.getChild(0).getText();
            return operator.equals("(")
                    ? operand
                    : operand.flatMap(value -> unary(expression, operator, value));
        }
        if (expression.NUMBER() != null) {
            return literal(expression, expression.NUMBER().getText());
        }
        if (expression.STRING() != null) {
            return Optional.of(new Value.Text(text(expression.STRING().getText())));
        }
        if (expression.TRUE() != null || expression.FALSE() != null) {
            return Optional.of(new Value.Truth(expression.TRUE() != null));
        }
        return parameter(expression.name());
    }

    /** A number as written. */
    Optional<Value> literal(ParserRuleContext place, String written) {
        return switch (Numbers.read(written)) {
            case Numbers.Read.Right(Value value) -> Optional.of(value);
            case Numbers.Read.Wrong(String message, String cure) -> failed(place, message, cure);
        };
    }

    /** The value of a parameter. */
    Optional<Value> parameter(NameContext expression) {
        String name = expression.getText();
        Value value = parameters.get(name);
        if (value == null && announced.contains(name) && !broken.contains(name)) {
            problems.error(
                    expression,
                    "parameter '%s' is used before it is declared".formatted(name),
                    "declare it further up");
        } else if (value == null && !broken.contains(name)) {
            problems.unknown(expression, "parameter", name, parameters.keySet());
        }
        return Optional.ofNullable(value);
    }

    private Optional<Value> unary(ExpressionContext place, String operator, Value value) {
        if (operator.equals("!") && value instanceof Value.Truth(boolean truth)) {
            return Optional.of(new Value.Truth(!truth));
        }
        if (operator.equals("~") && value instanceof Value.Whole(long whole)) {
            return Optional.of(new Value.Whole(~whole));
        }
        if (operator.equals("-") && isNumber(value)) {
            return exact(place, () -> sameKind(value, Math.negateExact(bits(value))));
        }
        return failed(place, "'%s' of %s".formatted(operator, value.kind()), "");
    }

    private interface Calculation {
        Value calculate();
    }

    private Optional<Value> exact(ExpressionContext place, Calculation calculation) {
        try {
            return Optional.of(calculation.calculate());
        } catch (ArithmeticException _) {
            return failed(place, "the result does not fit in 64 bits", "");
        }
    }

    private Optional<Value> binary(
            ExpressionContext place, String operator, Value left, Value right) {
        if (left instanceof Value.Truth(boolean a) && right instanceof Value.Truth(boolean b)) {
            switch (operator) {
                case "&&" -> {
                    return Optional.of(new Value.Truth(a && b));
                }
                case "||" -> {
                    return Optional.of(new Value.Truth(a || b));
                }
                case "==", "!=" -> {
                    return Optional.of(new Value.Truth((a == b) == operator.equals("==")));
                }
                default -> {}
            }
        }
        if (left instanceof Value.Text(String a)
                && right instanceof Value.Text(String b)
                && (operator.equals("==") || operator.equals("!="))) {
            return Optional.of(new Value.Truth(a.equals(b) == operator.equals("==")));
        }
        if (!isNumber(left) || !isNumber(right)) {
            return mixed(place, operator, left, right);
        }
        long a = bits(left);
        long b = bits(right);
        boolean sameKind = left.getClass() == right.getClass();
        boolean alike = sameKind || (isCount(left) && isCount(right));
        Value kind = left instanceof Value.Whole ? right : left;
        boolean allowed =
                switch (operator) {
                    case "+", "-", "<", "<=", ">", ">=", "==", "!=" -> alike;
                    case "*" -> left instanceof Value.Whole || right instanceof Value.Whole;
                    case "/", "%" -> sameKind || right instanceof Value.Whole;
                    case "<<", ">>" -> right instanceof Value.Whole && isCount(left);
                    case "&", "|", "^" ->
                            left instanceof Value.Whole && right instanceof Value.Whole;
                    default -> false;
                };
        if (!allowed) {
            return mixed(place, operator, left, right);
        }
        return switch (operator) {
            case "+" -> exact(place, () -> sameKind(kind, Math.addExact(a, b)));
            case "-" -> exact(place, () -> sameKind(kind, Math.subtractExact(a, b)));
            case "*" -> exact(place, () -> sameKind(kind, Math.multiplyExact(a, b)));
            case "/", "%" -> quotient(place, operator, left, sameKind, a, b);
            case "<<", ">>" ->
                    b < 0 || b > 63
                            ? failed(place, "a shift by %d, not by 0 to 63".formatted(b), "")
                            : Optional.of(sameKind(left, operator.equals("<<") ? a << b : a >>> b));
            case "&" -> Optional.of(new Value.Whole(a & b));
            case "|" -> Optional.of(new Value.Whole(a | b));
            case "^" -> Optional.of(new Value.Whole(a ^ b));
            default -> Optional.of(new Value.Truth(Comparison.of(operator).holds(a, b)));
        };
    }

    private static boolean isCount(Value value) {
        return value instanceof Value.Whole || value instanceof Value.Size;
    }

    private Optional<Value> quotient(
            ExpressionContext place,
            String operator,
            Value left,
            boolean sameKind,
            long a,
            long b) {
        if (b == 0) {
            return failed(place, "division by zero", "");
        }
        if (operator.equals("%")) {
            return Optional.of(sameKind(left, a % b));
        }
        return exact(
                place,
                () -> sameKind(sameKind ? new Value.Whole(0) : left, Math.divideExact(a, b)));
    }

    private Optional<Value> mixed(ExpressionContext place, String operator, Value a, Value b) {
        return failed(
                place,
                "'%s' between %s and %s".formatted(operator, a.kind(), b.kind()),
                (a instanceof Value.Time && b instanceof Value.Whole)
                                || (a instanceof Value.Whole && b instanceof Value.Time)
                        ? "write the unit of the time: ns, us, ms or s"
                        : "");
    }

    private Optional<Value> failed(ParserRuleContext place, String message, String cure) {
        problems.error(place, message, cure);
        return Optional.empty();
    }

    private static boolean isNumber(Value value) {
        return value instanceof Value.Whole
                || value instanceof Value.Time
                || value instanceof Value.Size;
    }

    /** The number behind a value; true and false are 1 and 0. */
    static long bits(Value value) {
        return switch (value) {
            case Value.Whole(long whole) -> whole;
            case Value.Time(long nanoseconds) -> nanoseconds;
            case Value.Size(long bytes) -> bytes;
            case Value.Truth(boolean truth) -> truth ? 1 : 0;
            case Value.Text _, Value.Word _, Value.Line _, Value.Answers _ ->
                    throw new IllegalArgumentException(value.kind() + " is no number");
        };
    }

    /** Minus a number; the smallest 64-bit integer is its own. */
    static Value negate(Value number) {
        return sameKind(number, -bits(number));
    }

    private static Value sameKind(Value kind, long number) {
        return switch (kind) {
            case Value.Whole _,
                    Value.Truth _,
                    Value.Text _,
                    Value.Word _,
                    Value.Line _,
                    Value.Answers _ ->
                    new Value.Whole(number);
            case Value.Time _ -> new Value.Time(number);
            case Value.Size _ -> new Value.Size(number);
        };
    }

    /** The text between quotes, escapes resolved. */
    static String text(String quoted) {
        StringBuilder text = new StringBuilder();
        for (int i = 1; i < quoted.length() - 1; i++) {
            char c = quoted.charAt(i);
            if (c == '\\' && i + 1 < quoted.length() - 1) {
                i++;
                char escaped = quoted.charAt(i);
                text.append(
                        switch (escaped) {
                            case 'n' -> '\n';
                            case 't' -> '\t';
                            default -> escaped;
                        });
            } else {
                text.append(c);
            }
        }
        return text.toString();
    }
}
