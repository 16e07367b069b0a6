package dev.dirql.devices.register;

import dev.dirql.events.Event;
import dev.dirql.machine.DeviceRegisters;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The registers of one device, behind physical addresses or ports; they may lie in several ranges
 * of them.
 *
 * <p>An access may have another width than a register, or another alignment: it reaches, in the
 * order of their offsets, each register that it covers a byte of, and of each only those bytes.
 * Bits outside those bytes are neither written, cleared nor handed to the device. Bytes that belong
 * to no register read as 0, and writes to them are lost. Each register reached is one event; where
 * an access begins inside a register, the event names the place as in {@code STATUS+1}. Where the
 * device is no more, all bits read are ones, and what is written is lost.
 */
public final class RegisterBlock implements DeviceRegisters, StatePart {
    private final Machine machine;
    private final String device;
    private final List<Register> registers = new ArrayList<>();
    private boolean gone;

    /**
     * @param device the device's name, for the trace
     */
    public RegisterBlock(Machine machine, String device) {
        this.machine = machine;
        this.device = device;
    }

    /**
     * Adds a register; no two share a name. Two overlap only where at most one of them is reached
     * at a time: {@link Register#readOnlyHere}, {@link Register#writeOnlyHere}, {@link
     * Register#selectedWhile}.
     */
    public void add(Register register) {
        for (Register other : registers) {
            if (other.name().equals(register.name())) {
                throw new IllegalArgumentException(device + " has two " + register.name());
            }
            if (register.range() == other.range()
                    && register.offset() < other.offset() + other.width()
                    && other.offset() < register.offset() + register.width()
                    && !register.canShareWith(other)) {
                throw new IllegalArgumentException(
                        "%s: %s overlaps %s".formatted(device, register.name(), other.name()));
            }
        }
        registers.add(register);
        registers.sort(Comparator.comparingInt(Register::range).thenComparingInt(Register::offset));
    }

    /** The registers by range, and in it in the order of their offsets. */
    public List<Register> registers() {
        return List.copyOf(registers);
    }

    /** Bytes from the start to the end of the last register of range 0. */
    public int size() {
        return size(0);
    }

    /** Bytes from the start to the end of the last register of a range. */
    public int size(int range) {
        int size = 0;
        for (Register register : registers) {
            if (register.range() == range) {
                size = Math.max(size, register.offset() + register.width());
            }
        }
        return size;
    }

    /** The device is pulled out. */
    public void vanish() {
        gone = true;
    }

    public boolean isGone() {
        return gone;
    }

    /** What answers at a range of addresses or ports. */
    public DeviceRegisters range(int number) {
        return new DeviceRegisters() {
            @Override
            public long read(Processor processor, long offset, int size) {
                return RegisterBlock.this.read(processor, number, offset, size);
            }

            @Override
            public void write(Processor processor, long offset, int size, long value) {
                RegisterBlock.this.write(processor, number, offset, size, value);
            }
        };
    }

    /** Puts every register back to its value at power-on. */
    public void reset() {
        registers.forEach(Register::reset);
    }

    @Override
    public long read(Processor processor, long offset, int size) {
        return read(processor, 0, offset, size);
    }

    private long read(Processor processor, int range, long offset, int size) {
        long result = 0;
        for (Register register : registers) {
            if (isBehind(register, range, offset + size)) {
                break;
            }
            if (register.range() != range) {
                continue;
            }
            Overlap overlap = register.isReadNow() ? Overlap.of(register, offset, size) : null;
            if (overlap != null) {
                long value =
                        (gone ? overlap.lanes() : register.read(overlap.lanes()))
                                >>> (8 * overlap.first());
                machine.emit(
                        processor,
                        new Event.RegisterRead(
                                device, overlap.name(register), overlap.width(), value));
                if (!gone) {
                    register.wasRead(overlap.lanes());
                }
                result |= value << (8 * overlap.firstOfAccess());
            }
        }
        return gone ? -1L >>> (64 - 8 * size) : result;
    }

    @Override
    public void write(Processor processor, long offset, int size, long value) {
        write(processor, 0, offset, size, value);
    }

    private void write(Processor processor, int range, long offset, int size, long value) {
        for (Register register : registers) {
            if (isBehind(register, range, offset + size)) {
                break;
            }
            if (register.range() != range) {
                continue;
            }
            Overlap overlap = register.isWrittenNow() ? Overlap.of(register, offset, size) : null;
            if (overlap != null) {
                long written =
                        value >>> (8 * overlap.firstOfAccess()) << (8 * overlap.first())
                                & overlap.lanes();
                machine.emit(
                        processor,
                        new Event.RegisterWritten(
                                device,
                                overlap.name(register),
                                overlap.width(),
                                written >>> (8 * overlap.first())));
                if (!gone) {
                    register.write(written, overlap.lanes());
                }
            }
        }
    }

    private static boolean isBehind(Register register, int range, long end) {
        return register.range() > range || (register.range() == range && register.offset() >= end);
    }

    @Override
    public void save(StateWriter out) {
        for (Register register : registers) {
            out.value(register.storedValue());
            if (register.hasWriteOnce()) {
                out.value(register.writtenOnce());
            }
        }
        out.value(gone);
    }

    @Override
    public void restore(StateReader in) {
        for (Register register : registers) {
            register.set(in.value());
            if (register.hasWriteOnce()) {
                register.setWrittenOnce(in.value());
            }
        }
        gone = in.booleanValue();
    }
}
