package dev.dirql.devices.apic;

import static dev.dirql.devices.apic.RedirectionEntry.ACTIVE_LOW;
import static dev.dirql.devices.apic.RedirectionEntry.LEVEL;
import static dev.dirql.devices.apic.RedirectionEntry.LOGICAL;
import static dev.dirql.devices.apic.RedirectionEntry.MASKED;
import static dev.dirql.devices.apic.RedirectionEntry.REMOTE_IRR;
import static dev.dirql.devices.apic.RedirectionEntry.SEND_PENDING;
import static dev.dirql.devices.apic.RedirectionEntry.WRITABLE;
import static dev.dirql.devices.apic.RedirectionEntry.is;

import dev.dirql.events.Event;
import dev.dirql.machine.DeviceRegisters;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The I/O APIC. 82093AA datasheet, chapter 3; it differs in that an entry's destination has eight
 * bits in physical mode too, and that there may be up to 120 inputs.
 *
 * <table>
 * <caption>Registers</caption>
 * <tr><th>address</th><th>register</th><th></th></tr>
 * <tr><td>+0x00</td><td>IOREGSEL</td><td>index of the register behind IOWIN, bits 0 to 7</td></tr>
 * <tr><td>+0x10</td><td>IOWIN</td><td>that register</td></tr>
 * <tr><td>index 0x00</td><td>IOAPICID</td><td>bits 24 to 27</td></tr>
 * <tr><td>index 0x01</td><td>IOAPICVER</td><td>0x11; highest entry in bits 16 to 23</td></tr>
 * <tr><td>index 0x02</td><td>IOAPICARB</td><td>bits 24 to 27, loaded with the ID</td></tr>
 * <tr><td>index 0x10 + 2n</td><td>IOREDTBLn</td><td>low half, then the high half</td></tr>
 * </table>
 *
 * <p>Both are accessed with 32 bits; another access reads 0 and writes nothing.
 *
 * <p>Lowest-priority delivery with the physical broadcast destination, 0xFF, which the manual
 * leaves open, lets one of all processors take the request: a set that the eight logical
 * destinations cannot name.
 *
 * <p>An asserted wire is high. With polarity 1 (active low) an input is active while none of its
 * wires is asserted. An edge is a change from inactive to active; writing an entry makes none. An
 * edge on a masked input is lost, and one while a request of the entry is still on its way merges
 * with it. A level requests while the input is active, unless it is masked or remote IRR is set:
 * again after end of interrupt, and when it is unmasked. A level that ends while its request is on
 * its way does not take it back. Remote IRR is set when a local APIC accepted the request, cleared
 * by end of interrupt of the entry's vector, and by making the entry edge-triggered. A request that
 * no processor accepts is lost; a level is tried again when the entry is next written or the input
 * next becomes active.
 */
final class IoApic implements DeviceRegisters, StatePart {
    static final long BASE = 0xFEC0_0000L;
    static final long SIZE = 0x1000;

    /** More would not fit behind the eight bits of IOREGSEL. */
    static final int INPUTS_MAXIMUM = 120;

    private static final int IOREGSEL = 0x00;
    private static final int IOWIN = 0x10;
    private static final int IOAPICID = 0;
    private static final int IOAPICVER = 1;
    private static final int IOAPICARB = 2;
    private static final int IOREDTBL = 0x10;
    private static final int VERSION = 0x11;
    private static final int ID_MASK = 0x0F00_0000;

    private final Machine machine;
    private final MessageBus messages;
    private final long[] entries;
    private final List<Wire> wires = new ArrayList<>();
    private int selected;
    private int id;
    private int arbitrationId;

    IoApic(Machine machine, MessageBus messages, int inputs) {
        if (inputs < 1 || inputs > INPUTS_MAXIMUM) {
            throw new IllegalArgumentException(
                    "%d inputs, not 1 to %d".formatted(inputs, INPUTS_MAXIMUM));
        }
        this.machine = machine;
        this.messages = messages;
        entries = new long[inputs];
        Arrays.fill(entries, MASKED);
    }

    // ---- wires ----

    Wire wire(String device, int input) {
        if (input < 0 || input >= entries.length) {
            throw new IllegalArgumentException(
                    "%s: interrupt line %d, not 0 to %d"
                            .formatted(device, input, entries.length - 1));
        }
        Wire wire = new Wire(this, device, input);
        wires.add(wire);
        return wire;
    }

    void drive(Wire wire, boolean asserted) {
        change(wire, asserted, wire.pulsed);
    }

    /**
     * A pulse lasts until a request for it was sent: for a level that is already in service, until
     * its end of interrupt. On a masked input it has no effect. On a wire that is asserted it is a
     * short gap, and so an edge.
     */
    void pulse(Wire wire) {
        if (wire.driven) {
            change(wire, false, wire.pulsed);
            change(wire, true, wire.pulsed);
            return;
        }
        change(wire, false, true);
        dropPulsesThatCannotBeNoticed(wire.input);
    }

    private void change(Wire wire, boolean driven, boolean pulsed) {
        boolean wireWas = wire.isAsserted();
        boolean inputWas = isHigh(wire.input);
        wire.driven = driven;
        wire.pulsed = pulsed;
        if (wire.isAsserted() == wireWas) {
            return;
        }
        machine.emit(new Event.LineChanged(wire.device, wire.input, !wireWas));
        if (isHigh(wire.input) != inputWas) {
            inputChanged(wire.input);
        }
    }

    private void inputChanged(int input) {
        long entry = entries[input];
        if (is(entry, LEVEL)) {
            requestLevel(input);
        } else if (isActive(input) && !is(entry, MASKED) && !is(entry, SEND_PENDING)) {
            send(input);
        }
    }

