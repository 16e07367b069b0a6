package dev.dirql.devices.pci;

import dev.dirql.events.Event;
import dev.dirql.machine.DeviceRegisters;
import dev.dirql.machine.Machine;
import dev.dirql.machine.Processor;
import dev.dirql.machine.StatePart;
import dev.dirql.machine.StateReader;
import dev.dirql.machine.StateWriter;

/**
 * The table and the pending bits of MSI-X, as the range of a base address register. PCI Local Bus
 * Specification 3.0, 6.8.2.6 to 6.8.2.10.
 *
 * <table>
 * <caption>Registers, 32 bits each</caption>
 * <tr><th>offset</th><th>name</th><th></th></tr>
 * <tr><td>16n</td><td>MSIX[n].ADDRESS_LOW</td><td>where message n is written to, a multiple of
 *     4</td></tr>
 * <tr><td>16n + 4</td><td>MSIX[n].ADDRESS_HIGH</td><td>its upper half</td></tr>
 * <tr><td>16n + 8</td><td>MSIX[n].DATA</td><td>what message n writes</td></tr>
 * <tr><td>16n + 12</td><td>MSIX[n].CONTROL</td><td>bit 0: message n is masked; set at
 *     power-on</td></tr>
 * <tr><td>0x8000 + 4m</td><td>MSIX_PENDING[m]</td><td>read-only; bit k: message 32m + k
 *     pends</td></tr>
 * </table>
 *
 * <p>Accesses are of 32 or 64 bits and aligned, as the specification demands; what another one does
 * it leaves open: here it reaches those of the 32-bit registers that it covers whole.
 */
public final class MsixTable implements DeviceRegisters, StatePart {
    /** As many messages as MSI-X knows. */
    public static final int ENTRIES_MAXIMUM = 2048;

    /** Bytes of the range. */
    public static final long WINDOW = 0x1_0000;

    /** Offset of the pending bits. */
    static final int PENDING_OFFSET = 0x8000;

    private static final String[] FIELDS = {"ADDRESS_LOW", "ADDRESS_HIGH", "DATA", "CONTROL"};
    private static final int ADDRESS_LOW = 0;
    private static final int ADDRESS_HIGH = 1;
    private static final int DATA = 2;
    private static final int CONTROL = 3;
    private static final int WORDS = 4;
    private static final long MASKED = 1;

    private final PciFunction function;
    private final Runnable unmasked;
    private final int entries;

    /** Four words of each entry. */
    private final long[] words;

    private final long[] pending;

    /**
     * @param unmasked is called when software may have unmasked an entry
     */
    MsixTable(PciFunction function, int entries, Runnable unmasked) {
        if (entries < 1 || entries > ENTRIES_MAXIMUM) {
            throw new IllegalArgumentException(
                    "%d messages by MSI-X, not 1 to %d".formatted(entries, ENTRIES_MAXIMUM));
        }
        this.function = function;
        this.unmasked = unmasked;
        this.entries = entries;
        words = new long[WORDS * entries];
        pending = new long[(entries + 63) / 64];
        for (int i = 0; i < entries; i++) {
            words[WORDS * i + CONTROL] = MASKED;
        }
    }

    public int entries() {
        return entries;
    }

    public long address(int entry) {
        return words[WORDS * entry + ADDRESS_LOW] | words[WORDS * entry + ADDRESS_HIGH] << 32;
    }

    public int data(int entry) {
        return (int) words[WORDS * entry + DATA];
    }

    public boolean isMasked(int entry) {
        return (words[WORDS * entry + CONTROL] & MASKED) != 0;
    }

    public boolean isPending(int entry) {
        return (pending[entry >>> 6] >>> entry & 1) != 0;
    }

    void setPending(int entry, boolean pends) {
        if (pends) {
            pending[entry >>> 6] |= 1L << entry;
        } else {
            pending[entry >>> 6] &= ~(1L << entry);
        }
    }

    /** The first pending message from a number on, or -1. */
    int nextPending(int from) {
        for (int i = from >>> 6; i < pending.length; i++) {
            long left = i == from >>> 6 ? pending[i] & -1L << from : pending[i];
            if (left != 0) {
                return i * 64 + Long.numberOfTrailingZeros(left);
            }
        }
        return -1;
    }

    /** Fills an entry and unmasks it, as whoever sets up the machine does. */
    public void program(int entry, long address, int data) {
        words[WORDS * entry + ADDRESS_LOW] = address & 0xFFFF_FFFCL;
        words[WORDS * entry + ADDRESS_HIGH] = address >>> 32;
        words[WORDS * entry + DATA] = data & 0xFFFF_FFFFL;
        words[WORDS * entry + CONTROL] = 0;
    }

    /** Masks every entry, as it is at power-on. */
    public void maskAll() {
        for (int i = 0; i < entries; i++) {
            words[WORDS * i + CONTROL] = MASKED;
        }
    }

    // ---- software's side ----

    @Override
    public long read(Processor processor, long offset, int size) {
        long result = 0;
        for (long at = (offset + 3) & -4; at + 4 <= offset + size; at += 4) {
            result |= readWord(processor, (int) at) << (8 * (at - offset));
        }
        return result;
    }

    private long readWord(Processor processor, int offset) {
        long value = 0;
        String name;
        if (offset < 16 * entries) {
            value = words[offset / 4];
            name = name(offset);
        } else if (offset >= PENDING_OFFSET && offset < PENDING_OFFSET + 8 * pending.length) {
            int index = (offset - PENDING_OFFSET) / 4;
            value = pending[index / 2] >>> (32 * (index & 1)) & 0xFFFF_FFFFL;
            name = "MSIX_PENDING[" + index + "]";
        } else {
            return 0;
        }
        machine().emit(processor, new Event.RegisterRead(function.name(), name, 4, value));
        return value;
    }

    @Override
    public void write(Processor processor, long offset, int size, long value) {
        for (long at = (offset + 3) & -4; at + 4 <= offset + size; at += 4) {
            writeWord(processor, (int) at, value >>> (8 * (at - offset)) & 0xFFFF_FFFFL);
        }
    }

    private void writeWord(Processor processor, int offset, long value) {
        if (offset >= 16 * entries) {
            return;
        }
        machine()
                .emit(
                        processor,
                        new Event.RegisterWritten(function.name(), name(offset), 4, value));
        words[offset / 4] =
                switch (offset / 4 % WORDS) {
                    case ADDRESS_LOW -> value & 0xFFFF_FFFCL;
                    case CONTROL -> value & MASKED;
                    default -> value;
                };
        unmasked.run();
    }

    private static String name(int offset) {
        return "MSIX[%d].%s".formatted(offset / 16, FIELDS[offset / 4 % WORDS]);
    }

    private Machine machine() {
        return function.machine();
    }

    @Override
    public void save(StateWriter out) {
        out.values(words);
        out.values(pending);
    }

    @Override
    public void restore(StateReader in) {
        in.values(words);
        in.values(pending);
    }
}
