package dev.dirql.scenario.c;

import dev.dirql.scenario.c.CType.Pointer;
import dev.dirql.scenario.c.Expression.Assign;
import dev.dirql.scenario.c.Expression.BitPlace;
import dev.dirql.scenario.c.Expression.Constant;
import dev.dirql.scenario.c.Expression.LocalPlace;
import dev.dirql.scenario.c.Expression.Place;
import dev.dirql.scenario.c.Expression.SymbolAddress;
import dev.dirql.scenario.c.InitializerWalk.Element;
import dev.dirql.scenario.c.grammar.CParser;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Initialisers (ISO C11, 6.7.9) of variables: contents of those that stay, assignments to others.
 */
final class InitializerChecker {
    private final Unit unit;

    InitializerChecker(Unit unit) {
        this.unit = unit;
    }

    /** Elements that an initialiser gives to an array whose declaration does not say. */
    long count(CType.Array array, CParser.InitializerContext context) {
        InitializerWalk walk = InitializerWalk.through(unit, array, context);
        return Math.max(1, walk.elementsOfTop());
    }

    /** Writes an initialiser into the contents of a variable; all of it must be constant. */
    void permanent(Symbol symbol, CParser.InitializerContext context) {
        InitializerWalk walk = InitializerWalk.through(unit, symbol.type, context);
        symbol.contents = new byte[(int) Types.size(symbol.type)];
        symbol.references.clear();
        for (Element element : walk.elements()) {
            store(symbol, element);
        }
    }

    private void store(Symbol symbol, Element element) {
        if (element.string() != null) {
            int size = (int) Types.size(Types.target(element.type()));
            long count = ((CType.Array) Types.bare(element.type())).count();
            for (int i = 0; i < element.string().length && i < count; i++) {
                put(symbol, element.offset() + (long) i * size, size, element.string()[i]);
            }
            return;
        }
        Expression value = Objects.requireNonNull(element.value());
        if (value instanceof Constant constant) {
            int size = (int) Types.size(element.type());
            long bits = constant.value();
            if (element.width() > 0) {
                long mask =
                        (element.width() == 64 ? -1L : (1L << element.width()) - 1)
                                << element.shift();
                long old = get(symbol, element.offset(), size);
                bits = (old & ~mask) | (bits << element.shift() & mask);
            }
            put(symbol, element.offset(), size, bits);
        } else if (value instanceof SymbolAddress address
                && Types.size(element.type()) == 8
                && (address.symbol().importedFrom.isEmpty() || address.symbol().isFunction())) {
            symbol.references.removeIf(r -> r.offset() == element.offset());
            symbol.references.add(
                    new Symbol.Reference(
                            (int) element.offset(), address.symbol(), address.offset()));
        } else if (value != CheckedExpression.POISON) {
            unit.messages.error(
                    element.at(),
                    "the initialiser of %s must be constant".formatted(symbol.name),
                    "assign it in DriverEntry");
        }
    }

    private static void put(Symbol symbol, long offset, int size, long bits) {
        for (int i = 0; i < size; i++) {
            symbol.contents[(int) offset + i] = (byte) (bits >> (8 * i));
        }
    }

    private static long get(Symbol symbol, long offset, int size) {
        long bits = 0;
        for (int i = 0; i < size; i++) {
            bits |= (symbol.contents[(int) offset + i] & 0xFFL) << (8 * i);
        }
        return bits;
    }

    /** Assignments that initialise an automatic variable. */
    Statement automatic(Local local, CParser.InitializerContext context) {
        InitializerWalk walk = InitializerWalk.through(unit, local.type, context);
        List<Statement> statements = new ArrayList<>();
        CToken at = Unit.at(context);
        long size = Types.size(local.type);
        boolean aggregate = !Types.isScalar(local.type);
        boolean covered =
                walk.elements().size() == 1
                        && walk.elements().getFirst().string() == null
                        && Types.size(walk.elements().getFirst().type()) == size;
        if (aggregate && !covered) {
            statements.add(
                    new Statement.Evaluate(
                            at,
                            memory(
                                    "memset",
                                    address(local, 0),
                                    new Constant(CType.INT, 0),
                                    new Constant(CType.ULONGLONG, size))));
        }
        for (Element element : walk.elements()) {
            if (element.string() != null) {
                int unitSize = (int) Types.size(Types.target(element.type()));
                long room = Types.size(element.type());
                Symbol text = unit.program.string(element.string(), unitSize, element.at());
                long bytes = Math.min(room, (long) element.string().length * unitSize);
                statements.add(
                        new Statement.Evaluate(
                                element.at(),
                                memory(
                                        "memcpy",
                                        address(local, element.offset()),
                                        new SymbolAddress(new Pointer(CType.VOID), text, 0),
                                        new Constant(CType.ULONGLONG, bytes))));
                continue;
            }
            Expression value = Objects.requireNonNull(element.value());
            if (value == CheckedExpression.POISON) {
                continue;
            }
            CType type = Types.unqualified(element.type());
            Place place = new LocalPlace(element.type(), local, element.offset());
            if (element.width() > 0) {
                place = new BitPlace(element.type(), place, element.shift(), element.width());
            }
            statements.add(new Statement.Evaluate(element.at(), new Assign(type, place, value)));
        }
        return new Statement.Block(statements);
    }

    private static Expression address(Local local, long offset) {
        return Fold.address(new Pointer(CType.VOID), new LocalPlace(CType.UCHAR, local, offset));
    }

    private static Expression memory(String name, Expression... arguments) {
        Intrinsic intrinsic = Objects.requireNonNull(Intrinsic.find(name));
        return new Expression.IntrinsicCall(intrinsic.result(), intrinsic, List.of(arguments));
    }
}
