package dev.dirql.machine;

import java.util.ArrayList;
import java.util.List;

/**
 * Who answers at physical addresses beyond memory, and at ports. Ranges are claimed while the
 * machine is built.
 */
public final class DeviceBus {
    private record Range(String name, long start, long size, DeviceRegisters registers) {
        boolean contains(long address) {
            return address >= start && address - start < size;
        }
    }

    private final List<Range> memory = new ArrayList<>();
    private final List<Range> ports = new ArrayList<>();

    /** Claims physical addresses. The start and size are multiples of the page size. */
    public void claimMemory(String name, long start, long size, DeviceRegisters registers) {
        claim(memory, new Range(name, start, size, registers));
    }

    /** Claims port numbers, 0 to 0xFFFF. */
    public void claimPorts(String name, int start, int size, DeviceRegisters registers) {
        claim(ports, new Range(name, start, size, registers));
    }

    private static void claim(List<Range> ranges, Range range) {
        for (Range other : ranges) {
            if (range.start < other.start + other.size && other.start < range.start + range.size) {
                throw new IllegalArgumentException(
                        "%s at 0x%x overlaps %s at 0x%x"
                                .formatted(range.name, range.start, other.name, other.start));
            }
        }
        ranges.add(range);
    }

    /** Reads device registers; an address nobody claims reads as all ones. */
    public long readMemory(Processor processor, long address, int size) {
        return read(memory, processor, address, size);
    }

    /** Writes device registers; a write nobody claims is lost. */
    public void writeMemory(Processor processor, long address, int size, long value) {
        write(memory, processor, address, size, value);
    }

    public long readPort(Processor processor, int port, int size) {
        return read(ports, processor, port, size);
    }

    public void writePort(Processor processor, int port, int size, long value) {
        write(ports, processor, port, size, value);
    }

    private static long read(List<Range> ranges, Processor processor, long address, int size) {
        for (Range range : ranges) {
            if (range.contains(address)) {
                return range.registers.read(processor, address - range.start, size);
            }
        }
        return size == 8 ? -1 : (1L << (8 * size)) - 1;
    }

    private static void write(
            List<Range> ranges, Processor processor, long address, int size, long value) {
        for (Range range : ranges) {
            if (range.contains(address)) {
                range.registers.write(processor, address - range.start, size, value);
                return;
            }
        }
    }
}
