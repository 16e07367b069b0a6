package dev.dirql.scenario.c;

import dev.dirql.scenario.c.Expression.Constant;
import dev.dirql.scenario.c.Statement.Block;
import dev.dirql.scenario.c.Statement.Case;
import dev.dirql.scenario.c.Statement.Target;
import dev.dirql.scenario.c.grammar.CParser;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Statements: where control goes, and what they evaluate. */
final class StatementChecker {
    private static final Statement NOTHING = new Block(List.of());

    /** A loop or switch around the present statement. */
    private static final class Around {
        final Target leave;
        final @Nullable Target proceed;

        /** Set for a switch. */
        final @Nullable CType switched;

        final List<Case> cases = new ArrayList<>();
        @Nullable Target otherwise;

        Around(Target leave, @Nullable Target proceed, @Nullable CType switched) {
            this.leave = leave;
            this.proceed = proceed;
            this.switched = switched;
        }
    }

    private final Unit unit;
    private final List<Around> around = new ArrayList<>();
    private final Map<String, Target> labels = new LinkedHashMap<>();
    private final Map<String, CToken> wanted = new LinkedHashMap<>();
    private final List<String> placed = new ArrayList<>();
    private CType result = CType.VOID;

    StatementChecker(Unit unit) {
        this.unit = unit;
    }

    /** The body of a function. */
    Statement body(CParser.CompoundContext context, CType functionResult) {
        around.clear();
        labels.clear();
        wanted.clear();
        placed.clear();
        result = functionResult;
        Statement body = items(context);
        for (Map.Entry<String, CToken> entry : wanted.entrySet()) {
            if (!placed.contains(entry.getKey())) {
                unit.messages.error(
                        entry.getValue(),
                        "there is no label " + entry.getKey(),
                        CGrammar.nearest(entry.getKey(), placed));
            }
        }
        boolean entry = unit.function != null && unit.function.name.equals("main");
        if (!Types.isVoid(result) && !entry && completes(body)) {
            unit.messages.warning(
                    (CToken) context.getStop(),
                    "control reaches the end of %s without a return"
                            .formatted(unit.function == null ? "" : unit.function.name),
                    "it returns " + Types.spell(result));
        }
        return body;
    }

    private Statement items(CParser.CompoundContext context) {
        List<Statement> statements = new ArrayList<>();
        for (CParser.BlockItemContext item : context.blockItem()) {
            if (item.declaration() != null) {
                unit.declarations.block(item.declaration(), statements);
            } else if (item.staticAssert() != null) {
                unit.declarations.staticAssert(item.staticAssert());
            } else {
                statements.add(statement(item.statement()));
            }
        }
        return new Block(statements);
    }

    private Statement statement(CParser.StatementContext context) {
        unit.deeper(context);
        Statement body;
        if (context.label().isEmpty()) {
            body = body(context.body());
        } else {
            List<Statement> statements = new ArrayList<>();
            for (CParser.LabelContext label : context.label()) {
                statements.add(label(label));
            }
            statements.add(body(context.body()));
            body = new Block(statements);
        }
        unit.shallower();
        return body;
    }

    private Statement label(CParser.LabelContext context) {
        CToken at = Unit.at(context);
        if (context.IDENTIFIER() != null) {
            String name = at.getText();
            if (placed.contains(name)) {
                unit.messages.error(at, "label " + name + " stands twice in this function", "");
            }
            placed.add(name);
            return new Statement.Label(labels.computeIfAbsent(name, Target::new));
        }
        Around enclosing = null;
        for (Around candidate : around) {
            enclosing = candidate.switched != null ? candidate : enclosing;
        }
        Target target = new Target(at.getText());
        if (enclosing == null || enclosing.switched == null) {
            unit.messages.error(at, "'" + at.getText() + "' outside a switch", "");
        } else if (context.e().isEmpty()) {
            if (enclosing.otherwise != null) {
                unit.messages.error(at, "a second default in one switch", "");
            }
            enclosing.otherwise = target;
        } else {
            Long low = unit.expressions.constant(context.e(0));
            Long high = context.e().size() > 1 ? unit.expressions.constant(context.e(1)) : low;
            if (low != null && high != null) {
                add(
                        enclosing,
                        at,
                        Types.convert(enclosing.switched, low),
                        Types.convert(enclosing.switched, high),
                        target);
            }
        }
        return new Statement.Label(target);
    }

    private void add(Around around, CToken at, long low, long high, Target target) {
        if (low > high) {
            unit.messages.error(at, "the range of the case is empty", "");
        }
        for (Case other : around.cases) {
            if (low <= other.high() && high >= other.low()) {
                unit.messages.error(at, "case %d stands twice in this switch".formatted(low), "");
                return;
            }
        }
        around.cases.add(new Case(low, high, target));
    }

