package dev.dirql.kernel.interrupts;

import dev.dirql.events.Event;
import dev.dirql.kernel.KernelMemory;
import dev.dirql.kernel.NtStatus;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.LongFunction;

/**
 * Which interrupt objects are connected to which vector, as the dispatch table of NT holds it, and
 * the I/O APIC entries of their lines.
 */
public final class InterruptObjects implements StatePart {
    private static final int VECTORS = 256;

    private static final long IO_APIC = 0xFEC0_0000L;
    private static final int IO_REGISTER_SELECT = 0x00;
    private static final int IO_WINDOW = 0x10;
    private static final int REDIRECTION_TABLE = 0x10;
    private static final long LOWEST_PRIORITY = 1 << 8;
    private static final long LOGICAL = 1 << 11;
    private static final long LEVEL = 1 << 15;
    private static final long MASKED = 1 << 16;
    private static final int DESTINATION_SHIFT = 24;
    private static final long LOGICAL_PROCESSORS = 0xFF;
    private static final long BROADCAST = 0xFF;

    private final Machine machine;
    private final KernelMemory memory;
    private final LongFunction<String> variableName;

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
    }

    /** What IoConnectInterrupt is asked for. */
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
            boolean floatingSave) {}

    /** The first object on a vector, or 0. */
    long firstOn(int vector) {
        return first[vector];
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
            while (at != 0) {
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

    /** Connects and stores the object's address at {@code pointer}; gives an NTSTATUS. */
    int connect(Processor processor, long pointer, Request request) {
        processor.memory().probe(pointer, 8, true);
        long online = (1L << (machine.processorCount() - 1) << 1) - 1;
        long processors = request.processors & online;
        if (processors == 0
                || request.routine == 0
                || !InterruptVectors.isDevice(request.vector)
                || InterruptVectors.irqlOf(request.vector) != request.irql
                || request.synchronizeIrql < request.irql
                || request.synchronizeIrql > 15
                || (request.mode != KInterrupt.LEVEL_SENSITIVE
                        && request.mode != KInterrupt.LATCHED)) {
            return NtStatus.INVALID_PARAMETER;
        }
        long head = first[request.vector];
        if (head != 0) {
            KInterrupt other = new KInterrupt(processor.memory(), head);
            if (!other.isShared() || !request.shared || other.mode() != request.mode) {
                return NtStatus.INVALID_PARAMETER;
            }
        }
        long address = memory.allocateObject(KInterrupt.SIZE);
        if (address == 0) {
            return NtStatus.INSUFFICIENT_RESOURCES;
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
        interrupt.setConnected(true);
        processor.memory().store64(pointer, address);
        String variable = variableName.apply(pointer);
        String name = variable.isEmpty() ? "vector 0x%x".formatted(request.vector) : variable;
        names.put(address, name);
        if (head == 0) {
            first[request.vector] = address;
            route(processor, request.vector, request.mode, processors, online);
        } else {
            new KInterrupt(processor.memory(), head)
                    .listEntry()
                    .insertBefore(interrupt.listEntry());
        }
        machine.emit(
                processor,
                new Event.InterruptConnected(
                        address,
                        request.vector,
                        request.irql,
                        request.synchronizeIrql,
                        request.routine,
                        name));
        return NtStatus.SUCCESS;
    }

    /** Takes an object out of its chain; its lock is held, so its ISR does not run. */
    void disconnect(Processor processor, KInterrupt interrupt) {
        int vector = interrupt.vector();
        interrupt.setConnected(false);
        if (first[vector] == interrupt.address()) {
            boolean last = interrupt.listEntry().isEmpty();
            first[vector] = last ? 0 : KInterrupt.ofListEntry(interrupt.listEntry().flink());
            if (last) {
                writeEntry(processor, vector, MASKED, 0);
            }
        }
        interrupt.listEntry().remove();
        interrupt.listEntry().initializeHead();
        machine.emit(processor, new Event.InterruptDisconnected(interrupt.address(), vector));
    }

    /**
     * Routes the line of a vector. In the flat model an I/O APIC names eight processors by logical
     * destinations, one by its APIC ID, or all by the broadcast ID (Intel SDM volume 3A, "Logical
     * Destination Mode" and "Broadcast/Self Delivery Mode"). Of another set, those of its
     * processors take the interrupts that are among the first eight, else its lowest one alone.
     */
    private void route(Processor processor, int vector, int mode, long processors, long online) {
        long low = vector | (mode == KInterrupt.LEVEL_SENSITIVE ? LEVEL : 0);
        long named = processors & LOGICAL_PROCESSORS;
        if (processors == online && named != processors) {
            writeEntry(processor, vector, low | LOWEST_PRIORITY, BROADCAST);
        } else if (Long.bitCount(named) > 1) {
            writeEntry(processor, vector, low | LOWEST_PRIORITY | LOGICAL, named);
        } else {
            writeEntry(processor, vector, low, Long.numberOfTrailingZeros(processors));
        }
    }

    /** Writes the redirection entry of a vector's line; the part with the mask bit last. */
    private void writeEntry(Processor processor, int vector, long low, long destination) {
        int line = InterruptVectors.lineOf(vector);
        if (line < 0) {
            return;
        }
        writeIoApic(processor, REDIRECTION_TABLE + 2 * line + 1, destination << DESTINATION_SHIFT);
        writeIoApic(processor, REDIRECTION_TABLE + 2 * line, low);
    }

    private void writeIoApic(Processor processor, int register, long value) {
        machine.bus().writeMemory(processor, IO_APIC + IO_REGISTER_SELECT, 4, register);
        machine.bus().writeMemory(processor, IO_APIC + IO_WINDOW, 4, value);
    }

    @Override
    public void save(StateWriter out) {
        out.values(first);
        out.reference(new TreeMap<>(names));
    }

    @Override
    @SuppressWarnings("unchecked")
    public void restore(StateReader in) {
        in.values(first);
        names = new TreeMap<>((TreeMap<Long, String>) in.reference(TreeMap.class));
    }
}
