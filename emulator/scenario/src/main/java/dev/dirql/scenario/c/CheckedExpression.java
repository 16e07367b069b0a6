package dev.dirql.scenario.c;

import dev.dirql.scenario.c.Expression.Constant;
import dev.dirql.scenario.c.Expression.Place;
import org.jspecify.annotations.Nullable;

/** An expression, as a place if it has one; the value is then POISON or the read of the place. */
record CheckedExpression(@Nullable Place place, Expression value) {
    /** Stands for an expression that was wrong and reported. */
    static final Expression POISON = new Constant(CType.INT, 0);

    static CheckedExpression of(Expression value) {
        return new CheckedExpression(null, value);
    }

    static CheckedExpression of(Place place) {
        return new CheckedExpression(place, POISON);
    }

    CType type() {
        return place != null ? place.type() : value.type();
    }
}
