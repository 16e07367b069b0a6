package dev.dirql.scenario.c;

import dev.dirql.scenario.c.CType.Found;
import dev.dirql.scenario.c.CType.Member;
import dev.dirql.scenario.c.CType.Pointer;
import dev.dirql.scenario.c.CType.Structure;
import dev.dirql.scenario.c.Expression.Assign;
import dev.dirql.scenario.c.Expression.BitPlace;
import dev.dirql.scenario.c.Expression.Constant;
import dev.dirql.scenario.c.Expression.Indirect;
import dev.dirql.scenario.c.Expression.LocalPlace;
import dev.dirql.scenario.c.Expression.Operator;
import dev.dirql.scenario.c.Expression.Place;
import dev.dirql.scenario.c.Expression.Read;
import dev.dirql.scenario.c.Expression.Relation;
import dev.dirql.scenario.c.Expression.SymbolAddress;
import dev.dirql.scenario.c.Expression.SymbolPlace;
import dev.dirql.scenario.c.Expression.Update;
import dev.dirql.scenario.c.Expression.ValuePlace;
import dev.dirql.scenario.c.grammar.CParser;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.tree.TerminalNode;
import org.jspecify.annotations.Nullable;

/** Expressions: types, implied conversions, constants. */
final class ExpressionChecker {
    /** Stands for an expression that was wrong and reported. */
    static final Expression POISON = new Constant(CType.INT, 0);

    /**
     * An expression, as a place if it has one; the value is then POISON or the read of the place.
     */
    private record Operand(@Nullable Place place, Expression value) {
        static Operand of(Expression value) {
            return new Operand(null, value);
        }

        static Operand of(Place place) {
            return new Operand(place, POISON);
        }

        CType type() {
            return place != null ? place.type() : value.type();
        }
    }

    private final Unit unit;

    /** The latest read of the member DeviceExtension of a device object. */
    private @Nullable Expression extension;

    ExpressionChecker(Unit unit) {
        this.unit = unit;
    }

    // What the other checkers ask for.

    /** The value of an expression; its type is void, a scalar or a structure. */
    Expression value(CParser.EContext context) {
        return read(operand(context));
    }

    Expression value(CParser.ExpressionContext context) {
        List<CParser.EContext> parts = context.e();
        if (parts.size() == 1) {
            return value(parts.getFirst());
        }
        List<Expression> effects = new ArrayList<>();
        for (CParser.EContext part : parts.subList(0, parts.size() - 1)) {
            effects.add(value(part));
        }
        Expression last = value(parts.getLast());
        return new Expression.Comma(last.type(), effects, last);
    }

    Expression condition(CParser.ExpressionContext context) {
        if (context.e().size() == 1
                && context.e(0) instanceof CParser.AssignmentContext assignment
                && assignment.operator.getText().equals("=")
                && assignment.e(1) instanceof CParser.NumberContext) {
            unit.messages.warning(
                    (CToken) assignment.operator,
                    "this condition assigns a constant",
                    "did you mean ==?");
        }
        return unit.conversions.truth(value(context), Unit.at(context));
    }

    /** The value of an integer constant expression; null if it is none, which is then reported. */
    @Nullable Long constant(CParser.EContext context) {
        Expression value = value(context);
        if (value == POISON) {
            return null;
        }
        if (value instanceof Constant constant && Types.isInteger(value.type())) {
            return constant.value();
        }
        unit.messages.error(Unit.at(context), "an integer constant is expected", "");
        return null;
    }

    /** Remembers as what structure a driver sees its device extension. */
    void noticeExtension(Expression value, CType type) {
        if (value == extension && Types.bare(Types.target(type)) instanceof Structure structure) {
            unit.program.extensions.merge(structure.name(), 1, Integer::sum);
        }
    }

    // Operands.