    private boolean isHigh(int input) {
        for (Wire wire : wires) {
            if (wire.input == input && wire.isAsserted()) {
                return true;
            }
        }
        return false;
    }

    private boolean isActive(int input) {
        return isHigh(input) != is(entries[input], ACTIVE_LOW);
    }

    /** Whether a level-sensitive input is active whose entry has a vector, masked or not. */
    boolean isAsserted(int vector) {
        for (int input = 0; input < entries.length; input++) {
            long entry = entries[input];
            if (is(entry, LEVEL) && RedirectionEntry.vector(entry) == vector && isActive(input)) {
                return true;
            }
        }
        return false;
    }

    private void dropPulsesThatCannotBeNoticed(int input) {
        long entry = entries[input];
        if (is(entry, MASKED) || !is(entry, LEVEL)) {
            dropPulses(input);
        }
    }

    private void dropPulses(int input) {
        for (Wire wire : wires) {
            if (wire.input == input && wire.pulsed) {
                change(wire, wire.driven, false);
            }
        }
    }

    // ---- requests ----

    private void requestLevel(int input) {
        long entry = entries[input];
        long waiting = MASKED | REMOTE_IRR | SEND_PENDING;
        if (is(entry, LEVEL) && (entry & waiting) == 0 && isActive(input)) {
            send(input);
        }
    }

    private void send(int input) {
        long entry = entries[input];
        DeliveryMode mode = RedirectionEntry.deliveryMode(entry);
        if (!mode.isModelled()) {
            ApicSystem.notModelled(machine, "I/O APIC input " + input, mode);
            return;
        }
        entries[input] |= SEND_PENDING;
        messages.send(
                new InterruptMessage(
                        RedirectionEntry.destination(entry),
                        is(entry, LOGICAL),
                        mode == DeliveryMode.LOWEST_PRIORITY,
                        RedirectionEntry.vector(entry),
                        is(entry, LEVEL),
                        input,
                        sources(input)));
        dropPulses(input);
    }

    /** Names of the devices that assert the input; with none, of all that could. */
    private String sources(int input) {
        List<String> asserting =
                wires.stream()
                        .filter(wire -> wire.input == input && wire.isAsserted())
                        .map(wire -> wire.device)
                        .toList();
        List<String> all =
                wires.stream()
                        .filter(wire -> wire.input == input)
                        .map(wire -> wire.device)
                        .toList();
        List<String> names = asserting.isEmpty() ? all : asserting;
        return names.isEmpty() ? "I/O APIC input " + input : String.join("+", names);
    }

    /** A request of an entry reached the local APICs. */
    void arrived(int input, boolean level, boolean accepted) {
        entries[input] &= ~SEND_PENDING;
        if (level && accepted && is(entries[input], LEVEL)) {
            entries[input] |= REMOTE_IRR;
        }
    }

    /** End of interrupt of a level-triggered vector, on any processor. */
    void endOfInterrupt(int vector) {
        for (int input = 0; input < entries.length; input++) {
            long entry = entries[input];
            if (is(entry, REMOTE_IRR) && RedirectionEntry.vector(entry) == vector) {
                entries[input] = entry & ~REMOTE_IRR;
                requestLevel(input);
            }
        }
    }

    // ---- registers ----

    @Override
    public long read(Processor processor, long offset, int size) {
        if (size != 4) {
            return 0;
        }
        return switch ((int) offset) {
            case IOREGSEL -> selected;
            case IOWIN -> readSelected() & 0xFFFF_FFFFL;
            default -> 0;
        };
    }

    private long readSelected() {
        int entry = (selected - IOREDTBL) >> 1;
        if (entry >= 0 && entry < entries.length) {
            return (selected & 1) == 0 ? entries[entry] : entries[entry] >>> 32;
        }
        return switch (selected) {
            case IOAPICID -> id;
            case IOAPICVER -> VERSION | (entries.length - 1) << 16;
            case IOAPICARB -> arbitrationId;
            default -> 0;
        };
    }

    @Override
    public void write(Processor processor, long offset, int size, long value) {
        if (size != 4) {
            return;
        }
        if (offset == IOREGSEL) {
            selected = (int) value & 0xFF;
        } else if (offset == IOWIN) {
            writeSelected(value & 0xFFFF_FFFFL);
        }
    }

    private void writeSelected(long value) {
        int entry = (selected - IOREDTBL) >> 1;
        if (entry >= 0 && entry < entries.length) {
            boolean low = (selected & 1) == 0;
            writeEntry(
                    entry, low ? 0xFFFF_FFFFL : 0xFFFF_FFFF_0000_0000L, low ? value : value << 32);
        } else if (selected == IOAPICID) {
            id = (int) value & ID_MASK;
            arbitrationId = id;
        }
    }

    private void writeEntry(int input, long half, long value) {
        long writable = WRITABLE & half;
        long entry = (entries[input] & ~writable) | (value & writable);
        if (!is(entry, LEVEL)) {
            entry &= ~REMOTE_IRR;
        }
        entries[input] = entry;
        dropPulsesThatCannotBeNoticed(input);
        requestLevel(input);
    }

    @Override
    public void save(StateWriter out) {
        out.values(entries);
        out.value(selected);
        out.value(id);
        out.value(arbitrationId);
        for (Wire wire : wires) {
            out.value(wire.driven);
            out.value(wire.pulsed);
        }
    }

    @Override
    public void restore(StateReader in) {
        in.values(entries);
        selected = in.intValue();
        id = in.intValue();
        arbitrationId = in.intValue();
        for (Wire wire : wires) {
            wire.driven = in.booleanValue();
            wire.pulsed = in.booleanValue();
        }
    }
}
