package dev.dirql.scenario.c;

import java.util.List;

/**
 * The controlling expression of {@code #if}: 64-bit integers, names left over count as 0 (ISO C11,
 * 6.10.1).
 */
final class ConditionExpression {
    private static final String[][] LEVELS = {
        {"||"},
        {"&&"},
        {"|"},
        {"^"},
        {"&"},
        {"==", "!="},
        {"<", ">", "<=", ">="},
        {"<<", ">>"},
        {"+", "-"},
        {"*", "/", "%"}
    };

    private record Value(long bits, boolean unsigned) {
        static Value of(boolean truth) {
            return new Value(truth ? 1 : 0, false);
        }
    }

    private final List<CToken> tokens;
    private final CToken directive;
    private final Messages messages;
    private int at;
    private int depth;
    private boolean wrong;

    ConditionExpression(List<CToken> tokens, CToken directive, Messages messages) {
        this.tokens = tokens;
        this.directive = directive;
        this.messages = messages;
    }

    boolean value() {
        Value value = conditional();
        if (!wrong && at < tokens.size()) {
            fail("unexpected '" + tokens.get(at).getText() + "' in the condition");
        }
        return !wrong && value.bits != 0;
    }

    private Value conditional() {
        Value condition = binary(0);
        if (!take("?")) {
            return condition;
        }
        Value first = conditional();
        if (!take(":")) {
            return fail("a ':' is missing in the condition");
        }
        Value second = conditional();
        return condition.bits != 0 ? first : second;
    }

    private Value binary(int level) {
        if (level == LEVELS.length) {
            return unary();
        }
        Value left = binary(level + 1);
        while (true) {
            String operator = "";
            for (String candidate : LEVELS[level]) {
                if (at < tokens.size() && tokens.get(at).is(candidate)) {
                    operator = candidate;
                }
            }
            if (operator.isEmpty()) {
                return left;
            }
            at++;
            left = apply(operator, left, binary(level + 1));
        }
    }

    private Value apply(String operator, Value left, Value right) {
        boolean unsigned = left.unsigned || right.unsigned;
        long a = left.bits;
        long b = right.bits;
        int order = unsigned ? Long.compareUnsigned(a, b) : Long.compare(a, b);
        return switch (operator) {
            case "||" -> Value.of(a != 0 || b != 0);
            case "&&" -> Value.of(a != 0 && b != 0);
            case "==" -> Value.of(a == b);
            case "!=" -> Value.of(a != b);
            case "<" -> Value.of(order < 0);
            case ">" -> Value.of(order > 0);
            case "<=" -> Value.of(order <= 0);
            case ">=" -> Value.of(order >= 0);
            case "|" -> new Value(a | b, unsigned);
            case "^" -> new Value(a ^ b, unsigned);
            case "&" -> new Value(a & b, unsigned);
            case "<<" -> new Value(a << b, left.unsigned);
            case ">>" -> new Value(left.unsigned ? a >>> b : a >> b, left.unsigned);
            case "+" -> new Value(a + b, unsigned);
            case "-" -> new Value(a - b, unsigned);
            case "*" -> new Value(a * b, unsigned);
            // A division by zero in a part that does not count, as in #if 0 && 1 / 0, is no
            // mistake.
            case "/" ->
                    new Value(b == 0 ? 0 : unsigned ? Long.divideUnsigned(a, b) : a / b, unsigned);
            case "%" ->
                    new Value(
                            b == 0 ? 0 : unsigned ? Long.remainderUnsigned(a, b) : a % b, unsigned);
            default -> throw new IllegalStateException(operator);
        };
    }

    private Value unary() {
        if (++depth > 200) {
            return fail("the condition is nested too deeply");
        }
        try {
            if (at >= tokens.size()) {
                return fail("the condition is not complete");
            }
            CToken token = tokens.get(at++);
            return switch (token.getText()) {
                case "!" -> Value.of(unary().bits == 0);
                case "-" -> {
                    Value value = unary();
                    yield new Value(-value.bits, value.unsigned);
                }
                case "+" -> unary();
                case "~" -> {
                    Value value = unary();
                    yield new Value(~value.bits, value.unsigned);
                }
                case "(" -> {
                    Value value = conditional();
                    yield take(")") ? value : fail("a ')' is missing in the condition");
                }
                default -> primary(token);
            };
        } finally {
            depth--;
        }
    }

    private Value primary(CToken token) {
        return switch (token.kind) {
            case IDENTIFIER -> new Value(0, false);
            case NUMBER, CHARACTER -> {
                Literals.Constant constant = Literals.constant(token, messages);
                yield new Value(constant.value(), constant.unsigned());
            }
            case STRING, PUNCTUATOR, STRAY, END ->
                    fail("unexpected '" + token.getText() + "' in the condition");
        };
    }

    private boolean take(String text) {
        if (at < tokens.size() && tokens.get(at).is(text)) {
            at++;
            return true;
        }
        return false;
    }

    private Value fail(String message) {
        if (!wrong) {
            messages.error(directive, message, "");
        }
        wrong = true;
        at = tokens.size();
        return new Value(0, false);
    }
}
