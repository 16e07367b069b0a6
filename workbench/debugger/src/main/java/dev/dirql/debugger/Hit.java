package dev.dirql.debugger;

import dev.dirql.events.Event;
import dev.dirql.events.Stamp;

/**
 * A stop point was hit.
 *
 * @param point its number
 * @param steps position at which a run forwards stops for it: before the step that executes an
 *     address, behind the step that accesses memory or gives rise to an event
 * @param before position at which a run backwards stops for it: before that step
 * @param cause what happened
 */
public record Hit(int point, long steps, long before, Cause cause) {
    /** What happened. */
    public sealed interface Cause {
        /** Number of the processor that did it, or {@link Stamp#NO_PROCESSOR}. */
        int processor();

        /** Address of the KTHREAD that did it, 0 for none. */
        long thread();
    }

    /** A processor is about to execute an address. */
    public record AtAddress(int processor, long thread, long address, long stackPointer)
            implements Cause {}

    /**
     * Memory is accessed.
     *
     * @param processor who accesses it; {@link Stamp#NO_PROCESSOR} for a device
     * @param code RIP of that processor at the time, 0 for a device
     * @param physical physical address of the first byte that is accessed
     * @param size bytes that are accessed
     * @param before up to 8 bytes of what is watched as they were, little-endian
     * @param after what they are behind the step
     */
    public record Accessed(
            int processor,
            long thread,
            long code,
            long physical,
            int size,
            boolean write,
            long before,
            long after)
            implements Cause {
        Accessed withAfter(long value) {
            return new Accessed(processor, thread, code, physical, size, write, before, value);
        }
    }

    /** An event happened. */
    public record Happened(Stamp stamp, Event event) implements Cause {
        @Override
        public int processor() {
            return stamp.processor();
        }

        @Override
        public long thread() {
            return stamp.thread();
        }
    }
}
