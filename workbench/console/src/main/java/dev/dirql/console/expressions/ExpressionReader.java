package dev.dirql.console.expressions;

import dev.dirql.console.ConsoleError;
import dev.dirql.debugger.RegisterName;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/**
 * Reads expressions as the MASM evaluator of WinDbg does: numbers are hexadecimal unless {@code 0n}
 * (decimal), {@code 0t} (octal) or {@code 0y} (binary) says otherwise, {@code @} precedes
 * registers, a name is the address of a symbol, and all is calculated in 64 bits, unsigned. WinDbg,
 * "MASM Numbers and Operators".
 */
public final class ExpressionReader {
    private static final int DEPTH_MAXIMUM = 64;

    /** Binary operators, those that bind least first; of two that begin alike the longer first. */
    private static final List<List<String>> LEVELS =
            List.of(
                    List.of("or", "|"),
                    List.of("xor", "^"),
                    List.of("and", "&"),
                    List.of("==", "!=", "="),
                    List.of("<=", ">=", "<", ">"),
                    List.of("<<", ">>>", ">>"),
                    List.of("+", "-"),
                    List.of("*", "/", "mod", "%"));

    private final Cursor cursor;
    private int depth;

    ExpressionReader(Cursor cursor) {
        this.cursor = cursor;
    }

    /** A whole text as one expression. */
    public static Expression read(String text) {
        Cursor cursor = new Cursor(text);
        Expression expression = cursor.expression();
        cursor.end();
        return expression;
    }

    Expression read() {
        return binary(0);
    }

    private Expression binary(int level) {
        if (level == LEVELS.size()) {
            return unary();
        }
        if (++depth > DEPTH_MAXIMUM * LEVELS.size()) {
            throw new ConsoleError("The expression is nested too deeply.");
        }
        Expression left = binary(level + 1);
        while (true) {
            int before = cursor.position();
            cursor.skipBlanks();
            String operator = operator(level);
            if (operator.isEmpty()) {
                cursor.moveTo(before);
                depth--;
                return left;
            }
            left = combine(operator, left, binary(level + 1));
        }
    }

    /** Takes an operator of a level if one comes next. */
    private String operator(int level) {
        for (String operator : LEVELS.get(level)) {
            int length = operator.length();
            for (int i = 0; i < length; i++) {
                if (Character.toLowerCase(cursor.peek(i)) != operator.charAt(i)) {
                    length = -1;
                }
            }
            if (length < 0 || isOther(operator)) {
                continue;
            }
            cursor.skip(length);
            return operator;
        }
        return "";
    }

    /** Whether what looks like an operator is the beginning of another one, or of a name. */
    private boolean isOther(String operator) {
        char next = cursor.peek(operator.length());
        return switch (operator) {
            case "or", "xor", "and", "mod" -> next > ' ' && next != '(' && next != '@';
            case "<", ">" -> next == operator.charAt(0);
            default -> false;
        };
    }

    private static Expression combine(String operator, Expression left, Expression right) {
        return scope -> calculate(operator, left.value(scope), right.value(scope));
    }

    private static long calculate(String operator, long left, long right) {
        return switch (operator) {
            case "or", "|" -> left | right;
            case "xor", "^" -> left ^ right;
            case "and", "&" -> left & right;
            case "==", "=" -> left == right ? 1 : 0;
            case "!=" -> left != right ? 1 : 0;
            case "<=" -> Long.compareUnsigned(left, right) <= 0 ? 1 : 0;
            case ">=" -> Long.compareUnsigned(left, right) >= 0 ? 1 : 0;
            case "<" -> Long.compareUnsigned(left, right) < 0 ? 1 : 0;
            case ">" -> Long.compareUnsigned(left, right) > 0 ? 1 : 0;
            case "<<" -> right >>> 6 == 0 ? left << right : 0;
            case ">>" -> right >>> 6 == 0 ? left >>> right : 0;
            case ">>>" -> left >> Math.min(right >>> 6 == 0 ? right : 63, 63);
            case "+" -> left + right;
            case "-" -> left - right;
            case "*" -> left * right;
            case "/" -> Long.divideUnsigned(left, divisor(right));
            case "mod", "%" -> Long.remainderUnsigned(left, divisor(right));
            default -> throw new IllegalStateException("no operator " + operator);
        };
    }