    private Expression read(Operand operand) {
        Place place = operand.place;
        if (place == null || operand.value != POISON) {
            return operand.value;
        }
        CType type = place.type();
        if (Types.bare(type) instanceof CType.Array array) {
            if (place instanceof ValuePlace) {
                return Fold.address(new Pointer(array.element()), place);
            }
            return Fold.address(new Pointer(qualifiedElement(type, array)), place);
        }
        if (Types.isFunction(type)) {
            return place instanceof SymbolPlace at
                    ? new SymbolAddress(new Pointer(type), at.symbol(), at.offset())
                    : Fold.address(new Pointer(type), place);
        }
        if (place instanceof LocalPlace at) {
            at.local().read = true;
        }
        Expression read = new Read(Types.unqualified(type), place);
        boolean narrow =
                place instanceof BitPlace bits && bits.width() < 32 && Types.size(type) <= 4;
        // ISO C11, 6.3.1.1: a bit-field whose values all fit into int is promoted to int.
        return narrow ? Fold.convert(CType.INT, read) : read;
    }

    private static CType qualifiedElement(CType array, CType.Array bare) {
        return Types.qualify(bare.element(), Types.isConst(array), Types.isVolatile(array));
    }

    private Operand operand(CParser.EContext context) {
        unit.deeper(context);
        Operand result =
                switch (context) {
                    case CParser.IdentifierContext e -> identifier(e);
                    case CParser.NumberContext e -> Operand.of(number(e.NUMBER()));
                    case CParser.CharacterContext e -> Operand.of(number(e.CHARACTER()));
                    case CParser.StringContext e -> string(e);
                    case CParser.ParenthesisedContext e -> parenthesised(e);
                    case CParser.IndexContext e -> index(e);
                    case CParser.CallContext e -> Operand.of(call(e));
                    case CParser.SelectContext e -> select(e);
                    case CParser.PostfixContext e ->
                            Operand.of(step(e, e.e(), e.operator.getText(), true));
                    case CParser.IncrementContext e ->
                            Operand.of(step(e, e.e(), e.operator.getText(), false));
                    case CParser.UnaryContext e -> unary(e);
                    case CParser.SizeofExpressionContext e ->
                            Operand.of(size(operand(e.e()).type(), Unit.at(e)));
                    case CParser.SizeofTypeContext e -> Operand.of(sizeofType(e));
                    case CParser.OffsetofContext e -> Operand.of(offsetOf(e));
                    case CParser.CastContext e -> Operand.of(cast(e));
                    case CParser.BinaryContext e ->
                            Operand.of(
                                    binary(
                                            (CToken) e.operator,
                                            e.operator.getText(),
                                            value(e.e(0)),
                                            value(e.e(1))));
                    case CParser.LogicalContext e -> Operand.of(logical(e));
                    case CParser.ConditionalContext e -> Operand.of(conditional(e));
                    case CParser.AssignmentContext e -> Operand.of(assignment(e));
                    default -> throw new IllegalStateException(context.getClass().getName());
                };
        unit.shallower();
        return result;
    }

    private Operand parenthesised(CParser.ParenthesisedContext context) {
        List<CParser.EContext> parts = context.expression().e();
        return parts.size() == 1
                ? operand(parts.getFirst())
                : Operand.of(value(context.expression()));
    }

    private Expression cast(CParser.CastContext context) {
        CType type = unit.declarations.typeName(context.typeName());
        return unit.conversions.cast(value(context.e()), type, Unit.at(context));
    }

    // Primary expressions.

    private Operand identifier(CParser.IdentifierContext context) {
        CToken at = Unit.at(context);
        String name = at.getText();
        Scope.Meaning meaning = unit.scope.find(name);
        return switch (meaning) {
            case Scope.Variable variable ->
                    Operand.of(new LocalPlace(variable.local().type, variable.local(), 0));
            case Scope.Linked linked ->
                    Operand.of(new SymbolPlace(linked.symbol().type, linked.symbol(), 0));
            case Scope.EnumerationConstant constant ->
                    Operand.of(new Constant(CType.INT, constant.value()));
            case Scope.TypeName _ -> {
                unit.messages.error(at, name + " is a type, and a value is expected", "");
                yield Operand.of(POISON);
            }
            case null -> {
                Symbol function = unit.function;
                boolean functionName =
                        name.equals("__func__")
                                || name.equals("__FUNCTION__")
                                || name.equals("__FUNCDNAME__");
                if (functionName && function != null) {
                    Symbol text = unit.program.string(function.name.chars().toArray(), 1, at);
                    yield Operand.of(new SymbolPlace(text.type, text, 0));
                }
                unit.messages.error(
                        at,
                        "there is no variable or constant " + name,
                        CGrammar.nearest(name, unit.scope.values()));
                yield Operand.of(POISON);
            }
        };
    }

