package dev.dirql.machine;

import java.util.ArrayList;
import java.util.List;

/**
 * Who answers at physical addresses beyond memory, and at ports. Ranges are claimed while the
 * machine is built; where nobody claims, a bus that decodes addresses itself may answer.
 */
public final class DeviceBus {
    private record Range(String name, long start, long size, DeviceRegisters registers) {
        boolean contains(long address) {
            return address >= start && address - start < size;
        }
    }

    private final List<Range> memory = new ArrayList<>();
    private final List<Range> ports = new ArrayList<>();
    private DeviceRegisters restOfMemory = Nobody.INSTANCE;
    private DeviceRegisters restOfPorts = Nobody.INSTANCE;

    /** Answers where no device is: reads give all ones. */
    private enum Nobody implements DeviceRegisters {
        INSTANCE;

        @Override
        public long read(Processor processor, long offset, int size) {
            return size == 8 ? -1 : (1L << (8 * size)) - 1;
        }

        @Override
        public void write(Processor processor, long offset, int size, long value) {}
    }

    /** Claims physical addresses. The start and size are multiples of the page size. */
    public void claimMemory(String name, long start, long size, DeviceRegisters registers) {
        claim(memory, new Range(name, start, size, registers));
    }

    /** Claims port numbers, 0 to 0xFFFF. */
    public void claimPorts(String name, int start, int size, DeviceRegisters registers) {
        claim(ports, new Range(name, start, size, registers));
    }

    /**
     * Claims all physical addresses and ports that nobody else does. Offsets are the addresses and
     * port numbers themselves.
     */
    public void claimRest(DeviceRegisters restMemory, DeviceRegisters restPorts) {
        if (restOfMemory != Nobody.INSTANCE) {
            throw new IllegalArgumentException("the rest of the addresses is claimed already");
        }
        restOfMemory = restMemory;
        restOfPorts = restPorts;
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

    /** Reads device registers; an address where nobody answers reads as all ones. */
    public long readMemory(Processor processor, long address, int size) {
        return read(memory, restOfMemory, processor, address, size);
    }

    /** Writes device registers; a write where nobody answers is lost. */
    public void writeMemory(Processor processor, long address, int size, long value) {
        write(memory, restOfMemory, processor, address, size, value);
    }

    public long readPort(Processor processor, int port, int size) {
        return read(ports, restOfPorts, processor, port, size);
    }

    public void writePort(Processor processor, int port, int size, long value) {
        write(ports, restOfPorts, processor, port, size, value);
    }

    private static long read(
            List<Range> ranges, DeviceRegisters rest, Processor processor, long address, int size) {
        for (Range range : ranges) {
            if (range.contains(address)) {
                processor.machine().loop().changed();
                return range.registers.read(processor, address - range.start, size);
            }
        }
        return rest.read(processor, address, size);
    }

    private static void write(
            List<Range> ranges,
            DeviceRegisters rest,
            Processor processor,
            long address,
            int size,
            long value) {
        for (Range range : ranges) {
            if (range.contains(address)) {
                processor.machine().loop().changed();
                range.registers.write(processor, address - range.start, size, value);
                return;
            }
        }
        rest.write(processor, address, size, value);
    }
}
