package dev.dirql.kernel.timers;

import dev.dirql.kernel.dpcs.DpcDispatch;
import dev.dirql.kernel.locks.HeldLocks;
import dev.dirql.kernel.services.EntryPoint;
import dev.dirql.kernel.services.FrameShape;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.Pending;
import dev.dirql.kernel.services.Resumes;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.threads.Clock;
import dev.dirql.kernel.threads.Clock.PeriodicWork;
import dev.dirql.kernel.threads.DispatcherHeader;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;

/**
 * What the dispatch interrupt does after the clock interrupt found a timer due, or other work of
 * the system: that is done, and one timer after the other expires, at DISPATCH_LEVEL and on the DPC
 * stack.
 */
public final class TimerExpiration {
    private final Machine machine;
    private final ServiceEngine engine;
    private final Clock clock;
    private final TimerQueue queue;
    private final Timers timers;
    private final ExTimers exTimers;
    private final PeriodicWork work;
    private final HeldLocks heldLocks;

    public TimerExpiration(
            Machine machine,
            ServiceEngine engine,
            Clock clock,
            TimerQueue queue,
            Timers timers,
            ExTimers exTimers,
            PeriodicWork work,
            HeldLocks heldLocks) {
        this.machine = machine;
        this.engine = engine;
        this.clock = clock;
        this.queue = queue;
        this.timers = timers;
        this.exTimers = exTimers;
        this.work = work;
        this.heldLocks = heldLocks;
    }

    /** The next timer that is due at a time, if there is one. */
    record ExpireTimers(long nowNs) implements Pending {}

    /** The ExTimerCallback routine runs. */
    record ReturnFromTimerCallback(long nowNs, long timer) implements Pending {}

    @EntryPoint(value = DpcDispatch.EXPIRE_TIMERS, frame = FrameShape.RETURN_ADDRESS)
    Outcome begin(Processor processor) {
        if (work.isDue(clock.lastNs())) {
            work.run(processor, clock.lastNs());
        }
        return machine.ended() == null
                ? new Outcome.Then(new ExpireTimers(clock.lastNs()))
                : Outcome.stay();
    }

    @Resumes("KiExpireTimers")
    Outcome expire(Processor processor, ExpireTimers pending) {
        TimerQueue.Entry first = queue.first();
        if (first == null || first.dueNs() > pending.nowNs) {
            return Outcome.done();
        }
        long caller = engine.caller(processor);
        if (!ExTimers.isOne(new DispatcherHeader(processor.memory(), first.timer()))) {
            timers.expire(processor, first, pending.nowNs, caller);
            return machine.ended() == null ? new Outcome.Then(pending) : Outcome.stay();
        }
        ExTimer timer = exTimers.expire(processor, first, pending.nowNs, caller);
        if (timer.callback() == 0) {
            return afterExpiration(timer, pending.nowNs);
        }
        timer.setRunning(timer.running() + 1);
        return new Outcome.Call(
                timer.callback(),
                new ReturnFromTimerCallback(pending.nowNs, timer.address()),
                timer.address(),
                timer.callbackContext());
    }

    @Resumes("KiCallTimerCallback")
    Outcome returned(Processor processor, ReturnFromTimerCallback pending) {
        ExTimer timer = new ExTimer(processor.memory(), pending.timer);
        heldLocks.returned(processor, timer.callback(), HeldLocks.ANY_TIME);
        timer.setRunning(timer.running() - 1);
        return afterExpiration(timer, pending.nowNs);
    }

    /** A timer that was deleted meanwhile goes now. */
    private Outcome afterExpiration(ExTimer timer, long nowNs) {
        ExpireTimers next = new ExpireTimers(nowNs);
        if (timer.state() != ExTimer.DELETE_PENDING || exTimers.isInUse(timer)) {
            return new Outcome.Then(next);
        }
        long callback = timer.deleteCallback();
        long context = timer.deleteContext();
        exTimers.free(timer);
        return callback == 0 ? new Outcome.Then(next) : new Outcome.Call(callback, next, context);
    }
}
