package dev.dirql.kernel.pnp;

import dev.dirql.kernel.io.DriverUnloading;
import dev.dirql.kernel.services.EntryPoint;
import dev.dirql.kernel.services.FrameShape;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.Pending;
import dev.dirql.kernel.services.Resumes;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.threads.DispatcherHeader;
import dev.dirql.machine.Processor;

/**
 * What happens to devices while they run: one thing after the other, as the Plug and Play manager
 * lets no second one begin before the first is done. An event of the kernel's is the lock for that.
 */
public final class PnpActions {
    /** The variable of the kernel that is the lock, a synchronization event. */
    public static final String LOCK = "PiEngineLock";

    /** Symbol of the routine, and start routine of threads, that does one thing. */
    private static final String RUN = "PnpRunAction";

    private static final int KIND_SHIFT = 60;
    private static final int DEVICE_SHIFT = 48;

    /** What can happen to a device; a constant's place is its number in guest memory. */
    public enum Kind {
        /** It is stopped, and started again after a time. */
        STOP(PnpTransitions.STOP),
        REMOVE(PnpTransitions.QUERY_AND_REMOVE),
        /** It is gone, and its drivers are told. */
        SURPRISE_REMOVE(PnpTransitions.SURPRISE_REMOVE),
        /** It was gone, and now the last file is closed. */
        FINISH_REMOVAL(PnpTransitions.REMOVE),
        QUERY_STATE(PnpTransitions.QUERY_STATE),
        QUERY_RELATIONS(PnpRelations.QUERY),
        EJECT(PnpTransitions.EJECT);

        private final String routine;

        Kind(String routine) {
            this.routine = routine;
        }
    }

    private final ServiceEngine engine;
    private final PnpDevices devices;
    private final DriverUnloading kernel;

    PnpActions(ServiceEngine engine, PnpDevices devices, DriverUnloading kernel) {
        this.engine = engine;
        this.devices = devices;
        this.kernel = kernel;
    }

    /** The lock is taken. */
    record ActionBegins(long action) implements Pending {}

    record ActionEnded() implements Pending {}

    /** The lock is given back. */
    record ActionDone(int status) implements Pending {}

    /**
     * What a thread calls, with one argument.
     *
     * @param nanoseconds how long a stop lasts, or another parameter
     */
    static long word(Kind kind, int device, long nanoseconds) {
        return (long) kind.ordinal() << KIND_SHIFT | (long) device << DEVICE_SHIFT | nanoseconds;
    }

    /** Address of the routine that does what {@link #word} says. */
    long routine() {
        return engine.table().address(RUN);
    }

    /** Lets a system thread do something to a device. */
    void start(Processor processor, Kind kind, int device, long nanoseconds) {
        begin(kind, device);
        kernel.startThread(
                processor,
                "Plug and Play of " + devices.get(device).device().name(),
                routine(),
                word(kind, device, nanoseconds));
    }

    /** Does something to a device in the running thread. */
    Outcome call(Processor processor, Kind kind, int device, long nanoseconds, Pending next) {
        begin(kind, device);
        return new Outcome.Call(routine(), next, word(kind, device, nanoseconds));
    }

    private void begin(Kind kind, int device) {
        if (kind == Kind.SURPRISE_REMOVE) {
            devices.get(device).device().presence().vanish();
        }
        devices.actionBegins();
    }

    /** Takes the lock, then goes on. */
    Outcome locked(Processor processor, Pending next) {
        return new Outcome.Call(
                engine.table().address("KeWaitForSingleObject"),
                next,
                lock(processor),
                0,
                0,
                0,
                new long[] {0});
    }

    /** Gives the lock back, then goes on. */
    Outcome unlocked(Processor processor, Pending next) {
        return new Outcome.Call(engine.table().address("KeSetEvent"), next, lock(processor), 0, 0);
    }

    private long lock(Processor processor) {
        long address = engine.table().address(LOCK);
        DispatcherHeader event = new DispatcherHeader(processor.memory(), address);
        if (processor.memory().load64(address + 8) == 0) {
            event.initialize(DispatcherHeader.SYNCHRONIZATION_EVENT, DispatcherHeader.SIZE, true);
        }
        return address;
    }

    @EntryPoint(value = RUN, frame = FrameShape.RETURN_ADDRESS)
    Outcome run(Processor processor, long action) {
        return locked(processor, new ActionBegins(action));
    }

    @Resumes("PnpActionBegins")
    Outcome begins(Processor processor, ActionBegins pending) {
        Kind kind = Kind.values()[(int) (pending.action >>> KIND_SHIFT)];
        int device = (int) (pending.action >>> DEVICE_SHIFT) & 0xFFF;
        long parameter = pending.action & ((1L << DEVICE_SHIFT) - 1);
        return new Outcome.Call(
                engine.table().address(kind.routine), new ActionEnded(), device, parameter);
    }

    @Resumes("PnpActionEnded")
    Outcome ended(Processor processor, ActionEnded pending, int status) {
        return unlocked(processor, new ActionDone(status));
    }

    @Resumes("PnpActionDone")
    Outcome done(Processor processor, ActionDone pending) {
        devices.actionEnds();
        return Outcome.of(pending.status);
    }

    /** Something was closed: stacks that waited for it are removed. */
    void settle(Processor processor) {
        for (int i = 0; i < devices.count(); i++) {
            PnpDevices.Entry entry = devices.get(i);
            if (entry.state() == PnpDevices.State.SURPRISE_REMOVED
                    && !PnpTransitions.isOpen(processor, entry)) {
                entry.setState(PnpDevices.State.REMOVING);
                start(processor, Kind.FINISH_REMOVAL, i, 0);
            }
        }
    }
}
