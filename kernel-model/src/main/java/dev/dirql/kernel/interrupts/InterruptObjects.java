package dev.dirql.kernel.interrupts;

import dev.dirql.events.Event;
import dev.dirql.kernel.Irql;
import dev.dirql.kernel.KernelMemory;
import dev.dirql.kernel.NtStatus;
import dev.dirql.kernel.services.Walk;
import dev.dirql.kernel.threads.DispatcherHeader;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** Which interrupt objects are connected to which vector, as the dispatch table of NT holds it. */
public final class InterruptObjects implements StatePart {
    private static final int VECTORS = 256;
    private static final int EVENT_BYTES = 0x18;
    private static final String CHAINED = "interrupt objects of a vector";

    private final Machine machine;
    private final KernelMemory memory;
    private final LongFunction<String> variableName;
    private final InterruptRouting routing;
    private InterruptDevices devices = InterruptDevices.NONE;

    /** First object of each vector's chain, 0 for none. */
    private final long[] first = new long[VECTORS];

    private TreeMap<Long, String> names = new TreeMap<>();

    /**
     * @param variableName finds the name of the pointer variable at an address, as {@code
     *     driver.extension.Interrupt}, or gives an empty text
     */
    public InterruptObjects(
            Machine machine, KernelMemory memory, LongFunction<String> variableName) {
        this.machine = machine;
        this.memory = memory;
        this.variableName = variableName;
        routing = new InterruptRouting(machine);
    }

    /** Says which devices there are; their interrupts are masked until they are connected. */
    public void setDevices(InterruptDevices known) {
        devices = known;
        routing.setDevices(known.all());
    }

    InterruptDevices devices() {
        return devices;
    }

    InterruptRouting routing() {
        return routing;
    }

    /**
     * What a routine is to be connected to.
     *
     * @param spinLock address of a lock, or 0 for one of its own
     * @param irql that of the vector, or PASSIVE_LEVEL for an ISR that runs there
     * @param message number of the message if the routine is a KMESSAGE_SERVICE_ROUTINE, else -1
     */
    record Request(
            long routine,
            long context,
            long spinLock,
            int vector,
            int irql,
            int synchronizeIrql,
            int mode,
            boolean shared,
            long processors,
            boolean floatingSave,
            int message) {
        boolean isPassive() {
            return irql == Irql.PASSIVE_LEVEL;
        }
    }

    /** The first object on a vector, or 0. */
    long firstOn(int vector) {
        return first[vector];
    }

    /** Whether an ISR would be called for a vector. */
    boolean isListening(int vector) {
        return connected(machine.processor(0)).stream()
                .anyMatch(interrupt -> interrupt.vector() == vector && interrupt.isEnabled());
    }

    /** How a person calls an interrupt object: by the pointer to it, else by its vector. */
    public String name(long interrupt) {
        return names.getOrDefault(interrupt, "");
    }

    /** The objects that are connected, by vector and then in the order of their chain. */
    public List<KInterrupt> connected(Processor processor) {
        List<KInterrupt> connected = new ArrayList<>();
        for (long head : first) {
            long at = head;
            Walk walk = new Walk(CHAINED);
            while (at != 0) {
                walk.at(at);
                KInterrupt interrupt = new KInterrupt(processor.memory(), at);
                connected.add(interrupt);
                long next = KInterrupt.ofListEntry(interrupt.listEntry().flink());
                at = next == head ? 0 : next;
            }
        }
        return connected;
    }

    /** Whether an address is that of a known interrupt object's lock, and whose. */
    public String nameOfLock(Processor processor, long lock) {
        for (long interrupt : names.keySet()) {
            if (new KInterrupt(processor.memory(), interrupt).actualLock() == lock) {
                return name(interrupt);
            }
        }
        return "";
    }

    /** The processors there are, a bit each. */
    long online() {
        return (1L << (machine.processorCount() - 1) << 1) - 1;
    }

    /** Connects and stores the object's address at {@code pointer}; gives an NTSTATUS. */
    int connect(Processor processor, long pointer, Request request) {
        processor.memory().probe(pointer, 8, true);
        int status = check(processor, request);
        if (status != NtStatus.SUCCESS) {
            return status;
        }
        KInterrupt interrupt = create(processor, request);
        if (interrupt == null) {
            return NtStatus.INSUFFICIENT_RESOURCES;
        }
        processor.memory().store64(pointer, interrupt.address());
        insert(processor, interrupt, variable(pointer), request.processors);
        return NtStatus.SUCCESS;
    }

    /** Name of the variable that a pointer to an object or to several is stored in, or empty. */
    String variable(long pointer) {
        return variableName.apply(pointer);
    }

