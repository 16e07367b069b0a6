package dev.dirql.scenario.c;

import java.util.List;

/**
 * A checked expression: all conversions are written out, pointer arithmetic is in bytes, constants
 * are folded. Its type is void, a scalar, or a structure; only {@link Place} has arrays and
 * functions.
 */
sealed interface Expression {
    CType type();

    /** Operators that take two operands of the type of the result (shifts: only the left one). */
    enum Operator {
        ADD,
        SUBTRACT,
        MULTIPLY,
        DIVIDE,
        REMAINDER,
        AND,
        OR,
        XOR,
        SHIFT_LEFT,
        SHIFT_RIGHT
    }

    /** How two values compare; signedness is that of the operands' type. */
    enum Relation {
        EQUAL,
        NOT_EQUAL,
        LESS,
        LESS_OR_EQUAL,
        GREATER,
        GREATER_OR_EQUAL;

        Relation negated() {
            return switch (this) {
                case EQUAL -> NOT_EQUAL;
                case NOT_EQUAL -> EQUAL;
                case LESS -> GREATER_OR_EQUAL;
                case LESS_OR_EQUAL -> GREATER;
                case GREATER -> LESS_OR_EQUAL;
                case GREATER_OR_EQUAL -> LESS;
            };
        }

        Relation swapped() {
            return switch (this) {
                case EQUAL, NOT_EQUAL -> this;
                case LESS -> GREATER;
                case LESS_OR_EQUAL -> GREATER_OR_EQUAL;
                case GREATER -> LESS;
                case GREATER_OR_EQUAL -> LESS_OR_EQUAL;
            };
        }
    }

    record Constant(CType type, long value) implements Expression {}

    /** Address of a function or variable of the program, plus an offset. */
    record SymbolAddress(CType type, Symbol symbol, long offset) implements Expression {}

    record Read(CType type, Place place) implements Expression {}

    record AddressOf(CType type, Place place) implements Expression {}

    record Negate(CType type, Expression operand) implements Expression {}

    record Complement(CType type, Expression operand) implements Expression {}

    record Not(CType type, Expression operand) implements Expression {}

    record Arithmetic(CType type, Operator operator, Expression left, Expression right)
            implements Expression {}

    record Comparison(CType type, Relation relation, Expression left, Expression right)
            implements Expression {}

    /** {@code &&} or {@code ||}. */
    record Logical(CType type, boolean and, Expression left, Expression right)
            implements Expression {}

    record Conditional(CType type, Expression condition, Expression yes, Expression no)
            implements Expression {}

    record Comma(CType type, List<Expression> effects, Expression value) implements Expression {}

    record Convert(CType type, Expression operand) implements Expression {}

    record Assign(CType type, Place place, Expression value) implements Expression {}

    /**
     * {@code place = (type) ((computed) place operator amount)}; the place is evaluated once.
     *
     * @param before whether the value is that before the update, as in {@code x++}
     */
    record Update(
            CType type,
            Place place,
            Operator operator,
            CType computed,
            Expression amount,
            boolean before)
            implements Expression {}

    record Call(CType type, Expression function, List<Expression> arguments, CToken at)
            implements Expression {}

    record IntrinsicCall(CType type, Intrinsic intrinsic, List<Expression> arguments)
            implements Expression {}

    /**
     * A call of an inline function with its body put in place.
     *
     * @param result receives what {@code return} gives; unused if the type is void
     */
    record Inlined(
            CType type,
            List<Local> parameters,
            List<Expression> arguments,
            Statement body,
            Local result)
            implements Expression {}

    /** Something that has an address, or is a part of something that has. */
    sealed interface Place {
        CType type();
    }

    record LocalPlace(CType type, Local local, long offset) implements Place {}

    record SymbolPlace(CType type, Symbol symbol, long offset) implements Place {}

    record Indirect(CType type, Expression address, long offset) implements Place {}

    /** A structure that is a value, such as a function's result. */
    record ValuePlace(CType type, Expression value, long offset) implements Place {}

    /**
     * A bit-field.
     *
     * @param unit its storage unit, of the bit-field's type
     */
    record BitPlace(CType type, Place unit, int shift, int width) implements Place {}
}
