package dev.dirql.scenario.c;

import dev.dirql.scenario.c.Expression.Constant;
import dev.dirql.scenario.c.Expression.LocalPlace;
import dev.dirql.scenario.c.Expression.Place;
import dev.dirql.scenario.c.Expression.Read;
import dev.dirql.scenario.c.Statement.Target;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Puts the bodies of inline functions in the place of their calls, as the WDK's headers mean it: on
 * x64 KeRaiseIrql is an access to CR8 within the driver, not a call. The instructions belong to the
 * line of the call.
 */
final class Inliner {
    private static final int MAXIMUM_DEPTH = 12;
    private static final int MAXIMUM_NODES = 20_000;

    private final List<Local> added = new ArrayList<>();
    private final List<Symbol> active = new ArrayList<>();
    private int nodes;

    private Inliner() {}

    static FunctionBody inline(FunctionBody body) {
        Inliner inliner = new Inliner();
        inliner.active.add(body.symbol());
        Copy copy = inliner.new Copy();
        Statement statement = copy.statement(body.statement());
        List<Local> locals = new ArrayList<>(body.locals());
        locals.addAll(inliner.added);
        return new FunctionBody(body.symbol(), body.parameters(), locals, statement, body.end());
    }

    private boolean isInlined(Symbol symbol) {
        return symbol.inline
                && symbol.body != null
                && !active.contains(symbol)
                && active.size() < MAXIMUM_DEPTH
                && nodes < MAXIMUM_NODES;
    }

    private Local variable(String name, CType type, CToken at, boolean addressed) {
        Local local = new Local(name, type, at, -1);
        local.addressed = addressed;
        local.read = true;
        added.add(local);
        return local;
    }

    /** Whether an argument can stand wherever the parameter does. */
    private static boolean isRepeatable(Expression argument) {
        return switch (argument) {
            case Constant _, Expression.SymbolAddress _ -> true;
            case Expression.AddressOf e -> e.place() instanceof LocalPlace;
            case Read e ->
                    e.place() instanceof LocalPlace at
                            && !at.local().addressed
                            && Types.isScalar(at.local().type)
                            && !Types.isVolatile(at.type());
            case Expression.Arithmetic e ->
                    e.operator() == Expression.Operator.ADD
                            && e.right() instanceof Constant
                            && isRepeatable(e.left());
            case Expression.Convert e ->
                    Types.isScalar(e.type())
                            && Types.size(e.type()) == Types.size(e.operand().type())
                            && isRepeatable(e.operand());
            default -> false;
        };
    }

    /** Copies trees, with the variables and labels of an inlined function made anew. */
    private final class Copy {
        private final Map<Local, Local> locals = new LinkedHashMap<>();
        private final Map<Local, Expression> values = new LinkedHashMap<>();
        private final Map<Target, Target> targets = new LinkedHashMap<>();

        /** Whether this is the copy of an inlined function. */
        private boolean inlined;

        Statement statement(Statement statement) {
            nodes++;
            return switch (statement) {
                case Statement.Block e ->
                        new Statement.Block(e.statements().stream().map(this::statement).toList());
                case Statement.Evaluate e ->
                        new Statement.Evaluate(e.at(), expression(e.expression()));
                case Statement.If e ->
                        new Statement.If(
                                e.at(),
                                expression(e.condition()),
                                statement(e.yes()),
                                statement(e.no()));
                case Statement.Loop e -> loop(e);
                case Statement.Switch e ->
                        new Statement.Switch(
                                e.at(),
                                expression(e.value()),
                                e.cases().stream()
                                        .map(c ->
                                                new Statement.Case(
                                                        c.low(), c.high(), target(c.target())))
                                        .toList(),
                                target(e.otherwise()),
                                statement(e.body()),
                                target(e.leave()));
                case Statement.Label e -> new Statement.Label(target(e.target()));
                case Statement.Jump e -> new Statement.Jump(e.at(), target(e.target()));
                case Statement.Return e -> {
                    Expression value = e.value();
                    yield new Statement.Return(e.at(), value == null ? null : expression(value));
                }
            };
        }

        private Statement loop(Statement.Loop e) {
            Expression condition = e.condition();
            Expression step = e.step();
            return new Statement.Loop(
                    e.at(),
                    condition == null ? null : expression(condition),
                    step == null ? null : expression(step),
                    statement(e.body()),
                    e.testFirst(),
                    target(e.proceed()),
                    target(e.leave()));
        }

        private Target target(Target target) {
            return inlined ? targets.computeIfAbsent(target, old -> new Target(old.name)) : target;
        }

