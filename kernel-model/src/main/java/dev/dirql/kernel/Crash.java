package dev.dirql.kernel;

import dev.dirql.machine.Processor;

/** Stops the machine with a bug check; the first one counts. */
@FunctionalInterface
public interface Crash {
    /**
     * @param code bug check code
     * @param p1 first of its four parameters, whose meaning depends on the code
     */
    void bugCheck(Processor processor, int code, long p1, long p2, long p3, long p4);

    /**
     * Stops it for what code did earlier, and not the caller of the service that notices it.
     *
     * @param address the code at fault; a machine that cannot tell code apart does without
     */
    default void bugCheckAt(
            long address, Processor processor, int code, long p1, long p2, long p3, long p4) {
        bugCheck(processor, code, p1, p2, p3, p4);
    }

    /**
     * Stops it because something is corrupt, as a fast fail does: KERNEL_SECURITY_CHECK_FAILURE
     * with the reason, and with a trap frame and an exception record where there can be any.
     *
     * @param address the code at fault
     */
    default void fastFail(Processor processor, long reason, long address) {
        bugCheckAt(address, processor, 0x139, reason, 0, 0, 0);
    }
}
