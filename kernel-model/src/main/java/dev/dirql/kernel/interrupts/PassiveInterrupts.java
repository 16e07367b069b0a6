package dev.dirql.kernel.interrupts;

import dev.dirql.events.Event;
import dev.dirql.kernel.KernelMemory;
import dev.dirql.kernel.services.EntryPoint;
import dev.dirql.kernel.services.FrameShape;
import dev.dirql.kernel.services.Outcome;
import dev.dirql.kernel.services.Pending;
import dev.dirql.kernel.services.Resumes;
import dev.dirql.kernel.services.ServiceEngine;
import dev.dirql.kernel.threads.DispatcherHeader;
import dev.dirql.kernel.threads.Threads;
import dev.dirql.kernel.threads.Waits;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.Map;
import java.util.TreeMap;

/**
 * ISRs that run at PASSIVE_LEVEL. The interrupt itself only silences a level-sensitive line and
 * wakes a system thread, one for each vector; the thread calls the ISRs, each under its event
 * instead of a lock, as far and as often as {@link InterruptDispatch} does, and lets the line speak
 * again. WDK, "Using Passive-Level Interrupt Service Routines".
 */
public final class PassiveInterrupts implements StatePart {
    private static final String ROUTINE = "KiPassiveInterruptThread";
    private static final int EVENT_BYTES = 0x18;

    /** The WDK calls the priority relatively high and names no number. */
    private static final int PRIORITY = 24;

    private static final long EXECUTIVE = 0;
    private static final long KERNEL_MODE = 0;

    private final Machine machine;
    private final ServiceEngine engine;
    private final KernelMemory memory;
    private final Threads threads;
    private final Waits waits;
    private final InterruptObjects objects;
    private final InterruptDispatch dispatch;

    /** Event that wakes the thread of a vector. */
    private final TreeMap<Integer, Long> events = new TreeMap<>();

    public PassiveInterrupts(
            Machine machine,
            ServiceEngine engine,
            KernelMemory memory,
            Threads threads,
            Waits waits,
            InterruptObjects objects,
            InterruptDispatch dispatch) {
        this.machine = machine;
        this.engine = engine;
        this.memory = memory;
        this.threads = threads;
        this.waits = waits;
        this.objects = objects;
        this.dispatch = dispatch;
        dispatch.setPassive(this);
    }

    /** The thread waits for an interrupt. */
    record AwaitInterrupt(int vector) implements Pending {}

    /** There was one. */
    record InterruptCame(int vector) implements Pending {}

    /** The next object of the chain is to be asked. */
    record BeginPassiveIsr(
            int vector, long interrupt, int passes, boolean passClaimed, boolean claimed)
            implements Pending {}

    /** Nobody excludes the ISR any more. */
    record RunPassiveIsr(
            int vector, long interrupt, int passes, boolean passClaimed, boolean claimed)
            implements Pending {}

    /** The ServiceRoutine runs. */
    record ReturnFromPassiveIsr(
            int vector, long interrupt, int passes, boolean passClaimed, boolean claimed)
            implements Pending {}

    /** Others are let in again; now who is next. */
    record AfterPassiveIsr(
            int vector,
            long interrupt,
            int passes,
            boolean passClaimed,
            boolean claimed,
            boolean lastClaimed)
            implements Pending {}

    /** Makes the thread of a vector, and says whether there was memory for it. */
    boolean prepare(Processor processor, int vector) {
        if (events.containsKey(vector)) {
            return true;
        }
        long event = memory.allocateObject(EVENT_BYTES);
        if (event == 0) {
            return false;
        }
        new DispatcherHeader(processor.memory(), event)
                .initialize(DispatcherHeader.SYNCHRONIZATION_EVENT, EVENT_BYTES, false);
        events.put(vector, event);
        boolean made =
                threads.create(
                                processor,
                                "interrupt 0x%x".formatted(vector),
                                engine.table().address(ROUTINE),
                                vector,
                                PRIORITY,
                                objects.online(),
                                machine.kernelSpace(),
                                threads.systemProcess(),
                                Threads.SYSTEM_PROCESS_ID)
                        != null;
        if (!made) {
            events.remove(vector);
        }
        return made;
    }

    /** An interrupt came: silences it and wakes the thread. */
    void schedule(Processor processor, int vector) {
        long first = objects.firstOn(vector);
        Long event = events.get(vector);
        if (first == 0 || event == null) {
            return;
        }
        if (new KInterrupt(processor.memory(), first).mode() == KInterrupt.LEVEL_SENSITIVE) {
            objects.routing().silence(processor, vector);
        }
        waits.signal(processor, new DispatcherHeader(processor.memory(), event), processor.rip);
    }

    /** Waits for an event, and goes on with {@code next}. */
    Outcome await(long event, Pending next) {
        return new Outcome.Call(
                engine.table().address("KeWaitForSingleObject"),
                next,
                event,
                EXECUTIVE,
                KERNEL_MODE,
                0,
                new long[] {0});
    }

    /** Signals an event, and goes on with {@code next}. */
    Outcome signal(long event, Pending next) {
        return new Outcome.Call(engine.table().address("KeSetEvent"), next, event, 0, 0);
    }

    // ---- the thread ----