    private Expression number(TerminalNode node) {
        Literals.Constant literal = Literals.constant((CToken) node.getSymbol(), unit.messages);
        CType type;
        if (literal.wide()) {
            type = literal.unsigned() ? CType.ULONGLONG : CType.LONGLONG;
        } else if (literal.isLong()) {
            type = literal.unsigned() ? CType.ULONG : CType.LONG;
        } else {
            type = literal.unsigned() ? CType.UINT : CType.INT;
        }
        if (((CToken) node.getSymbol()).kind == CToken.Kind.CHARACTER && literal.unsigned()) {
            type = CType.USHORT;
        }
        return new Constant(type, Types.convert(type, literal.value()));
    }

    private Operand string(CParser.StringContext context) {
        boolean wide = isWide(context);
        int[] units = units(context);
        Symbol symbol = unit.program.string(units, wide ? 2 : 1, Unit.at(context));
        return Operand.of(new SymbolPlace(symbol.type, symbol, 0));
    }

    static boolean isWide(CParser.StringContext context) {
        return context.STRING().stream().anyMatch(s -> Literals.isWide((CToken) s.getSymbol()));
    }

    /** The characters of adjacent literals, without a final zero. */
    int[] units(CParser.StringContext context) {
        return context.STRING().stream()
                .map(s -> Literals.string((CToken) s.getSymbol(), unit.messages))
                .flatMapToInt(java.util.Arrays::stream)
                .toArray();
    }

    // Postfix and unary expressions.

    private Operand index(CParser.IndexContext context) {
        Expression base = value(context.e());
        Expression index = value(context.expression());
        if (base == POISON || index == POISON) {
            return Operand.of(POISON);
        }
        if (Types.isInteger(base.type()) && Types.isPointer(index.type())) {
            Expression swap = base;
            base = index;
            index = swap;
        }
        if (!Types.isPointer(base.type()) || !Types.isInteger(index.type())) {
            unit.messages.error(
                    Unit.at(context),
                    "%s cannot be indexed with %s"
                            .formatted(Types.spell(base.type()), Types.spell(index.type())),
                    "");
            return Operand.of(POISON);
        }
        Expression pointer = advance(base, index, Operator.ADD, Unit.at(context));
        return pointer == POISON
                ? Operand.of(POISON)
                : Operand.of(Fold.indirect(Types.target(base.type()), pointer));
    }

    /** Pointer plus or minus a number of elements. */
    private Expression advance(Expression pointer, Expression index, Operator operator, CToken at) {
        Expression step = elementSize(pointer.type(), at);
        if (step == POISON) {
            return POISON;
        }
        Expression wide = Fold.convert(CType.LONGLONG, index);
        Expression bytes = Fold.arithmetic(CType.LONGLONG, Operator.MULTIPLY, wide, step);
        return Fold.arithmetic(pointer.type(), operator, pointer, bytes);
    }

    private Expression elementSize(CType pointer, CToken at) {
        CType target = Types.target(pointer);
        if (!Types.isComplete(target)) {
            boolean isVoid = Types.isVoid(target);
            unit.messages.error(
                    at,
                    "the size of %s is not known".formatted(Types.spell(target)),
                    isVoid ? "cast the pointer to PUCHAR first" : "");
            return POISON;
        }
        return new Constant(CType.LONGLONG, Types.size(target));
    }

