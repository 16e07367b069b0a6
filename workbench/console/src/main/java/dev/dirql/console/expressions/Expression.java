package dev.dirql.console.expressions;

import dev.dirql.console.ConsoleError;
import dev.dirql.debugger.Hit;
import dev.dirql.debugger.Inspection;
import org.jspecify.annotations.Nullable;

/** A number that depends on where the machine stands. */
@FunctionalInterface
public interface Expression {
    /**
     * @throws ConsoleError if a name means nothing there, or memory is none
     */
    long value(Scope scope);

    /**
     * Where an expression is evaluated.
     *
     * @param processor number of the processor whose registers and address space are meant
     * @param hit the hit that a condition is asked about, or null
     */
    record Scope(Inspection inspection, int processor, @Nullable Hit hit) {
        public Scope(Inspection inspection, int processor) {
            this(inspection, processor, null);
        }

        /** The access to memory that a condition is asked about. */
        Hit.Accessed access() {
            if (hit != null && hit.cause() instanceof Hit.Accessed access) {
                return access;
            }
            throw new ConsoleError(
                    "@$before and @$after are known in the condition of a watchpoint only.");
        }
    }
}