    private static long divisor(long value) {
        if (value == 0) {
            throw new ConsoleError("The expression divides by zero.");
        }
        return value;
    }

    private Expression unary() {
        cursor.skipBlanks();
        if (++depth > DEPTH_MAXIMUM * LEVELS.size()) {
            throw new ConsoleError("The expression is nested too deeply.");
        }
        Expression read =
                switch (cursor.peek()) {
                    case '-' -> {
                        cursor.skip(1);
                        Expression of = unary();
                        yield scope -> -of.value(scope);
                    }
                    case '~' -> {
                        cursor.skip(1);
                        Expression of = unary();
                        yield scope -> ~of.value(scope);
                    }
                    case '+' -> {
                        cursor.skip(1);
                        yield unary();
                    }
                    case '(' -> parenthesis('(', ')');
                    case '[' -> parenthesis('[', ']');
                    case '@' -> register();
                    case '`' -> sourceLine();
                    default -> nameOrNumber();
                };
        depth--;
        return read;
    }

    private Expression parenthesis(char open, char close) {
        if (cursor.peek() != open) {
            throw new ConsoleError("'" + open + "' is missing before '" + cursor.rest() + "'.");
        }
        cursor.skip(1);
        Expression inside = binary(0);
        cursor.skipBlanks();
        if (cursor.peek() != close) {
            throw new ConsoleError("'" + close + "' is missing.");
        }
        cursor.skip(1);
        return inside;
    }

    /** A register or, with a dollar sign, what WinDbg calls a pseudo-register. */
    private Expression register() {
        cursor.skip(1);
        int start = cursor.position();
        while (isNamePart(cursor.peek())) {
            cursor.skip(1);
        }
        String name = cursor.from(start).toLowerCase(Locale.ROOT);
        return switch (name) {
            case "$ip" -> value(RegisterName.RIP);
            case "$csp" -> value(RegisterName.RSP);
            case "$retreg" -> value(RegisterName.RAX);
            case "irql" -> value(RegisterName.CR8);
            case "efl" -> value(RegisterName.RFLAGS);
            case "$thread" -> scope -> scope.inspection().processor(scope.processor()).thread();
            case "$before" -> scope -> scope.access().before();
            case "$after" -> scope -> scope.access().after();
            case "$proc" -> Expression.Scope::processor;
            case "$ra" ->
                    scope -> {
                        var frames = scope.inspection().stack(scope.processor()).frames();
                        if (frames.size() < 2) {
                            throw new ConsoleError("There is no caller.");
                        }
                        return frames.get(1).ip();
                    };
            default -> part(name);
        };
    }

    private static Expression value(RegisterName register) {
        return scope -> scope.inspection().register(scope.processor(), register);
    }

    /** A register or the low part of one, as eax or r8d. */
    private static Expression part(String name) {
        if (RegisterName.named(name).isPresent()) {
            return value(RegisterName.named(name).get());
        }
        if (name.startsWith("e") && RegisterName.named("r" + name.substring(1)).isPresent()) {
            Expression whole = value(RegisterName.named("r" + name.substring(1)).get());
            return scope -> whole.value(scope) & 0xFFFF_FFFFL;
        }
        for (var suffix : List.of("d", "w", "b")) {
            if (name.matches("r\\d+" + suffix)) {
                String number = name.substring(0, name.length() - 1);
                long mask = suffix.equals("d") ? 0xFFFF_FFFFL : suffix.equals("w") ? 0xFFFF : 0xFF;
                if (RegisterName.named(number).isPresent()) {
                    Expression whole = value(RegisterName.named(number).get());
                    return scope -> whole.value(scope) & mask;
                }
            }
        }
        throw new ConsoleError("There is no register @" + name + ".");
    }

