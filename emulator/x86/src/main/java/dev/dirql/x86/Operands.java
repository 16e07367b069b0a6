package dev.dirql.x86;

import dev.dirql.machine.Processor;
import dev.dirql.machine.ProcessorMemory;

/** Reads and writes the operands of an operation. Values that are read are zero-extended. */
final class Operands {
    private Operands() {}

    /** The address of the memory operand. */
    static long address(Processor processor, Operation operation) {
        // Short, so that HotSpot inlines it always.
        return operation.onlyBase
                ? processor.registers[operation.base] + operation.displacement
                : indexedAddress(processor, operation);
    }

    private static long indexedAddress(Processor processor, Operation operation) {
        long[] registers = processor.registers;
        long address = operation.displacement;
        int base = operation.base;
        if (base >= 0) {
            address += registers[base];
        }
        int index = operation.index;
        if (index >= 0) {
            address += registers[index] << operation.scale;
        }
        return operation.plain ? address : specialAddress(processor, operation, address);
    }

    private static long specialAddress(Processor processor, Operation operation, long offset) {
        long address = operation.truncated(offset) + segmentBase(processor, operation);
        if (operation.bitString) {
            int bits = operation.bits;
            long bit = readRegister(processor, bits, operation.source);
            long signed = bit << (64 - bits) >> (64 - bits);
            address += (signed >> Integer.numberOfTrailingZeros(bits)) * (bits / 8);
        }
        return address;
    }

    static long segmentBase(Processor processor, Operation operation) {
        return switch (operation.segment) {
            case Operation.FS -> processor.fsBase;
            case Operation.GS -> processor.gsBase;
            default -> 0;
        };
    }

    static long readRegister(Processor processor, int bits, int register) {
        long[] registers = processor.registers;
        return switch (bits) {
            case 64 -> registers[register];
            case 32 -> registers[register] & 0xFFFF_FFFFL;
            case 16 -> registers[register] & 0xFFFF;
            default ->
                    register < Operation.HIGH_BYTE
                            ? registers[register] & 0xFF
                            : registers[register - Operation.HIGH_BYTE] >>> 8 & 0xFF;
        };
    }

    /** Writes a register; 32 bits clear the upper half, 8 and 16 bits leave the rest. */
    static void writeRegister(Processor processor, int bits, int register, long value) {
        long[] registers = processor.registers;
        switch (bits) {
            case 64 -> registers[register] = value;
            case 32 -> registers[register] = value & 0xFFFF_FFFFL;
            case 16 -> registers[register] = (registers[register] & ~0xFFFFL) | (value & 0xFFFF);
            default -> {
                if (register < Operation.HIGH_BYTE) {
                    registers[register] = (registers[register] & ~0xFFL) | (value & 0xFF);
                } else {
                    int whole = register - Operation.HIGH_BYTE;
                    registers[whole] = (registers[whole] & ~0xFF00L) | (value & 0xFF) << 8;
                }
            }
        }
    }

    static long load(ProcessorMemory memory, int bits, long address) {
        return switch (bits) {
            case 64 -> memory.load64(address);
            case 32 -> memory.load32(address);
            case 16 -> memory.load16(address);
            default -> memory.load8(address);
        };
    }

    static void store(ProcessorMemory memory, int bits, long address, long value) {
        switch (bits) {
            case 64 -> memory.store64(address, value);
            case 32 -> memory.store32(address, value);
            case 16 -> memory.store16(address, value);
            default -> memory.store8(address, value);
        }
    }

    static long read(Processor processor, Operation operation, int operand) {
        int bits = operation.bits(operand);
        return switch (operation.kind(operand)) {
            case REGISTER -> readRegister(processor, bits, operation.register(operand));
            case MEMORY -> load(processor.memory(), bits, address(processor, operation));
            case IMMEDIATE -> operation.immediate;
            case XMM, SEGMENT, CONTROL ->
                    throw new IllegalStateException(operation.kind(operand) + " is not general");
        };
    }

    static void write(Processor processor, Operation operation, int operand, long value) {
        int bits = operation.bits(operand);
        switch (operation.kind(operand)) {
            case REGISTER -> writeRegister(processor, bits, operation.register(operand), value);
            case MEMORY -> store(processor.memory(), bits, address(processor, operation), value);
            case IMMEDIATE, XMM, SEGMENT, CONTROL ->
                    throw new IllegalStateException(operation.kind(operand) + " is not general");
        }
    }

    /** Faults unless the memory operand may be written. */
    static void probeWrite(Processor processor, Operation operation) {
        processor.memory().probe(address(processor, operation), operation.bits / 8, true);
    }
}
