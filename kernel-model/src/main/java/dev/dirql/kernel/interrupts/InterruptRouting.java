package dev.dirql.kernel.interrupts;

import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * Lets the lines and messages of vectors reach processors, or masks them: the redirection entries
 * of the I/O APIC, the MSI-X tables and the mask bits of MSI.
 *
 * <p>An entry of an MSI-X table sends the message of its own number, those beyond the messages send
 * message 0, until a driver says otherwise (WDK, PCI_MSIX_SET_ENTRY). All messages of MSI have one
 * address, so they go where they were assigned to.
 */
public final class InterruptRouting implements StatePart {
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

    private static final long MESSAGES = 0xFEE0_0000L;
    private static final int MESSAGE_DESTINATION_SHIFT = 12;
    private static final long MESSAGE_TO_ONE_LOGICAL = 1 << 3 | 1 << 2;

    private static final int ENTRY_BYTES = 16;
    private static final int ENTRY_DATA = 8;
    private static final int ENTRY_CONTROL = 12;
    private static final long ENTRY_MASKED = 1;

    private final Machine machine;
    private List<InterruptDevice> devices = List.of();

    /** What follows is kept for each vector. */
    private final long[] low = new long[VECTORS];

    private final long[] destination = new long[VECTORS];
    private final long[] processors = new long[VECTORS];
    private final boolean[] open = new boolean[VECTORS];

    /** The message that each entry of each device's MSI-X table sends, and who masked it. */
    private final List<int[]> messageOfEntry = new ArrayList<>();

    private final List<boolean[]> maskedByDriver = new ArrayList<>();

    InterruptRouting(Machine machine) {
        this.machine = machine;
    }

    void setDevices(List<InterruptDevice> known) {
        devices = List.copyOf(known);
        messageOfEntry.clear();
        maskedByDriver.clear();
        for (InterruptDevice device : devices) {
            int[] messages = new int[device.entries()];
            for (int i = 0; i < messages.length; i++) {
                messages[i] = i < device.messages().size() ? i : 0;
            }
            messageOfEntry.add(messages);
            maskedByDriver.add(new boolean[device.entries()]);
        }
    }

    // ---- what interrupt objects want ----

    /**
     * Lets one of a set of processors take the interrupts of a vector. In the flat model an I/O
     * APIC names eight processors by logical destinations, one by its APIC ID, or all by the
     * broadcast ID (Intel SDM volume 3A, "Logical Destination Mode" and "Broadcast/Self Delivery
     * Mode"). Of another set, those of its processors take the interrupts that are among the first
     * eight, else its lowest one alone.
     */
    void route(Processor processor, int vector, int mode, long set, long online) {
        low[vector] = vector | (mode == KInterrupt.LEVEL_SENSITIVE ? LEVEL : 0);
        processors[vector] = set;
        long named = set & LOGICAL_PROCESSORS;
        if (set == online && named != set) {
            low[vector] |= LOWEST_PRIORITY;
            destination[vector] = BROADCAST;
        } else if (Long.bitCount(named) > 1) {
            low[vector] |= LOWEST_PRIORITY | LOGICAL;
            destination[vector] = named;
        } else {
            destination[vector] = Long.numberOfTrailingZeros(set);
        }
        setOpen(processor, vector, true);
    }

    boolean isOpen(int vector) {
        return open[vector];
    }

    /** Lets the interrupts of a routed vector through, or holds them back where they come from. */
    void setOpen(Processor processor, int vector, boolean value) {
        open[vector] = value;
        if (InterruptVectors.lineOf(vector) >= 0) {
            writeLine(processor, vector, value);
        }
        for (int i = 0; i < devices.size(); i++) {
            int message = devices.get(i).messageOf(vector);
            if (message >= 0) {
                writeMessage(processor, i, message);
            }
        }
    }

    private void writeLine(Processor processor, int vector, boolean value) {
        int register = REDIRECTION_TABLE + 2 * InterruptVectors.lineOf(vector);
        // The part with the mask bit comes last.
        writeIoApic(processor, register + 1, value ? destination[vector] << DESTINATION_SHIFT : 0);
        writeIoApic(processor, register, value ? low[vector] : MASKED);
    }

    private void writeIoApic(Processor processor, int register, long value) {
        machine.bus().writeMemory(processor, IO_APIC + IO_REGISTER_SELECT, 4, register);
        machine.bus().writeMemory(processor, IO_APIC + IO_WINDOW, 4, value);
    }

    /** Holds the interrupts of a level-sensitive line back, but keeps where they go to. */
    void silence(Processor processor, int vector) {
        int line = InterruptVectors.lineOf(vector);
        if (line >= 0) {
            writeIoApic(processor, REDIRECTION_TABLE + 2 * line, low[vector] | MASKED);
        }
    }