    private Operand select(CParser.SelectContext context) {
        CToken nameToken = (CToken) context.IDENTIFIER().getSymbol();
        String name = nameToken.getText();
        boolean arrow = context.operator.getText().equals("->");
        Operand base = operand(context.e());
        if (base.place == null && base.value == POISON) {
            return base;
        }
        CType type = arrow ? Types.target(base.type()) : base.type();
        boolean pointer = Types.isPointer(base.type()) || Types.isArray(base.type());
        if (!(Types.bare(type) instanceof Structure structure) || (arrow && !pointer)) {
            boolean other =
                    arrow
                            ? Types.isStructure(base.type())
                            : Types.isStructure(Types.target(base.type()));
            unit.messages.error(
                    (CToken) context.operator,
                    "the left side of %s is %s"
                            .formatted(context.operator.getText(), Types.spell(base.type())),
                    other
                            ? "write " + (arrow ? "." : "->") + " here"
                            : "it must be "
                                    + (arrow ? "a pointer to " : "")
                                    + "a structure or union");
            return Operand.of(POISON);
        }
        if (!structure.complete) {
            unit.messages.error(
                    nameToken,
                    "the members of %s are not known here".formatted(Types.spell(type)),
                    "");
            return Operand.of(POISON);
        }
        Found found = structure.find(name);
        if (found == null) {
            unit.messages.error(
                    nameToken,
                    "%s has no member %s".formatted(Types.spell(type), name),
                    CGrammar.nearest(name, structure.names()));
            return Operand.of(POISON);
        }
        Place whole;
        if (arrow) {
            whole = Fold.indirect(type, read(base));
        } else {
            whole = base.place != null ? base.place : new ValuePlace(type, base.value, 0);
        }
        Place part = member(whole, type, found);
        if (structure.tag.equals("_DEVICE_OBJECT") && name.equals("DeviceExtension")) {
            Expression read = read(Operand.of(part));
            extension = read;
            return new Operand(part, read);
        }
        return Operand.of(part);
    }

    private static Place member(Place whole, CType wholeType, Found found) {
        Member member = found.member();
        CType type =
                Types.qualify(member.type(), Types.isConst(wholeType), Types.isVolatile(wholeType));
        Place place = Fold.offset(whole, type, found.offset());
        return member.width() == 0
                ? place
                : new BitPlace(type, place, member.shift(), member.width());
    }

    private Operand unary(CParser.UnaryContext context) {
        CToken at = Unit.at(context);
        String operator = context.operator.getText();
        if (operator.equals("&")) {
            return Operand.of(addressOf(operand(context.e()), at));
        }
        Expression value = value(context.e());
        if (value == POISON) {
            return Operand.of(POISON);
        }
        return switch (operator) {
            case "*" -> {
                if (!Types.isPointer(value.type())) {
                    unit.messages.error(
                            at, "* needs a pointer, not " + Types.spell(value.type()), "");
                    yield Operand.of(POISON);
                }
                CType target = Types.target(value.type());
                if (Types.isVoid(target)) {
                    unit.messages.error(
                            at,
                            Types.spell(value.type()) + " points to nothing that has a type",
                            "cast the pointer first");
                    yield Operand.of(POISON);
                }
                yield Operand.of(Fold.indirect(target, value));
            }
            case "!" -> {
                Expression condition = unit.conversions.truth(value, at);
                yield Operand.of(condition == POISON ? POISON : Fold.not(condition));
            }
            default -> Operand.of(arithmeticUnary(operator, value, at));
        };
    }

    private Expression arithmeticUnary(String operator, Expression value, CToken at) {
        if (!Types.isInteger(value.type())) {
            unit.messages.error(
                    at,
                    "%s needs an integer, not %s".formatted(operator, Types.spell(value.type())),
                    "");
            return POISON;
        }
        CType type = Types.promote(value.type());
        Expression operand = Fold.convert(type, value);
        if (operand instanceof Constant constant) {
            long result =
                    switch (operator) {
                        case "-" -> -constant.value();
                        case "~" -> ~constant.value();
                        default -> constant.value();
                    };
            return new Constant(type, Types.convert(type, result));
        }
        return switch (operator) {
            case "-" -> new Expression.Negate(type, operand);
            case "~" -> new Expression.Complement(type, operand);
            default -> operand;
        };
    }

    private Expression addressOf(Operand operand, CToken at) {
        Place place = operand.place;
        if (place == null || place instanceof ValuePlace) {
            if (operand.value != POISON || place != null) {
                unit.messages.error(at, "& needs something that has an address", "");
            }
            return POISON;
        }
        if (place instanceof BitPlace) {
            unit.messages.error(at, "a bit-field has no address", "");
            return POISON;
        }
        return Fold.address(new Pointer(place.type()), place);
    }

