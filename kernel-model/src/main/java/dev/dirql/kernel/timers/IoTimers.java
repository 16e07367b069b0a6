package dev.dirql.kernel.timers;

import dev.dirql.kernel.Irql;
import dev.dirql.kernel.KernelMemory;
import dev.dirql.kernel.NtStatus;
import dev.dirql.kernel.dpcs.KDpc;
import dev.dirql.kernel.locks.HeldLocks;
import dev.dirql.kernel.rules.Rules;
import dev.dirql.kernel.rules.Violation;
import dev.dirql.kernel.rules.Violation.Verifier;
import dev.dirql.kernel.services.Ddi;
import dev.dirql.kernel.services.EntryPoint;
import dev.dirql.kernel.services.FrameShape;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.Pending;
import dev.dirql.kernel.services.Resumes;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.structures.DeviceObject;
import dev.dirql.kernel.threads.DispatcherHeader;
import dev.dirql.machine.GuestMemory;
import dev.dirql.machine.Processor;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * The timers of device objects. One timer of the system expires each second while one of them is
 * started, and its DPC calls their routines in the order in which they were made. Source: WDK,
 * "IoTimer Routines", and the page of each routine.
 */
public final class IoTimers implements StatePart {
    private static final String DISPATCH = "IopTimerDispatch";
    private static final long SECOND = 10_000_000;
    private static final int SECOND_MS = 1_000;

    private static final int DRIVER_VERIFIER_IOMANAGER_VIOLATION = 0xC9;
    private static final int TIMER_INITIALIZED_TWICE = 0xA;

    private final ServiceEngine engine;
    private final KernelMemory memory;
    private final Timers timers;
    private final HeldLocks heldLocks;
    private final Rules rules;
    private List<Long> made = new ArrayList<>();
    private List<Long> unused = new ArrayList<>();

    /** Address of the system's KTIMER, with its KDPC behind it; 0 before the first IO_TIMER. */
    private long system;

    /** The device whose routine is being called, and on which processor, or 0 and -1. */
    private long calling;

    private int callingProcessor = -1;

    public IoTimers(
            ServiceEngine engine,
            KernelMemory memory,
            Timers timers,
            HeldLocks heldLocks,
            Rules rules) {
        this.engine = engine;
        this.memory = memory;
        this.timers = timers;
        this.heldLocks = heldLocks;
        this.rules = rules;
    }

    /** A routine returned, 0 for none; now the timer at an index and those after it. */
    record CallIoTimers(int index, long returned) implements Pending {}

    private static IoTimer timerOf(Processor processor, DeviceObject device) {
        return new IoTimer(processor.memory(), device.timer());
    }

    @Ddi(value = "IoInitializeTimer", maximum = Irql.PASSIVE_LEVEL, rule = "IrqlIoPassive5")
    int initialize(Processor processor, DeviceObject device, long routine, long context) {
        long address = device.timer();
        if (address == 0) {
            address = take();
            if (address == 0 || !systemTimerIsMade(processor.memory())) {
                return NtStatus.INSUFFICIENT_RESOURCES;
            }
            new IoTimer(processor.memory(), address).initialize(device.address());
            made.add(address);
            device.setTimer(address);
        } else {
            rules.broken(
                    processor,
                    Violation.error(
                            "IoTimerInitializedTwice",
                            "",
                            "IoInitializeTimer is called again for the device object 0x%x"
                                    .formatted(device.address()),
                            new Verifier(
                                    DRIVER_VERIFIER_IOMANAGER_VIOLATION,
                                    TIMER_INITIALIZED_TWICE,
                                    device.address(),
                                    0,
                                    0)),
                    engine.caller(processor));
        }
        new IoTimer(processor.memory(), address).setRoutine(routine, context);
        return NtStatus.SUCCESS;
    }

    private long take() {
        return unused.isEmpty() ? memory.allocateObject(IoTimer.SIZE) : unused.removeFirst();
    }