    /** Whether a routine can be connected so; an NTSTATUS. */
    int check(Processor processor, Request request) {
        boolean passive = request.isPassive();
        if ((request.processors & online()) == 0
                || request.routine == 0
                || !InterruptVectors.isDevice(request.vector)
                || (!passive && InterruptVectors.irqlOf(request.vector) != request.irql)
                || (passive && (request.synchronizeIrql != 0 || request.spinLock != 0))
                || request.synchronizeIrql < request.irql
                || request.synchronizeIrql > Irql.HIGH_LEVEL
                || (request.mode != KInterrupt.LEVEL_SENSITIVE
                        && request.mode != KInterrupt.LATCHED)) {
            return NtStatus.INVALID_PARAMETER;
        }
        long head = first[request.vector];
        if (head != 0) {
            KInterrupt other = new KInterrupt(processor.memory(), head);
            if (!other.isShared()
                    || !request.shared
                    || other.mode() != request.mode
                    || other.isPassive() != passive) {
                return NtStatus.INVALID_PARAMETER;
            }
        }
        return NtStatus.SUCCESS;
    }

    /** Makes an object that is not connected yet, or gives null without memory. */
    @Nullable KInterrupt create(Processor processor, Request request) {
        boolean passive = request.isPassive();
        long address = memory.allocateObject(KInterrupt.SIZE);
        long event = passive && address != 0 ? memory.allocateObject(EVENT_BYTES) : 0;
        if (address == 0 || (passive && event == 0)) {
            return null;
        }
        KInterrupt interrupt = new KInterrupt(processor.memory(), address);
        interrupt.initialize(
                request.routine,
                request.context,
                request.spinLock,
                request.vector,
                request.irql,
                request.synchronizeIrql,
                request.mode,
                request.shared,
                request.floatingSave);
        if (request.message >= 0) {
            interrupt.setMessage(request.message);
        }
        if (passive) {
            new DispatcherHeader(processor.memory(), event)
                    .initialize(DispatcherHeader.SYNCHRONIZATION_EVENT, EVENT_BYTES, true);
            interrupt.setPassiveEvent(event);
        }
        return interrupt;
    }

    /**
     * Puts an object into the chain of its vector, which makes its ISR callable.
     *
     * @param variable name of the pointer to it, or empty
     */
    void insert(Processor processor, KInterrupt interrupt, String variable, long processors) {
        int vector = interrupt.vector();
        interrupt.setConnected(true);
        String name = variable.isEmpty() ? "vector 0x%x".formatted(vector) : variable;
        names.put(interrupt.address(), name);
        long head = first[vector];
        if (head == 0) {
            first[vector] = interrupt.address();
        } else {
            new KInterrupt(processor.memory(), head)
                    .listEntry()
                    .insertBefore(interrupt.listEntry());
        }
        machine.emit(
                processor,
                new Event.InterruptConnected(
                        interrupt.address(),
                        vector,
                        interrupt.irql(),
                        interrupt.synchronizeIrql(),
                        interrupt.serviceRoutine(),
                        name));
        if (head == 0) {
            routing.route(processor, vector, interrupt.mode(), processors & online(), online());
        } else {
            refresh(processor, vector);
        }
    }

    /** Calls of the ISR are to begin or to end, though it stays connected. */
    void setActive(Processor processor, KInterrupt interrupt, boolean active) {
        if (interrupt.isActive() != active) {
            interrupt.setActive(active);
            refresh(processor, interrupt.vector());
        }
    }

    /** Holds the vector's interrupts back while no object on it is active. */
    private void refresh(Processor processor, int vector) {
        boolean any = false;
        long at = first[vector];
        Walk walk = new Walk(CHAINED);
        do {
            walk.at(at);
            KInterrupt interrupt = new KInterrupt(processor.memory(), at);
            any |= interrupt.isActive();
            at = KInterrupt.ofListEntry(interrupt.listEntry().flink());
        } while (at != first[vector]);
        if (any != routing.isOpen(vector)) {
            routing.setOpen(processor, vector, any);
        }
    }

    /** Takes an object out of its chain; its lock is held, so its ISR does not run. */
    void disconnect(Processor processor, KInterrupt interrupt) {
        int vector = interrupt.vector();
        interrupt.setConnected(false);
        if (first[vector] == interrupt.address()) {
            boolean last = interrupt.listEntry().isEmpty();
            first[vector] = last ? 0 : KInterrupt.ofListEntry(interrupt.listEntry().flink());
            if (last) {
                routing.setOpen(processor, vector, false);
            }
        }
        interrupt.listEntry().remove();
        interrupt.listEntry().initializeHead();
        if (first[vector] != 0) {
            refresh(processor, vector);
        }
        machine.emit(processor, new Event.InterruptDisconnected(interrupt.address(), vector));
    }

    @Override
    public void save(StateWriter out) {
        out.values(first);
        routing.save(out);
        out.reference(new TreeMap<>(names));
    }

    @Override
    @SuppressWarnings("unchecked")
    public void restore(StateReader in) {
        in.values(first);
        routing.restore(in);
        names = new TreeMap<>((TreeMap<Long, String>) in.reference(TreeMap.class));
    }
}
