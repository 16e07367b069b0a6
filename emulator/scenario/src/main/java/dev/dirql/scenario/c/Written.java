package dev.dirql.scenario.c;

import dev.dirql.scenario.c.Expression.Place;
import java.util.ArrayList;
import java.util.List;

/** Finds the variables that a function assigns to. */
final class Written {
    private final List<Local> locals = new ArrayList<>();

    private Written() {}

    static List<Local> of(FunctionBody body) {
        Written written = new Written();
        written.statement(body.statement());
        return written.locals;
    }

    private void statement(Statement statement) {
        switch (statement) {
            case Statement.Block e -> e.statements().forEach(this::statement);
            case Statement.Evaluate e -> expression(e.expression());
            case Statement.If e -> {
                expression(e.condition());
                statement(e.yes());
                statement(e.no());
            }
            case Statement.Loop e -> {
                if (e.condition() != null) {
                    expression(e.condition());
                }
                if (e.step() != null) {
                    expression(e.step());
                }
                statement(e.body());
            }
            case Statement.Switch e -> {
                expression(e.value());
                statement(e.body());
            }
            case Statement.Return e -> {
                if (e.value() != null) {
                    expression(e.value());
                }
            }
            case Statement.Label _, Statement.Jump _ -> {}
        }
    }

    private void expression(Expression expression) {
        switch (expression) {
            case Expression.Constant _, Expression.SymbolAddress _ -> {}
            case Expression.Read e -> place(e.place());
            case Expression.AddressOf e -> place(e.place());
            case Expression.Negate e -> expression(e.operand());
            case Expression.Complement e -> expression(e.operand());
            case Expression.Not e -> expression(e.operand());
            case Expression.Arithmetic e -> {
                expression(e.left());
                expression(e.right());
            }
            case Expression.Comparison e -> {
                expression(e.left());
                expression(e.right());
            }
            case Expression.Logical e -> {
                expression(e.left());
                expression(e.right());
            }
            case Expression.Conditional e -> {
                expression(e.condition());
                expression(e.yes());
                expression(e.no());
            }
            case Expression.Comma e -> {
                e.effects().forEach(this::expression);
                expression(e.value());
            }
            case Expression.Convert e -> expression(e.operand());
            case Expression.Assign e -> {
                written(e.place());
                expression(e.value());
            }
            case Expression.Update e -> {
                written(e.place());
                expression(e.amount());
            }
            case Expression.Call e -> {
                expression(e.function());
                e.arguments().forEach(this::expression);
            }
            case Expression.IntrinsicCall e -> e.arguments().forEach(this::expression);
            case Expression.Inlined e -> {
                locals.addAll(e.parameters());
                e.arguments().forEach(this::expression);
                statement(e.body());
            }
        }
    }

    private void written(Place place) {
        if (place instanceof Expression.LocalPlace at) {
            locals.add(at.local());
        } else if (place instanceof Expression.BitPlace bits) {
            written(bits.unit());
        } else {
            place(place);
        }
    }

    private void place(Place place) {
        switch (place) {
            case Expression.LocalPlace _, Expression.SymbolPlace _ -> {}
            case Expression.Indirect at -> expression(at.address());
            case Expression.ValuePlace at -> expression(at.value());
            case Expression.BitPlace at -> place(at.unit());
        }
    }
}
