package dev.dirql.debugger;

/**
 * Says whether a hit counts. It is asked at the moment of the hit, in re-execution as well, so it
 * must depend on nothing but that moment.
 */
@FunctionalInterface
public interface Condition {
    /** Every hit counts. */
    Condition ALWAYS = (_, _) -> true;

    /**
     * @param inspection the machine as it stands at the hit: before the step that executes an
     *     address, else behind the step
     */
    boolean holds(Inspection inspection, Hit hit);
}
