package dev.dirql.machine;

/** Executes the instructions of a processor. */
public interface InstructionEngine {
    /** Why {@link #run} came back. */
    enum Stop {
        /** The processor's clock reached its limit. */
        LIMIT,
        /** The next step is visible and the processor is ahead of its horizon. */
        AHEAD,
        /** A visible step was done; what the processor may do next must be looked at again. */
        VISIBLE,
        /** RIP is in the service window. */
        SERVICE,
        /**
         * {@link Processor#trap} tells of an exception or software interrupt; RIP is as the manual
         * says.
         */
        TRAP,
        /** {@code pause}: others may go first. */
        YIELD,
        /** {@code hlt} was executed; RIP is behind it. */
        HALT,
        /** {@link Processor#trap} tells of an instruction that is not modelled. */
        NOT_MODELLED
    }

    /**
     * Runs a processor until its clock reaches {@link Processor#limitNs} or something else needs
     * attention. Each step adds the step time to the clock and one to {@link Processor#steps}. A
     * visible step (locked instruction, device or port access, change of CR8 or RFLAGS.IF, {@code
     * hlt}, {@code pause}) is only done while the clock is not beyond {@link Processor#horizonNs},
     * and always returns.
     */
    Stop run(Processor processor);

    /**
     * Makes {@link #run} come back with {@link Stop#LIMIT} when a processor gets to one of these
     * addresses; not before its first step.
     */
    default void stopAt(long[] addresses) {
        if (addresses.length != 0) {
            throw new UnsupportedOperationException("this engine stops at no address");
        }
    }

    /** Forgets everything decoded: mappings, or the contents of code pages, changed. */
    void forgetDecoded();
}