    private boolean systemTimerIsMade(GuestMemory guest) {
        if (system == 0) {
            system = memory.allocateObject(KTimer.SIZE + KDpc.SIZE);
            if (system == 0) {
                return false;
            }
            new KTimer(guest, system).initialize(DispatcherHeader.NOTIFICATION_TIMER);
            new KDpc(guest, system + KTimer.SIZE).initialize(engine.table().address(DISPATCH), 0);
        }
        return true;
    }

    @Ddi(value = "IoStartTimer", maximum = Irql.DISPATCH_LEVEL)
    void start(Processor processor, DeviceObject device) {
        IoTimer timer = timerOf(processor, device);
        timer.setStarted(true);
        if (!timers.isSet(system)) {
            timers.set(
                    processor,
                    new KTimer(processor.memory(), system),
                    -SECOND,
                    SECOND_MS,
                    0,
                    system + KTimer.SIZE,
                    engine.caller(processor));
        }
    }

    @Ddi(value = "IoStopTimer", maximum = Irql.DISPATCH_LEVEL)
    void stop(Processor processor, DeviceObject device) {
        if (calling == device.address() && callingProcessor == processor.number()) {
            rules.broken(
                    processor,
                    Violation.error(
                            "IoTimerStoppedByItself",
                            "",
                            "IoStopTimer is called in the IoTimer routine of the device object"
                                    + " 0x%x".formatted(device.address()),
                            Verifier.NONE),
                    engine.caller(processor));
        }
        timerOf(processor, device).setStarted(false);
        stopSystemTimer(processor);
    }

    private void stopSystemTimer(Processor processor) {
        boolean needed =
                made.stream().anyMatch(at -> new IoTimer(processor.memory(), at).isStarted());
        if (!needed && system != 0) {
            timers.cancel(
                    processor, new KTimer(processor.memory(), system), engine.caller(processor));
        }
    }

    /** A device object goes, and its timer with it. */
    public void deviceDeleted(Processor processor, DeviceObject device) {
        if (made.remove((Long) device.timer())) {
            unused.add(device.timer());
            device.setTimer(0);
            stopSystemTimer(processor);
        }
    }

    /** The DeferredRoutine of the system's timer. */
    @EntryPoint(value = DISPATCH, frame = FrameShape.RETURN_ADDRESS)
    Outcome dispatch(Processor processor) {
        return new Outcome.Then(new CallIoTimers(0, 0));
    }

    @Resumes("IopCallTimerRoutines")
    Outcome call(Processor processor, CallIoTimers pending) {
        if (pending.returned != 0) {
            heldLocks.returned(processor, pending.returned, HeldLocks.ANY_TIME);
        }
        for (int i = pending.index; i < made.size(); i++) {
            IoTimer timer = new IoTimer(processor.memory(), made.get(i));
            if (timer.isStarted()) {
                calling = timer.device();
                callingProcessor = processor.number();
                return new Outcome.Call(
                        timer.routine(),
                        new CallIoTimers(i + 1, timer.routine()),
                        timer.device(),
                        timer.context());
            }
        }
        calling = 0;
        callingProcessor = -1;
        return Outcome.done();
    }

    @Override
    public void save(StateWriter out) {
        save(out, made);
        save(out, unused);
        out.value(system);
        out.value(calling);
        out.value(callingProcessor);
    }

    private static void save(StateWriter out, List<Long> addresses) {
        out.value(addresses.size());
        addresses.forEach(out::value);
    }

    @Override
    public void restore(StateReader in) {
        made = restored(in);
        unused = restored(in);
        system = in.value();
        calling = in.value();
        callingProcessor = in.intValue();
    }

    private static List<Long> restored(StateReader in) {
        List<Long> addresses = new ArrayList<>();
        for (int i = in.intValue(); i > 0; i--) {
            addresses.add(in.value());
        }
        return addresses;
    }
}
