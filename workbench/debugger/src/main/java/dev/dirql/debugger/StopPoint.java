package dev.dirql.debugger;

import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * A breakpoint, a watchpoint, or a stop at events. It is kept in the engine: the guest's memory
 * does not change by it.
 *
 * @param number from 1; what clients call it
 * @param processor the only processor whose hits count
 * @param thread address of the only KTHREAD whose hits count
 * @param passes hits forwards that are let go by before one stops; a run backwards stops at each
 * @param hits how often a run forwards came upon it, those let go by included
 * @param oneShot whether it is removed once it stopped a run
 */
public record StopPoint(
        int number,
        Trigger trigger,
        OptionalInt processor,
        OptionalLong thread,
        Condition condition,
        boolean enabled,
        boolean oneShot,
        long passes,
        long hits) {
    /** One that stops at every hit. */
    public static StopPoint of(Trigger trigger) {
        return new StopPoint(
                0,
                trigger,
                OptionalInt.empty(),
                OptionalLong.empty(),
                Condition.ALWAYS,
                true,
                false,
                0,
                0);
    }

    StopPoint withNumber(int newNumber) {
        return new StopPoint(
                newNumber, trigger, processor, thread, condition, enabled, oneShot, passes, hits);
    }

    public StopPoint withEnabled(boolean on) {
        return new StopPoint(
                number, trigger, processor, thread, condition, on, oneShot, passes, hits);
    }

    public StopPoint onlyOn(int newProcessor) {
        return new StopPoint(
                number,
                trigger,
                OptionalInt.of(newProcessor),
                thread,
                condition,
                enabled,
                oneShot,
                passes,
                hits);
    }

    public StopPoint onlyIn(long newThread) {
        return new StopPoint(
                number,
                trigger,
                processor,
                OptionalLong.of(newThread),
                condition,
                enabled,
                oneShot,
                passes,
                hits);
    }

    public StopPoint when(Condition newCondition) {
        return new StopPoint(
                number, trigger, processor, thread, newCondition, enabled, oneShot, passes, hits);
    }

    public StopPoint once() {
        return new StopPoint(
                number, trigger, processor, thread, condition, enabled, true, passes, hits);
    }

    /** Lets hits go by, and counts anew. */
    public StopPoint passing(long newPasses) {
        return new StopPoint(
                number, trigger, processor, thread, condition, enabled, oneShot, newPasses, 0);
    }

    StopPoint withHits(long newHits) {
        return new StopPoint(
                number, trigger, processor, thread, condition, enabled, oneShot, passes, newHits);
    }

    /** Whether a hit is one of the processor and the thread that are meant. */
    boolean concerns(Hit.Cause cause) {
        return (processor.isEmpty() || processor.getAsInt() == cause.processor())
                && (thread.isEmpty() || thread.getAsLong() == cause.thread());
    }
}