    private Expression size(CType type, CToken at) {
        if (!Types.isComplete(type)) {
            unit.messages.error(at, "the size of %s is not known".formatted(Types.spell(type)), "");
            return POISON;
        }
        return new Constant(CType.ULONGLONG, Types.size(type));
    }

    private Expression sizeofType(CParser.SizeofTypeContext context) {
        CType type = unit.declarations.typeName(context.typeName());
        return context.operator.getText().equals("sizeof")
                ? size(type, Unit.at(context))
                : new Constant(CType.ULONGLONG, Types.alignment(type));
    }

    private Expression offsetOf(CParser.OffsetofContext context) {
        CType type = unit.declarations.typeName(context.typeName());
        Long offset = offset(type, context.e());
        return offset == null ? POISON : new Constant(CType.ULONGLONG, offset);
    }

    /** The second operand of offsetof is a member, a member of it, or an element of it. */
    private @Nullable Long offset(CType type, CParser.EContext context) {
        Place origin = new Indirect(type, new Constant(new Pointer(type), 0), 0);
        Place place = designated(origin, context);
        return place instanceof Indirect at && at.address() instanceof Constant
                ? at.offset()
                : null;
    }

    private @Nullable Place designated(Place origin, CParser.EContext context) {
        return switch (context) {
            case CParser.IdentifierContext e -> named(origin, Unit.at(e));
            case CParser.SelectContext e -> {
                Place base = designated(origin, e.e());
                yield base == null ? null : named(base, (CToken) e.IDENTIFIER().getSymbol());
            }
            case CParser.IndexContext e -> {
                Place base = designated(origin, e.e());
                if (base == null || e.expression().e().size() != 1) {
                    yield null;
                }
                Long index = constant(e.expression().e(0));
                CType element = Types.target(base.type());
                yield index == null
                        ? null
                        : Fold.offset(base, element, index * Types.size(element));
            }
            default -> {
                unit.messages.error(Unit.at(context), "a member is expected", "");
                yield null;
            }
        };
    }

    private @Nullable Place named(Place base, CToken name) {
        Found found =
                Types.bare(base.type()) instanceof Structure structure
                        ? structure.find(name.getText())
                        : null;
        if (found == null || found.member().width() != 0) {
            unit.messages.error(
                    name,
                    "%s has no member %s with an address"
                            .formatted(Types.spell(base.type()), name.getText()),
                    Types.bare(base.type()) instanceof Structure structure
                            ? CGrammar.nearest(name.getText(), structure.names())
                            : "");
            return null;
        }
        return member(base, base.type(), found);
    }

    // Binary expressions.

    private Expression logical(CParser.LogicalContext context) {
        Expression left = unit.conversions.truth(value(context.e(0)), Unit.at(context.e(0)));
        Expression right = unit.conversions.truth(value(context.e(1)), Unit.at(context.e(1)));
        if (left == POISON || right == POISON) {
            return POISON;
        }
        return Fold.logical(context.operator.getText().equals("&&"), left, right);
    }

    private Expression binary(CToken at, String operator, Expression left, Expression right) {
        if (left == POISON || right == POISON) {
            return POISON;
        }
        boolean leftPointer = Types.isPointer(left.type());
        boolean rightPointer = Types.isPointer(right.type());
        boolean integers = Types.isInteger(left.type()) && Types.isInteger(right.type());
        switch (operator) {
            case "==", "!=", "<", ">", "<=", ">=" -> {
                return comparison(at, operator, left, right);
            }
            case "+" -> {
                if (leftPointer && Types.isInteger(right.type())) {
                    return advance(left, right, Operator.ADD, at);
                }
                if (rightPointer && Types.isInteger(left.type())) {
                    return advance(right, left, Operator.ADD, at);
                }
            }
            case "-" -> {
                if (leftPointer && Types.isInteger(right.type())) {
                    return advance(left, right, Operator.SUBTRACT, at);
                }
                if (leftPointer && rightPointer) {
                    return difference(at, left, right);
                }
            }
            default -> {}
        }
        if (!integers) {
            return mismatch(at, operator, left, right);
        }
        if (operator.equals("<<") || operator.equals(">>")) {
            CType type = Types.promote(left.type());
            if (right instanceof Constant count
                    && (count.value() < 0 || count.value() >= Types.size(type) * 8)) {
                unit.messages.warning(
                        at,
                        "a shift of %s by %d".formatted(Types.spell(type), count.value()),
                        "the processor uses the count modulo " + Types.size(type) * 8);
            }
            return Fold.arithmetic(
                    type,
                    operator(operator),
                    Fold.convert(type, left),
                    Fold.convert(CType.INT, right));
        }
        CType type = Types.common(left.type(), right.type());
        if ((operator.equals("/") || operator.equals("%"))
                && right instanceof Constant divisor
                && divisor.value() == 0) {
            unit.messages.warning(at, "a division by zero", "");
        }
        return Fold.arithmetic(
                type, operator(operator), Fold.convert(type, left), Fold.convert(type, right));
    }

