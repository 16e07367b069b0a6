package dev.dirql.kernel.services;

import dev.dirql.machine.MemoryFault;
import dev.dirql.machine.Processor;

/** What the engine asks of the kernel around it. */
public interface ServiceHost {
    /** The IRQLs at which an export may be called, a bit each; asked when it is loaded. */
    default int allowedIrqls(Ddi ddi) {
        return (2 << ddi.maximum()) - (1 << ddi.minimum());
    }

    /**
     * A service was called outside its IRQL range.
     *
     * @return whether the call goes on, as it would in retail NT
     */
    boolean calledAtWrongIrql(Processor processor, ServiceSlot service, int irql);

    /**
     * A step touched memory that it may not. RIP and RSP are those before the step: where the page
     * can be brought in, nothing else is needed and the step is done again.
     */
    void faulted(Processor processor, MemoryFault fault);

    /** A step follows a chain in guest memory that has no end, and NT's would go on and on. */
    void walksForEver(Processor processor, EndlessWalk walk);

    /** The current thread, whose registers are complete, gives up its processor. */
    void block(Processor processor);

    /** Guest code jumped to an address in the window at which no service begins. */
    void notAService(Processor processor);
}