    @EntryPoint(value = ROUTINE, frame = FrameShape.RETURN_ADDRESS)
    Outcome run(Processor processor, long vector) {
        return new Outcome.Then(new AwaitInterrupt((int) vector));
    }

    @Resumes("KiAwaitPassiveInterrupt")
    Outcome await(Processor processor, AwaitInterrupt pending) {
        Long event = events.get(pending.vector);
        if (event == null) {
            throw new IllegalStateException("no event for vector 0x%x".formatted(pending.vector));
        }
        return await(event, new InterruptCame(pending.vector));
    }

    @Resumes("KiPassiveInterruptCame")
    Outcome came(Processor processor, InterruptCame pending) {
        return fromFirst(pending.vector, 0, false, false);
    }

    private Outcome fromFirst(int vector, int passes, boolean passClaimed, boolean claimed) {
        long first = objects.firstOn(vector);
        return first == 0
                ? new Outcome.Then(new AwaitInterrupt(vector))
                : new Outcome.Then(
                        new BeginPassiveIsr(vector, first, passes, passClaimed, claimed));
    }

    @Resumes("KiBeginPassiveIsr")
    Outcome begin(Processor processor, BeginPassiveIsr pending) {
        KInterrupt interrupt = new KInterrupt(processor.memory(), pending.interrupt);
        if (!interrupt.isConnected()) {
            return fromFirst(pending.vector, pending.passes, pending.passClaimed, pending.claimed);
        }
        interrupt.enter();
        return await(
                interrupt.passiveEvent(),
                new RunPassiveIsr(
                        pending.vector,
                        pending.interrupt,
                        pending.passes,
                        pending.passClaimed,
                        pending.claimed));
    }

    @Resumes("KiRunPassiveIsr")
    Outcome run(Processor processor, RunPassiveIsr pending) {
        KInterrupt interrupt = new KInterrupt(processor.memory(), pending.interrupt);
        if (!interrupt.isEnabled()) {
            return signal(
                    interrupt.passiveEvent(),
                    new AfterPassiveIsr(
                            pending.vector,
                            pending.interrupt,
                            pending.passes,
                            pending.passClaimed,
                            pending.claimed,
                            false));
        }
        interrupt.countService();
        long routine = interrupt.serviceRoutine();
        machine.emit(processor, new Event.IsrStarted(pending.interrupt, routine, pending.vector));
        return new Outcome.Call(
                routine,
                new ReturnFromPassiveIsr(
                        pending.vector,
                        pending.interrupt,
                        pending.passes,
                        pending.passClaimed,
                        pending.claimed),
                pending.interrupt,
                interrupt.serviceContext());
    }

    @Resumes("KiCallPassiveInterruptServiceRoutine")
    Outcome returned(Processor processor, ReturnFromPassiveIsr pending, boolean claims) {
        KInterrupt interrupt = new KInterrupt(processor.memory(), pending.interrupt);
        machine.emit(
                processor,
                new Event.IsrReturned(pending.interrupt, interrupt.serviceRoutine(), claims));
        if (!dispatch.passiveReturned(processor, interrupt)) {
            return Outcome.stay();
        }
        return signal(
                interrupt.passiveEvent(),
                new AfterPassiveIsr(
                        pending.vector,
                        pending.interrupt,
                        pending.passes,
                        pending.passClaimed || claims,
                        pending.claimed || claims,
                        claims));
    }

    @Resumes("KiAfterPassiveIsr")
    Outcome after(Processor processor, AfterPassiveIsr pending) {
        KInterrupt interrupt = new KInterrupt(processor.memory(), pending.interrupt);
        interrupt.leave();
        boolean level = interrupt.mode() == KInterrupt.LEVEL_SENSITIVE;
        long first = objects.firstOn(pending.vector);
        if (first != 0 && !(level && pending.lastClaimed)) {
            if (!interrupt.isConnected()) {
                return fromFirst(
                        pending.vector, pending.passes, pending.passClaimed, pending.claimed);
            }
            long next = KInterrupt.ofListEntry(interrupt.listEntry().flink());
            if (next != first) {
                return new Outcome.Then(
                        new BeginPassiveIsr(
                                pending.vector,
                                next,
                                pending.passes,
                                pending.passClaimed,
                                pending.claimed));
            }
            if (dispatch.passesAgain(interrupt, pending.passes, pending.passClaimed)) {
                return new Outcome.Then(
                        new BeginPassiveIsr(
                                pending.vector, first, pending.passes + 1, false, pending.claimed));
            }
        }
        if (dispatch.isStorm(processor, pending.vector, pending.claimed)) {
            return Outcome.stay();
        }
        if (level) {
            objects.routing().unsilence(processor, pending.vector);
        }
        return new Outcome.Then(new AwaitInterrupt(pending.vector));
    }

    // ---- state ----

    @Override
    public void save(StateWriter out) {
        out.value(events.size());
        for (Map.Entry<Integer, Long> entry : events.entrySet()) {
            out.value(entry.getKey());
            out.value(entry.getValue());
        }
    }

    @Override
    public void restore(StateReader in) {
        events.clear();
        for (int i = in.intValue(); i > 0; i--) {
            int vector = in.intValue();
            events.put(vector, in.value());
        }
    }
}