    private Expression mismatch(CToken at, String operator, Expression left, Expression right) {
        unit.messages.error(
                at,
                "%s between %s and %s"
                        .formatted(operator, Types.spell(left.type()), Types.spell(right.type())),
                "");
        return POISON;
    }

    private static Operator operator(String text) {
        return switch (text) {
            case "+" -> Operator.ADD;
            case "-" -> Operator.SUBTRACT;
            case "*" -> Operator.MULTIPLY;
            case "/" -> Operator.DIVIDE;
            case "%" -> Operator.REMAINDER;
            case "&" -> Operator.AND;
            case "|" -> Operator.OR;
            case "^" -> Operator.XOR;
            case "<<" -> Operator.SHIFT_LEFT;
            case ">>" -> Operator.SHIFT_RIGHT;
            default -> throw new IllegalStateException(text);
        };
    }

    private Expression difference(CToken at, Expression left, Expression right) {
        CType target = Types.target(left.type());
        if (!Types.similar(target, Types.target(right.type()))) {
            return mismatch(at, "-", left, right);
        }
        Expression size = elementSize(left.type(), at);
        if (size == POISON || (size instanceof Constant zero && zero.value() == 0)) {
            return POISON;
        }
        Expression bytes =
                Fold.arithmetic(
                        CType.LONGLONG,
                        Operator.SUBTRACT,
                        Fold.convert(CType.LONGLONG, left),
                        Fold.convert(CType.LONGLONG, right));
        return Fold.arithmetic(CType.LONGLONG, Operator.DIVIDE, bytes, size);
    }

    private Expression comparison(CToken at, String operator, Expression left, Expression right) {
        Relation relation =
                switch (operator) {
                    case "==" -> Relation.EQUAL;
                    case "!=" -> Relation.NOT_EQUAL;
                    case "<" -> Relation.LESS;
                    case ">" -> Relation.GREATER;
                    case "<=" -> Relation.LESS_OR_EQUAL;
                    default -> Relation.GREATER_OR_EQUAL;
                };
        if (Types.isInteger(left.type()) && Types.isInteger(right.type())) {
            CType type = Types.common(left.type(), right.type());
            return Fold.compare(relation, Fold.convert(type, left), Fold.convert(type, right));
        }
        boolean leftPointer = Types.isPointer(left.type());
        boolean rightPointer = Types.isPointer(right.type());
        boolean mixed =
                (leftPointer && Types.isInteger(right.type()))
                        || (rightPointer && Types.isInteger(left.type()));
        if (!mixed && !(leftPointer && rightPointer)) {
            return mismatch(at, operator, left, right);
        }
        if (mixed) {
            Expression number = leftPointer ? right : left;
            if (!(number instanceof Constant constant && constant.value() == 0)) {
                unit.messages.warning(
                        at,
                        "%s between %s and %s"
                                .formatted(
                                        operator,
                                        Types.spell(left.type()),
                                        Types.spell(right.type())),
                        "");
            }
        } else if (!Types.similar(left.type(), right.type())) {
            unit.messages.warning(
                    at,
                    "%s compares %s with %s"
                            .formatted(
                                    operator, Types.spell(left.type()), Types.spell(right.type())),
                    "");
        }
        CType type = leftPointer ? left.type() : right.type();
        return Fold.compare(relation, Fold.convert(type, left), Fold.convert(type, right));
    }

