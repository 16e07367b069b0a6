package dev.dirql.kernel.rules;

import dev.dirql.machine.Processor;

/** Is told of DPC and interrupt service routines, of which each has its time. */
public interface RoutineWatch {
    void dpcStarts(Processor processor);

    /**
     * @param sinceNs when it started
     */
    void dpcReturned(Processor processor, long routine, long sinceNs);

    void isrStarts(Processor processor);

    /**
     * @param sinceNs when it started
     */
    void isrReturned(Processor processor, long routine, long sinceNs);
}
