package dev.dirql.scenario.c;

import dev.dirql.scenario.c.Expression.Place;
import java.util.ArrayList;
import java.util.List;

/**
 * Counts how often a function uses its variables, loops more, and notices what constrains its
 * registers.
 */
final class Usage {
    private static final int LOOP = 8;
    private static final int MAXIMUM_WEIGHT = 1 << 20;

    /** All variables, parameters first. */
    final List<Local> locals = new ArrayList<>();

    final List<Symbol> symbols = new ArrayList<>();
    boolean strings;
    boolean calls;

    private final boolean counts;

    private Usage(boolean counts) {
        this.counts = counts;
    }

    /** What a function refers to; counts nothing. */
    static List<Symbol> symbols(FunctionBody body) {
        Usage usage = new Usage(false);
        usage.statement(body.statement(), 1);
        return usage.symbols;
    }

    /** Counts; once for a function. */
    static Usage of(FunctionBody body) {
        Usage usage = new Usage(true);
        usage.locals.addAll(body.parameters());
        usage.locals.addAll(body.locals());
        usage.statement(body.statement(), 1);
        return usage;
    }

    private void statement(Statement statement, int weight) {
        switch (statement) {
            case Statement.Block block -> block.statements().forEach(s -> statement(s, weight));
            case Statement.Evaluate e -> expression(e.expression(), weight);
            case Statement.If e -> {
                expression(e.condition(), weight);
                statement(e.yes(), weight);
                statement(e.no(), weight);
            }
            case Statement.Loop loop -> {
                int inner = Math.min(MAXIMUM_WEIGHT, weight * LOOP);
                if (loop.condition() != null) {
                    expression(loop.condition(), inner);
                }
                if (loop.step() != null) {
                    expression(loop.step(), inner);
                }
                statement(loop.body(), inner);
            }
            case Statement.Switch e -> {
                expression(e.value(), weight);
                statement(e.body(), weight);
            }
            case Statement.Return e -> {
                if (e.value() != null) {
                    expression(e.value(), weight);
                }
            }
            case Statement.Label _, Statement.Jump _ -> {}
        }
    }

    private void expression(Expression expression, int weight) {
        switch (expression) {
            case Expression.Constant _ -> {}
            case Expression.SymbolAddress e -> symbols.add(e.symbol());
            case Expression.Read e -> {
                place(e.place(), weight);
                structure(e.type());
            }
            case Expression.AddressOf e -> place(e.place(), weight);
            case Expression.Negate e -> expression(e.operand(), weight);
            case Expression.Complement e -> expression(e.operand(), weight);
            case Expression.Not e -> expression(e.operand(), weight);
            case Expression.Arithmetic e -> {
                expression(e.left(), weight);
                expression(e.right(), weight);
            }
            case Expression.Comparison e -> {
                expression(e.left(), weight);
                expression(e.right(), weight);
            }
            case Expression.Logical e -> {
                expression(e.left(), weight);
                expression(e.right(), weight);
            }
            case Expression.Conditional e -> {
                expression(e.condition(), weight);
                expression(e.yes(), weight);
                expression(e.no(), weight);
            }
            case Expression.Comma e -> {
                e.effects().forEach(x -> expression(x, weight));
                expression(e.value(), weight);
            }
            case Expression.Convert e -> expression(e.operand(), weight);
            case Expression.Assign e -> {
                place(e.place(), weight);
                expression(e.value(), weight);
                structure(e.type());
            }
            case Expression.Update e -> {
                place(e.place(), weight * 2);
                expression(e.amount(), weight);
            }
            case Expression.Call e -> {
                calls = true;
                expression(e.function(), weight);
                e.arguments().forEach(x -> expression(x, weight));
                structure(e.type());
            }
            case Expression.IntrinsicCall e -> {
                strings |= usesStrings(e.intrinsic().action());
                e.arguments().forEach(x -> expression(x, weight));
            }
            case Expression.Inlined e -> {
                e.arguments().forEach(x -> expression(x, weight));
                e.parameters().forEach(p -> use(p, weight));
                if (!Types.isVoid(e.type())) {
                    use(e.result(), weight * 2);
                }
                statement(e.body(), weight);
            }
        }
    }

    /** A large structure is copied with string instructions. */
    private void structure(CType type) {
        strings |= Types.isStructure(type) && Types.size(type) > MemoryCode.MAXIMUM_INLINE;
    }

    private static boolean usesStrings(Intrinsic.Action action) {
        return switch (action) {
            case COPY, FILL, MOVE_STRING, STORE_STRING, IN_STRING, OUT_STRING -> true;
            default -> false;
        };
    }

    private void place(Place place, int weight) {
        switch (place) {
            case Expression.LocalPlace at -> {
                use(at.local(), weight);
                structure(at.local().type);
            }
            case Expression.SymbolPlace at -> symbols.add(at.symbol());
            case Expression.Indirect at -> expression(at.address(), weight);
            case Expression.ValuePlace at -> {
                expression(at.value(), weight);
                structure(at.value().type());
            }
            case Expression.BitPlace at -> place(at.unit(), weight * 2);
        }
    }

    private void use(Local local, int weight) {
        if (counts) {
            local.weight = Math.min(MAXIMUM_WEIGHT, local.weight + weight);
        }
    }
}