    private Expression conditional(CParser.ConditionalContext context) {
        CToken at = Unit.at(context);
        Expression condition = unit.conversions.truth(value(context.e(0)), at);
        Expression yes = value(context.expression());
        Expression no = value(context.e(1));
        if (condition == POISON || yes == POISON || no == POISON) {
            return POISON;
        }
        CType type;
        if (Types.isInteger(yes.type()) && Types.isInteger(no.type())) {
            type = Types.common(yes.type(), no.type());
        } else if (Types.isVoid(yes.type()) || Types.isVoid(no.type())) {
            return Fold.conditional(
                    CType.VOID,
                    condition,
                    unit.conversions.cast(yes, CType.VOID, at),
                    unit.conversions.cast(no, CType.VOID, at));
        } else if (Types.isStructure(yes.type()) && Types.same(yes.type(), no.type())) {
            return Fold.conditional(yes.type(), condition, yes, no);
        } else if (Types.isPointer(yes.type()) && isNull(no)) {
            type = yes.type();
        } else if (Types.isPointer(no.type()) && isNull(yes)) {
            type = no.type();
        } else if (Types.isPointer(yes.type()) && Types.isPointer(no.type())) {
            type = Types.isVoid(Types.target(no.type())) ? no.type() : yes.type();
            unit.conversions.assign(
                    type == yes.type() ? no : yes, type, at, "the two values of ?:");
        } else {
            return mismatch(at, "?:", yes, no);
        }
        return Fold.conditional(type, condition, Fold.convert(type, yes), Fold.convert(type, no));
    }

    private static boolean isNull(Expression value) {
        return value instanceof Constant constant
                && constant.value() == 0
                && (Types.isInteger(value.type()) || Types.isVoid(Types.target(value.type())));
    }

    // Assignments.

    private @Nullable Place assignable(Operand operand, ParserRuleContext context) {
        Place place = operand.place;
        CToken at = Unit.at(context);
        if (place == null || place instanceof ValuePlace) {
            if (place != null || operand.value != POISON) {
                unit.messages.error(at, "this cannot be assigned to", "");
            }
            return null;
        }
        if (Types.isArray(place.type()) || Types.isFunction(place.type())) {
            unit.messages.error(
                    at,
                    "%s cannot be assigned to".formatted(Types.spell(place.type())),
                    Types.isArray(place.type()) ? "copy it with RtlCopyMemory" : "");
            return null;
        }
        if (Types.isConst(place.type())) {
            unit.messages.error(at, "this is const, %s".formatted(Types.spell(place.type())), "");
            return null;
        }
        return place;
    }

    private Expression assignment(CParser.AssignmentContext context) {
        Operand target = operand(context.e(0));
        Expression value = value(context.e(1));
        Place place = assignable(target, context);
        if (place == null || value == POISON) {
            return POISON;
        }
        CToken at = (CToken) context.operator;
        String operator = at.getText();
        CType type = Types.unqualified(place.type());
        if (operator.equals("=")) {
            Expression converted =
                    unit.conversions.assign(value, type, Unit.at(context.e(1)), "assignment");
            return converted == POISON ? POISON : new Assign(type, place, converted);
        }
        return update(place, operator.substring(0, operator.length() - 1), value, at, false);
    }

    private Expression update(
            Place place, String operator, Expression amount, CToken at, boolean before) {
        CType type = Types.unqualified(place.type());
        if (place instanceof LocalPlace local) {
            local.local().read = true;
        }
        if (Types.isPointer(type) && (operator.equals("+") || operator.equals("-"))) {
            Expression step = elementSize(type, at);
            if (step == POISON) {
                return POISON;
            }
            if (!Types.isInteger(amount.type())) {
                return mismatch(at, operator + "=", new Read(type, place), amount);
            }
            Expression bytes =
                    Fold.arithmetic(
                            CType.LONGLONG,
                            Operator.MULTIPLY,
                            Fold.convert(CType.LONGLONG, amount),
                            step);
            return new Update(type, place, operator(operator), type, bytes, before);
        }
        if (!Types.isInteger(type) || !Types.isInteger(amount.type())) {
            return mismatch(at, operator + "=", new Read(type, place), amount);
        }
        boolean shift = operator.equals("<<") || operator.equals(">>");
        CType computed = shift ? Types.promote(type) : Types.common(type, amount.type());
        Expression converted = Fold.convert(shift ? CType.INT : computed, amount);
        return new Update(type, place, operator(operator), computed, converted, before);
    }