        private Expression expression(Expression expression) {
            nodes++;
            return switch (expression) {
                case Constant e -> e;
                case Expression.SymbolAddress e -> e;
                case Read e -> read(e);
                case Expression.AddressOf e -> Fold.address(e.type(), place(e.place()));
                case Expression.Negate e ->
                        new Expression.Negate(e.type(), expression(e.operand()));
                case Expression.Complement e ->
                        new Expression.Complement(e.type(), expression(e.operand()));
                case Expression.Not e -> Fold.not(expression(e.operand()));
                case Expression.Arithmetic e ->
                        Fold.arithmetic(
                                e.type(),
                                e.operator(),
                                expression(e.left()),
                                expression(e.right()));
                case Expression.Comparison e ->
                        Fold.compare(e.relation(), expression(e.left()), expression(e.right()));
                case Expression.Logical e ->
                        Fold.logical(e.and(), expression(e.left()), expression(e.right()));
                case Expression.Conditional e ->
                        Fold.conditional(
                                e.type(),
                                expression(e.condition()),
                                expression(e.yes()),
                                expression(e.no()));
                case Expression.Comma e ->
                        new Expression.Comma(
                                e.type(), expressions(e.effects()), expression(e.value()));
                case Expression.Convert e -> convert(e);
                case Expression.Assign e ->
                        new Expression.Assign(e.type(), place(e.place()), expression(e.value()));
                case Expression.Update e ->
                        new Expression.Update(
                                e.type(),
                                place(e.place()),
                                e.operator(),
                                e.computed(),
                                expression(e.amount()),
                                e.before());
                case Expression.Call e -> call(e);
                case Expression.IntrinsicCall e ->
                        new Expression.IntrinsicCall(
                                e.type(), e.intrinsic(), expressions(e.arguments()));
                case Expression.Inlined _ -> throw new IllegalStateException("inlined twice");
            };
        }

        private Expression convert(Expression.Convert e) {
            Expression operand = expression(e.operand());
            return Types.isVoid(e.type())
                    ? new Expression.Convert(e.type(), operand)
                    : Fold.convert(e.type(), operand);
        }

        private List<Expression> expressions(List<Expression> list) {
            return list.stream().map(this::expression).toList();
        }

        private Expression read(Read e) {
            if (e.place() instanceof LocalPlace at) {
                Expression value = values.get(at.local());
                if (value != null) {
                    return value;
                }
            }
            return new Read(e.type(), place(e.place()));
        }

        private Place place(Place place) {
            return switch (place) {
                case LocalPlace at ->
                        new LocalPlace(
                                at.type(),
                                locals.getOrDefault(at.local(), at.local()),
                                at.offset());
                case Expression.SymbolPlace at -> at;
                case Expression.Indirect at ->
                        Fold.offset(
                                Fold.indirect(at.type(), expression(at.address())),
                                at.type(),
                                at.offset());
                case Expression.ValuePlace at ->
                        new Expression.ValuePlace(at.type(), expression(at.value()), at.offset());
                case Expression.BitPlace at ->
                        new Expression.BitPlace(
                                at.type(), place(at.unit()), at.shift(), at.width());
            };
        }

        private Expression call(Expression.Call e) {
            List<Expression> arguments = expressions(e.arguments());
            if (e.function() instanceof Expression.SymbolAddress address
                    && address.offset() == 0
                    && isInlined(address.symbol())) {
                FunctionBody body = Objects.requireNonNull(address.symbol().body);
                if (body.parameters().size() == arguments.size()) {
                    return inlined(e, body, arguments);
                }
            }
            return new Expression.Call(e.type(), expression(e.function()), arguments, e.at());
        }

        private Expression inlined(
                Expression.Call call, FunctionBody body, List<Expression> arguments) {
            Copy copy = new Copy();
            copy.inlined = true;
            List<Local> written = Written.of(body);
            List<Local> parameters = new ArrayList<>();
            List<Expression> assigned = new ArrayList<>();
            for (int i = 0; i < arguments.size(); i++) {
                Local parameter = body.parameters().get(i);
                boolean replaced =
                        !parameter.addressed
                                && Types.isScalar(parameter.type)
                                && !written.contains(parameter)
                                && isRepeatable(arguments.get(i));
                if (replaced) {
                    copy.values.put(parameter, arguments.get(i));
                } else {
                    Local local =
                            variable(
                                    parameter.name,
                                    parameter.type,
                                    parameter.declared,
                                    parameter.addressed);
                    copy.locals.put(parameter, local);
                    parameters.add(local);
                    assigned.add(arguments.get(i));
                }
            }
            for (Local local : body.locals()) {
                copy.locals.put(
                        local, variable(local.name, local.type, local.declared, local.addressed));
            }
            active.add(body.symbol());
            Statement statement = copy.statement(body.statement());
            active.removeLast();
            Expression simple = simple(statement);
            if (simple != null && Types.isVoid(simple.type()) == Types.isVoid(call.type())) {
                return simpleCall(call, parameters, assigned, simple);
            }
            CType resultType = Types.isVoid(call.type()) ? CType.INT : call.type();
            Local result = variable("", resultType, call.at(), Types.isStructure(resultType));
            return new Expression.Inlined(call.type(), parameters, assigned, statement, result);
        }

        /** The expression that a body consists of, or null. */
        private static @org.jspecify.annotations.Nullable Expression simple(Statement statement) {
            return switch (statement) {
                case Statement.Block e ->
                        e.statements().size() == 1 ? simple(e.statements().getFirst()) : null;
                case Statement.Return e -> e.value();
                case Statement.Evaluate e ->
                        Types.isVoid(e.expression().type())
                                ? e.expression()
                                : new Expression.Convert(CType.VOID, e.expression());
                default -> null;
            };
        }

        private static Expression simpleCall(
                Expression.Call call,
                List<Local> parameters,
                List<Expression> arguments,
                Expression value) {
            if (parameters.isEmpty()) {
                return value;
            }
            List<Expression> effects = new ArrayList<>();
            for (int i = 0; i < parameters.size(); i++) {
                Local local = parameters.get(i);
                effects.add(
                        new Expression.Assign(
                                local.type,
                                new LocalPlace(local.type, local, 0),
                                arguments.get(i)));
            }
            return new Expression.Comma(call.type(), effects, value);
        }
    }
}
