package dev.dirql.kernel.threads;

import dev.dirql.kernel.Irql;
import dev.dirql.kernel.irql.Irqls;
import dev.dirql.machine.Processor;

/**
 * Waits that the Wait argument of a routine announces: the routine returns at DISPATCH_LEVEL, and
 * the wait must follow, which starts before anybody else runs on the processor. WDK, KeSetEvent,
 * KeReleaseMutex, KeReleaseSemaphore.
 */
public final class AnnouncedWaits {
    private final Scheduler scheduler;
    private final Irqls irqls;

    public AnnouncedWaits(Scheduler scheduler, Irqls irqls) {
        this.scheduler = scheduler;
        this.irqls = irqls;
    }

    /**
     * A routine returns.
     *
     * @param wait its argument
     * @param irql the IRQL at which it was called
     */
    void announce(Processor processor, boolean wait, int irql, long caller) {
        if (wait) {
            KernelThread thread = scheduler.current(processor);
            thread.waitNext = true;
            Scheduler.view(processor, thread).setWaitIrql(irql);
            irqls.set(processor, Irql.DISPATCH_LEVEL, caller);
        }
    }

    /**
     * A wait begins.
     *
     * @return the IRQL at which it was called, or at which the routine was that announced it
     */
    int begin(Processor processor) {
        KernelThread thread = scheduler.current(processor);
        boolean announced = thread.waitNext;
        thread.waitNext = false;
        return announced ? Scheduler.view(processor, thread).waitIrql() : processor.irql();
    }
}
