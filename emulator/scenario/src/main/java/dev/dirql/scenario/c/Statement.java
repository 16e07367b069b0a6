package dev.dirql.scenario.c;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A checked statement. */
sealed interface Statement {
    /** A place that a jump goes to. */
    final class Target {
        final String name;

        Target(String name) {
            this.name = name;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    record Block(List<Statement> statements) implements Statement {}

    record Evaluate(CToken at, Expression expression) implements Statement {}

    record If(CToken at, Expression condition, Statement yes, Statement no) implements Statement {}

    /**
     * Any loop.
     *
     * @param condition null for none
     * @param step null for none
     * @param testFirst false for {@code do}
     */
    record Loop(
            CToken at,
            @Nullable Expression condition,
            @Nullable Expression step,
            Statement body,
            boolean testFirst,
            Target proceed,
            Target leave)
            implements Statement {}

    /**
     * A switch.
     *
     * @param otherwise where control goes if no case fits
     */
    record Switch(
            CToken at,
            Expression value,
            List<Case> cases,
            Target otherwise,
            Statement body,
            Target leave)
            implements Statement {}

    /** A case: a range of values of the promoted type of the switch. */
    record Case(long low, long high, Target target) {}

    record Label(Target target) implements Statement {}

    record Jump(CToken at, Target target) implements Statement {}

    record Return(CToken at, @Nullable Expression value) implements Statement {}
}
