package dev.dirql.devices.pci;

import dev.dirql.devices.register.Access;
import dev.dirql.devices.register.Register;
import dev.dirql.machine.DeviceRegisters;
import java.util.List;

/**
 * A range of addresses of a function behind one or two base address registers. PCI Local Bus
 * Specification 3.0, 6.2.5.1. Only the address bits above the size can be written, which tells the
 * size to who writes ones. It is 0 at power-on.
 */
public final class BaseAddress {
    /** What a base address register leads to. */
    public enum Kind {
        PORTS(0b01, 4),
        MEMORY_32(0b0000, 16),
        MEMORY_64(0b0100, 16);

        private final long flags;
        private final long smallest;

        Kind(long flags, long smallest) {
            this.flags = flags;
            this.smallest = smallest;
        }

        public boolean isMemory() {
            return this != PORTS;
        }
    }

    private static final long LOW = 0xFFFF_FFFFL;
    private static final long PORT_ADDRESSES = 0xFFFF;

    /** PCI Local Bus Specification 3.0, 6.2.5.1. */
    private static final long PORTS_MAXIMUM = 256;

    private final int index;
    private final Kind kind;
    private final long size;
    private final DeviceRegisters registers;
    private final Register low;
    private final Register high;

    /**
     * @param index of the register, 0 to 5; a 64-bit one takes the next one too
     * @param size a power of two
     */
    BaseAddress(int index, Kind kind, long size, DeviceRegisters registers) {
        this.index = index;
        boolean wide = kind == Kind.MEMORY_64;
        if (Long.bitCount(size) != 1 || size < kind.smallest || size > 1L << 31) {
            throw new IllegalArgumentException(
                    "a base address register for %d bytes".formatted(size));
        }
        if (index < 0 || index > (wide ? 4 : 5)) {
            throw new IllegalArgumentException(
                    "%s base address register %d".formatted(kind, index));
        }
        this.kind = kind;
        this.size = size;
        this.registers = registers;
        if (kind == Kind.PORTS && size > PORTS_MAXIMUM) {
            throw new IllegalArgumentException(
                    "a base address register for %d ports, not at most %d"
                            .formatted(size, PORTS_MAXIMUM));
        }
        low =
                Register.named("PCI_BAR" + index)
                        .at(0x10 + 4 * index)
                        .describedAs(
                                kind.isMemory()
                                        ? "Physical address of %d bytes of registers."
                                                .formatted(size)
                                        : "First of %d ports.".formatted(size))
                        .resetsTo(kind.flags)
                        .afterWrite(_ -> keep());
        high =
                Register.named("PCI_BAR" + (index + 1))
                        .at(0x14 + 4 * index)
                        .access(wide ? Access.READ_WRITE : Access.READ_ONLY)
                        .describedAs("Upper half of the physical address.");
    }

    /** Keeps the bits that can be written, and says what it is in the others. */
    private void keep() {
        low.set((low.value() & -size & LOW) | kind.flags);
    }

    /** Sets the address, as whoever sets up the machine does. */
    public void assign(long address) {
        if ((address & (size - 1)) != 0) {
            throw new IllegalArgumentException(
                    "0x%x is no multiple of %d bytes".formatted(address, size));
        }
        low.set(address & LOW);
        keep();
        if (kind == Kind.MEMORY_64) {
            high.set(address >>> 32);
        }
    }

    public Kind kind() {
        return kind;
    }

    /** Bytes, a power of two. */
    public long size() {
        return size;
    }

    /** Number of the register, 0 to 5. */
    public int index() {
        return index;
    }

    /** The first physical address or port, as it is now. */
    public long address() {
        long address = low.value() & -size & LOW;
        return switch (kind) {
            case PORTS -> address & PORT_ADDRESSES;
            case MEMORY_32 -> address;
            case MEMORY_64 -> address | high.value() << 32;
        };
    }

    boolean contains(long address) {
        long offset = address - address();
        return offset >= 0 && offset < size;
    }

    DeviceRegisters registers() {
        return registers;
    }

    List<Register> configuration() {
        return kind == Kind.MEMORY_64 ? List.of(low, high) : List.of(low);
    }
}