    private Expression step(
            ParserRuleContext context, CParser.EContext operand, String operator, boolean before) {
        Place place = assignable(operand(operand), context);
        if (place == null) {
            return POISON;
        }
        return update(
                place, operator.substring(1), new Constant(CType.INT, 1), Unit.at(context), before);
    }

    // Calls.

    private Expression call(CParser.CallContext context) {
        List<CParser.EContext> arguments = context.e().subList(1, context.e().size());
        CParser.EContext callee = context.e(0);
        CToken at = Unit.at(context);
        if (callee instanceof CParser.IdentifierContext named) {
            String name = named.getText();
            Scope.Meaning meaning = unit.scope.find(name);
            boolean defined =
                    meaning instanceof Scope.Variable
                            || (meaning instanceof Scope.Linked linked && linked.symbol().defined);
            Intrinsic intrinsic = defined ? null : Intrinsic.find(name);
            if (intrinsic != null) {
                return intrinsic(intrinsic, arguments, at);
            }
            if (meaning == null) {
                Set<String> known = new LinkedHashSet<>(unit.scope.values());
                Intrinsic.names().forEach(known::add);
                unit.messages.error(
                        at, "there is no function " + name, CGrammar.nearest(name, known));
                arguments.forEach(this::value);
                return POISON;
            }
        }
        Expression function = value(callee);
        if (function == POISON) {
            return POISON;
        }
        if (!(Types.bare(Types.target(function.type())) instanceof CType.Function type)
                || !Types.isPointer(function.type())) {
            unit.messages.error(
                    at, "%s cannot be called".formatted(Types.spell(function.type())), "");
            return POISON;
        }
        String name = callee.getText();
        List<Expression> values = arguments(type, name, arguments, at);
        if (values == null) {
            return POISON;
        }
        if (!Types.isVoid(type.result()) && !Types.isComplete(type.result())) {
            unit.messages.error(
                    at,
                    "the result type %s is not complete".formatted(Types.spell(type.result())),
                    "");
            return POISON;
        }
        return new Expression.Call(Types.unqualified(type.result()), function, values, at);
    }

    private @Nullable List<Expression> arguments(
            CType.Function type, String name, List<CParser.EContext> arguments, CToken at) {
        int wanted = type.parameters().size();
        boolean few = type.prototyped() && arguments.size() < wanted;
        boolean many = type.prototyped() && !type.variadic() && arguments.size() > wanted;
        List<Expression> values = new ArrayList<>();
        boolean poisoned = false;
        for (int i = 0; i < arguments.size(); i++) {
            Expression value = value(arguments.get(i));
            CToken place = Unit.at(arguments.get(i));
            if (i < wanted) {
                CType.Parameter parameter = type.parameters().get(i);
                String where =
                        parameter.name().isEmpty()
                                ? "argument %d of %s".formatted(i + 1, name)
                                : "argument %s of %s".formatted(parameter.name(), name);
                value = unit.conversions.assign(value, parameter.type(), place, where);
            } else if (Types.isVoid(value.type())) {
                unit.messages.error(place, "this argument has no value", "");
                poisoned = true;
            } else if (value != POISON) {
                value = Conversions.promote(value);
            }
            poisoned |= value == POISON;
            values.add(value);
        }
        if (few || many) {
            unit.messages.error(
                    at,
                    "%s takes %d arguments, and here are %d"
                            .formatted(name, wanted, arguments.size()),
                    Types.spell(type));
            return null;
        }
        return poisoned ? null : values;
    }

    private Expression intrinsic(Intrinsic intrinsic, List<CParser.EContext> arguments, CToken at) {
        List<CType.Parameter> parameters = new ArrayList<>();
        for (CType type : intrinsic.parameters()) {
            parameters.add(new CType.Parameter("", type));
        }
        CType.Function type = new CType.Function(intrinsic.result(), parameters, false, true);
        List<Expression> values = arguments(type, intrinsic.name(), arguments, at);
        return values == null
                ? POISON
                : new Expression.IntrinsicCall(intrinsic.result(), intrinsic, values);
    }
}
