package dev.dirql.kernel.timers;

import dev.dirql.kernel.Irql;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.rules.Violation;
import dev.dirql.kernel.rules.Violation.Verifier;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.Pending;
import dev.dirql.kernel.services.Resumes;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.threads.DispatcherHeader;
import dev.dirql.kernel.traps.BugChecks;
import dev.dirql.machine.Processor;

/** Routines on timers that the system allocates. Source: WDK, the page of each routine. */
public final class ExTimerServices {
    /**
     * The pages say "bug checks" for wrong parameters and name no code: this one stands for them,
     * with the timer as second parameter.
     */
    private static final int TIMER_OR_DPC_INVALID = 0xC7;

    private static final int INVALID_PARAMETER = 0x6;

    private static final int ATTRIBUTES =
            ExTimers.HIGH_RESOLUTION | ExTimers.NO_WAKE | ExTimers.NOTIFICATION;

    /** EXT_SET_PARAMETERS and EXT_DELETE_PARAMETERS, WDK. */
    private static final int NO_WAKE_TOLERANCE = 0x08;

    private static final int DELETE_CALLBACK = 0x08;
    private static final int DELETE_CONTEXT = 0x10;

    private final ServiceEngine engine;
    private final ExTimers timers;
    private final Rules rules;
    private final BugChecks bugChecks;

    public ExTimerServices(
            ServiceEngine engine, ExTimers timers, Rules rules, BugChecks bugChecks) {
        this.engine = engine;
        this.timers = timers;
        this.rules = rules;
        this.bugChecks = bugChecks;
    }

    @Ddi(value = "ExAllocateTimer", maximum = Irql.DISPATCH_LEVEL)
    Outcome allocate(Processor processor, long callback, long context, int attributes) {
        boolean exclusive = ExTimers.HIGH_RESOLUTION == (attributes & ExTimers.HIGH_RESOLUTION);
        if ((attributes & ~ATTRIBUTES) != 0
                || (exclusive && (attributes & ExTimers.NO_WAKE) != 0)) {
            return invalid(processor, 0, attributes & 0xFFFF_FFFFL);
        }
        long address = timers.allocate();
        if (address != 0) {
            int type =
                    (attributes & ExTimers.NOTIFICATION) != 0
                            ? DispatcherHeader.NOTIFICATION_TIMER_2
                            : DispatcherHeader.SYNCHRONIZATION_TIMER_2;
            new ExTimer(processor.memory(), address)
                    .initialize(type, attributes, callback, context);
        }
        return Outcome.of(address);
    }

    @Ddi(value = "ExSetTimer", maximum = Irql.DISPATCH_LEVEL)
    Outcome set(Processor processor, ExTimer timer, long dueTime, long period, long parameters) {
        if (!isEnabled(processor, timer)) {
            return Outcome.of(false);
        }
        long tolerance =
                parameters == 0 ? 0 : processor.memory().load64(parameters + NO_WAKE_TOLERANCE);
        boolean precise = (timer.attributes() & ExTimers.HIGH_RESOLUTION) != 0;
        if (period < 0 || period > Integer.MAX_VALUE) {
            return invalid(processor, timer.address(), period);
        }
        if ((precise && dueTime >= 0) || tolerance < ExTimers.UNLIMITED) {
            return invalid(processor, timer.address(), precise ? dueTime : tolerance);
        }
        boolean before = timers.cancel(timer);
        timers.set(processor, timer, dueTime, period, tolerance);
        return Outcome.of(before);
    }

    @Ddi(value = "ExCancelTimer", maximum = Irql.DISPATCH_LEVEL)
    boolean cancel(Processor processor, ExTimer timer, long parameters) {
        return isEnabled(processor, timer) && timers.cancel(timer);
    }

    @Ddi(value = "ExDeleteTimer", maximum = Irql.DISPATCH_LEVEL)
    Outcome delete(
            Processor processor, ExTimer timer, boolean cancel, boolean wait, long parameters) {
        if (!isEnabled(processor, timer)) {
            return Outcome.of(false);
        }
        if (wait && !cancel) {
            return invalid(processor, timer.address(), 0);
        }
        if (wait && processor.irql() > Irql.APC_LEVEL) {
            rules.broken(
                    processor,
                    Violation.error(
                            "ExTimerDeletedTooHigh",
                            "",
                            "ExDeleteTimer with Wait is called at %s, above APC_LEVEL"
                                    .formatted(Irql.name(processor.irql())),
                            Verifier.NONE),
                    engine.caller(processor));
        }
        if (parameters != 0) {
            timer.setDeleteCallback(
                    processor.memory().load64(parameters + DELETE_CALLBACK),
                    processor.memory().load64(parameters + DELETE_CONTEXT));
        }
        timer.setState(wait ? ExTimer.DISABLED : ExTimer.DELETE_PENDING);
        boolean cancelled = cancel && timers.cancel(timer);
        if (wait || !timers.isInUse(timer)) {
            return unused(processor, new WaitForCallback(timer.address(), cancelled));
        }
        return Outcome.of(cancelled);
    }

    /** The callback may still run on another processor. */
    record WaitForCallback(long timer, boolean cancelled) implements Pending {}

    /** The ExTimerDeleteCallback routine runs. */
    record ReturnFromDeleteCallback(boolean cancelled) implements Pending {}

    @Resumes("ExpWaitForTimerCallback")
    Outcome unused(Processor processor, WaitForCallback pending) {
        ExTimer timer = new ExTimer(processor.memory(), pending.timer);
        if (timer.running() != 0) {
            return new Outcome.Spin(processor.memory().physical(timer.runningAddress()), pending);
        }
        long callback = timer.deleteCallback();
        long context = timer.deleteContext();
        timers.free(timer);
        return callback == 0
                ? Outcome.of(pending.cancelled)
                : new Outcome.Call(
                        callback, new ReturnFromDeleteCallback(pending.cancelled), context);
    }

    @Resumes("ExpTimerDeleted")
    Outcome deleted(Processor processor, ReturnFromDeleteCallback pending) {
        return Outcome.of(pending.cancelled);
    }

    /** Whether operations on a timer do anything: not after ExDeleteTimer. */
    private boolean isEnabled(Processor processor, ExTimer timer) {
        if (ExTimers.isOne(timer.header())) {
            return timer.state() == ExTimer.ENABLED;
        }
        rules.broken(
                processor,
                Violation.error(
                        "ExTimerInvalid",
                        "",
                        "0x%x is no timer that ExAllocateTimer made and that is not deleted"
                                .formatted(timer.address()),
                        Verifier.NONE),
                engine.caller(processor));
        return false;
    }

    private Outcome invalid(Processor processor, long timer, long value) {
        bugChecks.raise(
                processor,
                TIMER_OR_DPC_INVALID,
                INVALID_PARAMETER,
                timer,
                value,
                0,
                engine.caller(processor));
        return Outcome.stay();
    }
}
