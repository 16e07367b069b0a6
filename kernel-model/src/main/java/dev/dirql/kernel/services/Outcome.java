package dev.dirql.kernel.services;

import org.jspecify.annotations.Nullable;

/** What a step of a service says happens next. */
public sealed interface Outcome {

    /** The service returns to its caller with a value in rax. */
    record Return(long value) implements Outcome {
        private static final Return ZERO = new Return(0);
    }

    /** The next step of this service is that of {@code next}; others may come between. */
    record Then(Pending next) implements Outcome {}

    /**
     * Guest code, or another service, is called; when it returns, the step of {@code next} gets its
     * result.
     *
     * @param routine address to call
     * @param more fifth and further arguments, at most five, or null
     */
    record Call(
            long routine,
            Pending next,
            long argument1,
            long argument2,
            long argument3,
            long argument4,
            long @Nullable [] more)
            implements Outcome {
        public Call(long routine, Pending next) {
            this(routine, next, 0, 0, 0, 0, null);
        }

        public Call(long routine, Pending next, long argument1) {
            this(routine, next, argument1, 0, 0, 0, null);
        }

        public Call(long routine, Pending next, long argument1, long argument2) {
            this(routine, next, argument1, argument2, 0, 0, null);
        }

        public Call(long routine, Pending next, long argument1, long argument2, long argument3) {
            this(routine, next, argument1, argument2, argument3, 0, null);
        }

        public Call(
                long routine,
                Pending next,
                long argument1,
                long argument2,
                long argument3,
                long argument4) {
            this(routine, next, argument1, argument2, argument3, argument4, null);
        }
    }

    /**
     * Guest code, or another service, takes the place of this service and returns to its caller.
     */
    record TailCall(long routine, long argument1, long argument2, long argument3, long argument4)
            implements Outcome {
        public TailCall(long routine, long argument1, long argument2) {
            this(routine, argument1, argument2, 0, 0);
        }
    }

    /**
     * The processor waits for a write to a physical address (or an interrupt that it can take), and
     * then does the step of {@code retry}.
     */
    record Spin(long physical, Pending retry) implements Outcome {}

    /** The processor stalls until a virtual time; then comes the step of {@code next}. */
    record Stall(long untilNs, Pending next) implements Outcome {}

    /**
     * The thread gives up its processor; when it is chosen again, the step of {@code next} comes.
     * The step must have entered the thread where somebody will find it.
     */
    record Block(Pending next) implements Outcome {}

    /** The step arranged RIP and the stack by itself, or the run is over. */
    enum Stay implements Outcome {
        STAY
    }

    static Outcome stay() {
        return Stay.STAY;
    }

    /** Returns without a value: rax is zero. */
    static Outcome done() {
        return Return.ZERO;
    }

    static Outcome of(boolean value) {
        return new Return(value ? 1 : 0);
    }

    /** Returns an NTSTATUS, or another 32-bit value, in eax. */
    static Outcome of(int value) {
        return new Return(value & 0xFFFF_FFFFL);
    }

    static Outcome of(long value) {
        return new Return(value);
    }

    static Outcome then(Pending next) {
        return new Then(next);
    }
}