    private Statement body(CParser.BodyContext context) {
        CToken at = Unit.at(context);
        return switch (context) {
            case CParser.BlockContext e -> {
                unit.enterScope();
                Statement block = items(e.compound());
                unit.leaveScope();
                yield block;
            }
            case CParser.ExpressionStatementContext e ->
                    e.expression() == null ? NOTHING : evaluate(e.expression());
            case CParser.IfStatementContext e -> {
                Expression condition = unit.expressions.condition(e.expression());
                Statement yes = scoped(e.statement(0));
                Statement no = e.statement().size() > 1 ? scoped(e.statement(1)) : NOTHING;
                yield new Statement.If(Unit.at(e.expression()), condition, yes, no);
            }
            case CParser.SwitchStatementContext e -> switchStatement(e);
            case CParser.WhileStatementContext e -> {
                Expression condition = unit.expressions.condition(e.expression());
                yield loop(Unit.at(e.expression()), condition, null, e.statement(), true);
            }
            case CParser.DoStatementContext e -> doStatement(e);
            case CParser.ForStatementContext e -> forStatement(e);
            case CParser.GotoStatementContext e -> {
                CToken name = (CToken) e.IDENTIFIER().getSymbol();
                wanted.putIfAbsent(name.getText(), name);
                yield new Statement.Jump(at, labels.computeIfAbsent(name.getText(), Target::new));
            }
            case CParser.ContinueStatementContext _ -> {
                Target proceed = null;
                for (Around candidate : around) {
                    proceed = candidate.proceed != null ? candidate.proceed : proceed;
                }
                if (proceed == null) {
                    unit.messages.error(at, "'continue' outside a loop", "");
                    yield NOTHING;
                }
                yield new Statement.Jump(at, proceed);
            }
            case CParser.BreakStatementContext _ -> {
                if (around.isEmpty()) {
                    unit.messages.error(at, "'break' outside a loop or switch", "");
                    yield NOTHING;
                }
                yield new Statement.Jump(at, around.getLast().leave);
            }
            case CParser.ReturnStatementContext e -> returnStatement(e, at);
            default -> throw new IllegalStateException(context.getClass().getName());
        };
    }

    private Statement scoped(CParser.StatementContext context) {
        unit.enterScope();
        Statement statement = statement(context);
        unit.leaveScope();
        return statement;
    }

    private Statement evaluate(CParser.ExpressionContext context) {
        Expression value = unit.expressions.value(context);
        CToken at = Unit.at(context);
        if (value instanceof Expression.Comparison && value != CheckedExpression.POISON) {
            unit.messages.warning(
                    at, "this comparison has no effect", "did you mean an assignment?");
        }
        return new Statement.Evaluate(at, value);
    }

    private Statement returnStatement(CParser.ReturnStatementContext context, CToken at) {
        if (context.expression() == null) {
            if (!Types.isVoid(result)) {
                unit.messages.error(at, "a value is missing", "it returns " + Types.spell(result));
            }
            return new Statement.Return(at, null);
        }
        Expression value = unit.expressions.value(context.expression());
        if (Types.isVoid(result)) {
            if (!Types.isVoid(value.type())) {
                unit.messages.error(at, "this function returns nothing", "its result type is void");
            }
            return new Block(
                    List.of(new Statement.Evaluate(at, value), new Statement.Return(at, null)));
        }
        CToken place = Unit.at(context.expression());
        return new Statement.Return(
                at, unit.conversions.assign(value, result, place, "return value"));
    }

    private Statement.Loop loop(
            CToken at,
            @Nullable Expression condition,
            @Nullable Expression step,
            CParser.StatementContext body,
            boolean testFirst) {
        Target proceed = new Target("continue");
        Target leave = new Target("break");
        around.add(new Around(leave, proceed, null));
        Statement statement = scoped(body);
        around.removeLast();
        return new Statement.Loop(at, condition, step, statement, testFirst, proceed, leave);
    }

    private Statement doStatement(CParser.DoStatementContext context) {
        Statement.Loop loop = loop(Unit.at(context), null, null, context.statement(), false);
        Expression condition = unit.expressions.condition(context.expression());
        return new Statement.Loop(
                Unit.at(context.expression()),
                condition,
                null,
                loop.body(),
                false,
                loop.proceed(),
                loop.leave());
    }

    private Statement forStatement(CParser.ForStatementContext context) {
        unit.enterScope();
        List<Statement> statements = new ArrayList<>();
        if (context.declaration() != null) {
            unit.declarations.block(context.declaration(), statements);
        } else if (context.first != null) {
            statements.add(evaluate(context.first));
        }
        Expression condition =
                context.condition == null ? null : unit.expressions.condition(context.condition);
        Expression step = context.step == null ? null : unit.expressions.value(context.step);
        CToken at = context.condition == null ? Unit.at(context) : Unit.at(context.condition);
        statements.add(loop(at, condition, step, context.statement(), true));
        unit.leaveScope();
        return new Block(statements);
    }

    private Statement switchStatement(CParser.SwitchStatementContext context) {
        CToken at = Unit.at(context.expression());
        Expression value = unit.expressions.value(context.expression());
        if (!Types.isInteger(value.type())) {
            unit.messages.error(
                    at, "a switch needs an integer, not " + Types.spell(value.type()), "");
            value = new Constant(CType.INT, 0);
        }
        CType type = Types.promote(value.type());
        Target leave = new Target("break");
        Around own = new Around(leave, null, type);
        around.add(own);
        Statement body = scoped(context.statement());
        around.removeLast();
        return new Statement.Switch(
                at,
                Fold.convert(type, value),
                List.copyOf(own.cases),
                Objects.requireNonNullElse(own.otherwise, leave),
                body,
                leave);
    }

    /** Whether control may run past a statement; errs on the side of no warning. */
    private static boolean completes(Statement statement) {
        return switch (statement) {
            case Block block -> {
                boolean completes = true;
                for (Statement part : block.statements()) {
                    completes = part instanceof Statement.Label || (completes && completes(part));
                    if (part instanceof Block inner && hasLabel(inner)) {
                        completes = completes(part);
                    }
                }
                yield completes;
            }
            case Statement.If e -> completes(e.yes()) || completes(e.no());
            case Statement.Loop loop ->
                    loop.condition() != null
                            && !(loop.condition() instanceof Constant constant
                                    && constant.value() != 0);
            case Statement.Switch e -> e.otherwise() == e.leave() && e.cases().isEmpty();
            case Statement.Jump _, Statement.Return _ -> false;
            case Statement.Evaluate _, Statement.Label _ -> true;
        };
    }

    private static boolean hasLabel(Block block) {
        return block.statements().stream().anyMatch(s -> s instanceof Statement.Label);
    }
}
