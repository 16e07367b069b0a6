package dev.dirql.kernel.timers;

import dev.dirql.kernel.Irql;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.rules.Violation;
import dev.dirql.kernel.rules.Violation.Verifier;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.threads.DispatcherHeader;
import dev.dirql.machine.Processor;

/** Routines on timer objects. Source: WDK, the page of each routine. */
public final class TimerServices {
    private final ServiceEngine engine;
    private final Timers timers;
    private final Rules rules;

    public TimerServices(ServiceEngine engine, Timers timers, Rules rules) {
        this.engine = engine;
        this.timers = timers;
        this.rules = rules;
    }

    @Ddi(value = "KeInitializeTimer", maximum = Irql.DISPATCH_LEVEL, rule = "IrqlKeDispatchLte")
    void initialize(Processor processor, KTimer timer) {
        initialize(processor, timer, DispatcherHeader.NOTIFICATION_TIMER);
    }

    @Ddi(value = "KeInitializeTimerEx", maximum = Irql.DISPATCH_LEVEL, rule = "IrqlKeDispatchLte")
    void initializeEx(Processor processor, KTimer timer, int type) {
        initialize(processor, timer, DispatcherHeader.NOTIFICATION_TIMER + (type & 1));
    }

    private void initialize(Processor processor, KTimer timer, int type) {
        timer.memory().probe(timer.address(), KTimer.SIZE, true);
        if (timers.isSet(timer.address())) {
            rules.broken(
                    processor,
                    Violation.error(
                            "TimerInitializedWhileSet",
                            "",
                            "the timer 0x%x is initialized while it is set"
                                    .formatted(timer.address()),
                            Verifier.NONE),
                    engine.caller(processor));
        }
        timer.initialize(type);
    }

    @Ddi(value = "KeSetTimer", maximum = Irql.DISPATCH_LEVEL, rule = "IrqlKeDispatchLte")
    boolean set(Processor processor, KTimer timer, long dueTime, long dpc) {
        return timers.set(processor, timer, dueTime, 0, 0, dpc, engine.caller(processor));
    }

    @Ddi(value = "KeSetTimerEx", maximum = Irql.DISPATCH_LEVEL, rule = "IrqlKeDispatchLte")
    boolean setEx(Processor processor, KTimer timer, long dueTime, int period, long dpc) {
        return timers.set(
                processor, timer, dueTime, period(period), 0, dpc, engine.caller(processor));
    }

    @Ddi(value = "KeSetCoalescableTimer", maximum = Irql.DISPATCH_LEVEL)
    boolean setCoalescable(
            Processor processor,
            KTimer timer,
            long dueTime,
            int period,
            int tolerableDelay,
            long dpc) {
        return timers.set(
                processor,
                timer,
                dueTime,
                period(period),
                tolerableDelay & 0xFFFF_FFFFL,
                dpc,
                engine.caller(processor));
    }

    /** A period must not exceed MAXLONG: as a signed number, a larger one is none. */
    private static int period(int period) {
        return Math.max(0, period);
    }

    @Ddi(value = "KeCancelTimer", maximum = Irql.DISPATCH_LEVEL, rule = "IrqlKeDispatchLte")
    boolean cancel(Processor processor, KTimer timer) {
        return timers.cancel(processor, timer, engine.caller(processor));
    }

    @Ddi(value = "KeReadStateTimer", maximum = Irql.DISPATCH_LEVEL, rule = "IrqlKeDispatchLte")
    boolean readState(Processor processor, KTimer timer) {
        return timer.header().isSignaled();
    }
}