    /** {@code `file:line`}: where the code of a source line begins. */
    private Expression sourceLine() {
        int start = cursor.position() + 1;
        cursor.skip(1);
        while (cursor.peek() != '`') {
            if (cursor.peek() == 0) {
                throw new ConsoleError("The ` of a source line has no other one.");
            }
            cursor.skip(1);
        }
        SourceLine line = SourceLine.read(cursor.from(start));
        cursor.skip(1);
        return scope -> line.addresses(scope.inspection()).getFirst();
    }

    private Expression nameOrNumber() {
        int start = cursor.position();
        if (cursor.peek() == '.' && !isNamePart(cursor.peek(1))) {
            cursor.skip(1);
            return value(RegisterName.RIP);
        }
        while (isNamePart(cursor.peek()) || cursor.peek() == '`' || isModuleMark()) {
            cursor.skip(1);
        }
        String word = cursor.from(start);
        if (word.isEmpty()) {
            throw new ConsoleError(
                    cursor.isAtEnd()
                            ? "A number, a register or a name is missing at the end."
                            : "'" + cursor.rest() + "' is no number, register or name.");
        }
        cursor.skipBlanks();
        if (cursor.peek() == '(' && size(word) != 0) {
            return function(word);
        }
        OptionalLong number = number(word);
        if (number.isPresent()) {
            long value = number.getAsLong();
            return _ -> value;
        }
        return scope ->
                scope.inspection()
                        .address(word)
                        .orElseThrow(() ->
                                new ConsoleError(
                                        "There is no symbol %s. See what there is with: x *!*"
                                                .formatted(word)));
    }

    /** Whether the mark between a module and a symbol comes next, and not an operator. */
    private boolean isModuleMark() {
        return cursor.peek() == '!' && isNamePart(cursor.peek(1));
    }

    /** Bytes that a function loads, 0 for what is no function. */
    private static int size(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "poi", "qwo" -> 8;
            case "dwo" -> 4;
            case "wo" -> 2;
            case "by" -> 1;
            case "hi", "low" -> -1;
            default -> 0;
        };
    }

    private Expression function(String name) {
        Expression of = parenthesis('(', ')');
        int size = size(name);
        if (size < 0) {
            int shift = name.equalsIgnoreCase("hi") ? 16 : 0;
            return scope -> (of.value(scope) >>> shift) & 0xFFFF;
        }
        return scope -> {
            long address = of.value(scope);
            OptionalLong number = scope.inspection().number(scope.processor(), address, size);
            return number.orElseThrow(
                    () -> new ConsoleError("There is no memory at 0x%x.".formatted(address)));
        };
    }

    /** A number as WinDbg writes it; empty for what is none. */
    static OptionalLong number(String word) {
        String digits = word.toLowerCase(Locale.ROOT).replace("`", "");
        int radix = 16;
        if (digits.length() > 2 && digits.charAt(0) == '0') {
            int named =
                    switch (digits.charAt(1)) {
                        case 'x' -> 16;
                        case 'n' -> 10;
                        case 't' -> 8;
                        case 'y' -> 2;
                        default -> 0;
                    };
            if (named != 0) {
                radix = named;
                digits = digits.substring(2);
            }
        }
        if (digits.length() > 1 && radix == 16 && digits.endsWith("h")) {
            digits = digits.substring(0, digits.length() - 1);
        }
        // A sign would be taken, and is none of a number here.
        if (digits.isEmpty() || Character.digit(digits.charAt(0), radix) < 0) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(Long.parseUnsignedLong(digits, radix));
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    private static boolean isNamePart(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '_'
                || c == '$'
                || c == '?';
    }
}
