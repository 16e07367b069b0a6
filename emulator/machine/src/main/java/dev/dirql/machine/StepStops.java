package dev.dirql.machine;

import java.util.Arrays;

/**
 * Steps before which somebody wants to look at the machine: those at certain addresses, and each of
 * certain processors.
 */
public final class StepStops {
    private final long[] addresses;
    private final long everyStep;
    private final Listener listener;

    /** Asked before each of the steps. */
    @FunctionalInterface
    public interface Listener {
        /**
         * Whether the run pauses before this step. A processor that tries to go on and must let
         * others catch up first tries again, and this is asked again.
         *
         * @param interrupt whether the step takes an interrupt rather than executing what is at RIP
         */
        boolean reached(Processor processor, boolean interrupt);
    }

    /**
     * @param addresses of instructions and of steps of services
     * @param everyStep processors of which each step counts, a bit each
     */
    public StepStops(long[] addresses, long everyStep, Listener listener) {
        this.addresses = addresses.clone();
        Arrays.sort(this.addresses);
        this.everyStep = everyStep;
        this.listener = listener;
    }

    long[] addresses() {
        return addresses.clone();
    }

    boolean isEveryStep(Processor processor) {
        return (everyStep & (1L << processor.number())) != 0;
    }

    /** Whether the run pauses before the step that a processor is about to do. */
    boolean stops(Processor processor, boolean interrupt) {
        boolean concerned =
                isEveryStep(processor)
                        || (!interrupt
                                && !processor.halfDone.pending
                                && Arrays.binarySearch(addresses, processor.rip) >= 0);
        return concerned && listener.reached(processor, interrupt);
    }
}