    /** Ends {@link #silence}, unless the vector was closed meanwhile. */
    void unsilence(Processor processor, int vector) {
        int line = InterruptVectors.lineOf(vector);
        if (line >= 0 && open[vector]) {
            writeIoApic(processor, REDIRECTION_TABLE + 2 * line, low[vector]);
        }
    }

    // ---- messages ----

    private void writeMessage(Processor processor, int index, int message) {
        InterruptDevice device = devices.get(index);
        int[] messages = messageOfEntry.get(index);
        for (int entry = 0; entry < messages.length; entry++) {
            if (messages[entry] == message) {
                writeEntry(processor, index, entry);
            }
        }
        if (device.maskBits() != 0) {
            long bits = machine.bus().readMemory(processor, device.maskBits(), 4);
            long bit = 1L << message;
            boolean opened = open[device.messages().get(message).vector()];
            machine.bus()
                    .writeMemory(
                            processor, device.maskBits(), 4, opened ? bits & ~bit : bits | bit);
        }
    }

    /** Writes an entry of an MSI-X table: it is masked while it changes. */
    private void writeEntry(Processor processor, int index, int entry) {
        InterruptDevice device = devices.get(index);
        long at = device.table() + (long) ENTRY_BYTES * entry;
        InterruptDevice.Message message = device.messages().get(messageOfEntry.get(index)[entry]);
        int vector = message.vector();
        machine.bus().writeMemory(processor, at + ENTRY_CONTROL, 4, ENTRY_MASKED);
        if (!open[vector]) {
            return;
        }
        long to = addressOf(device, message);
        machine.bus().writeMemory(processor, at, 4, to & 0xFFFF_FFFFL);
        machine.bus().writeMemory(processor, at + 4, 4, to >>> 32);
        machine.bus().writeMemory(processor, at + ENTRY_DATA, 4, message.data());
        if (!maskedByDriver.get(index)[entry]) {
            machine.bus().writeMemory(processor, at + ENTRY_CONTROL, 4, 0);
        }
    }

    /** Where a message is written to, now that it is connected. */
    long addressOf(InterruptDevice device, InterruptDevice.Message message) {
        long set = processors[message.vector()];
        if (device.table() == 0 || set == 0 || set == message.affinity()) {
            return message.address();
        }
        boolean one = Long.bitCount(set) == 1 || (set & ~LOGICAL_PROCESSORS) != 0;
        return one
                ? MESSAGES | (long) Long.numberOfTrailingZeros(set) << MESSAGE_DESTINATION_SHIFT
                : MESSAGES | set << MESSAGE_DESTINATION_SHIFT | MESSAGE_TO_ONE_LOGICAL;
    }

    private boolean hasEntry(InterruptDevice device, int entry) {
        return device.table() != 0 && entry >= 0 && entry < device.entries();
    }

    /**
     * Lets an entry of a device's MSI-X table send another message.
     *
     * @return whether the device has the entry and the message
     */
    boolean setEntry(Processor processor, InterruptDevice device, int entry, int message) {
        if (!hasEntry(device, entry) || message < 0 || message >= device.messages().size()) {
            return false;
        }
        int index = devices.indexOf(device);
        messageOfEntry.get(index)[entry] = message;
        writeEntry(processor, index, entry);
        return true;
    }

    /**
     * Masks or unmasks an entry of a device's MSI-X table for its driver.
     *
     * @return whether the device has the entry
     */
    boolean setMasked(Processor processor, InterruptDevice device, int entry, boolean masked) {
        if (!hasEntry(device, entry)) {
            return false;
        }
        int index = devices.indexOf(device);
        maskedByDriver.get(index)[entry] = masked;
        writeEntry(processor, index, entry);
        return true;
    }

    // ---- state ----

    @Override
    public void save(StateWriter out) {
        out.values(low);
        out.values(destination);
        out.values(processors);
        for (boolean value : open) {
            out.value(value);
        }
        for (int i = 0; i < devices.size(); i++) {
            int[] messages = messageOfEntry.get(i);
            for (int entry = 0; entry < messages.length; entry++) {
                out.value(messages[entry]);
                out.value(maskedByDriver.get(i)[entry]);
            }
        }
    }

    @Override
    public void restore(StateReader in) {
        in.values(low);
        in.values(destination);
        in.values(processors);
        for (int i = 0; i < VECTORS; i++) {
            open[i] = in.booleanValue();
        }
        for (int i = 0; i < devices.size(); i++) {
            int[] messages = messageOfEntry.get(i);
            for (int entry = 0; entry < messages.length; entry++) {
                messages[entry] = in.intValue();
                maskedByDriver.get(i)[entry] = in.booleanValue();
            }
        }
    }
}
