package dev.dirql.x86;

import static dev.dirql.machine.Processor.RAX;
import static dev.dirql.machine.Processor.RCX;
import static dev.dirql.machine.Processor.RDX;
import static dev.dirql.machine.Processor.RSP;

import dev.dirql.machine.Trap;
import dev.dirql.x86.Operation.Kind;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Decodes machine code of 64-bit mode, one instruction at a time (Intel SDM volume 2A, chapter 2).
 * Every sequence of bytes is an instruction, an exception, or something that is not modelled.
 */
final class Decoder {
    /** Longest instruction; one more byte is a general-protection exception. */
    static final int LENGTH_MAXIMUM = 15;

    private byte[] code = new byte[0];
    private int available;
    private int at;
    private boolean truncated;
    private long start;

    private int rex;
    private boolean operandSize;
    private boolean addressSize;
    private boolean lock;
    private int repeat;
    private int segment;
    private int modrm;

    /**
     * Decodes the instruction at the start of some bytes.
     *
     * @param bytes where to read
     * @param offset of the first byte
     * @param count bytes that there are
     * @param address of the first byte
     * @return the operation, or null if it needs more bytes than there are
     */
    @Nullable Operation decode(byte[] bytes, int offset, int count, long address) {
        code = bytes;
        at = offset;
        available = offset + Math.min(count, LENGTH_MAXIMUM);
        truncated = false;
        start = address;
        Operation operation = instruction(offset);
        if (truncated) {
            return count < LENGTH_MAXIMUM
                    ? null
                    : trap(Trap.GENERAL_PROTECTION, start + LENGTH_MAXIMUM);
        }
        return operation;
    }

    private int next() {
        if (at >= available) {
            truncated = true;
            return 0;
        }
        return code[at++] & 0xFF;
    }

    private long immediate(int bytes) {
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            value |= (long) next() << (8 * i);
        }
        int unused = 64 - 8 * bytes;
        return value << unused >> unused;
    }

    private Operation instruction(int offset) {
        int first = prefixes();
        int map = 0;
        int opcode = first;
        if (opcode == 0x0F) {
            map = 1;
            opcode = next();
            if (opcode == 0x38 || opcode == 0x3A) {
                map = opcode == 0x38 ? 2 : 3;
                opcode = next();
            }
        }
        int modrmAt = at;
        Row row = map == 3 ? null : find(map, opcode);
        if (truncated) {
            return trap(Trap.INVALID_OPCODE, start);
        }
        if (row == null) {
            return unknown(offset, map, opcode, modrmAt);
        }
        if (lock && !mayLock(row)) {
            return trap(Trap.INVALID_OPCODE, start + (at - offset));
        }
        return operation(row, opcode, offset);
    }

    private boolean mayLock(Row row) {
        return row.has("lock") && row.modrm() && modrm >>> 6 != 3;
    }

    /** Reads prefixes and gives the byte behind them. */
    private int prefixes() {
        rex = 0;
        operandSize = false;
        addressSize = false;
        lock = false;
        repeat = 0;
        segment = Operation.NO_SEGMENT;
        while (true) {
            int prefix = next();
            switch (prefix) {
                case 0x66 -> operandSize = true;
                case 0x67 -> addressSize = true;
                case 0xF0 -> lock = true;
                case 0xF2, 0xF3 -> repeat = prefix;
                // ES, CS, SS and DS are ignored in 64-bit mode; FS and GS stay.
                case 0x26, 0x2E, 0x36, 0x3E -> {}
                case 0x64 -> segment = Operation.FS;
                case 0x65 -> segment = Operation.GS;
                default -> {
                    if ((prefix & 0xF0) != 0x40 || truncated) {
                        return prefix;
                    }
                    rex = prefix;
                    int behind = next();
                    if (!isPrefix(behind)) {
                        return behind;
                    }
                    // A REX prefix counts only right before the opcode.
                    rex = 0;
                    at--;
                }
            }
        }
    }

    private static boolean isPrefix(int value) {
        return switch (value) {
            case 0x66, 0x67, 0xF0, 0xF2, 0xF3, 0x26, 0x2E, 0x36, 0x3E, 0x64, 0x65 -> true;
            default -> (value & 0xF0) == 0x40;
        };
    }

    private @Nullable Row find(int map, int opcode) {
        Row[] rows = InstructionTable.rows(map, opcode);
        boolean read = false;
        for (Row row : rows) {
            if (!prefixFits(row)) {
                continue;
            }
            if (row.modrm()) {
                if (!read) {
                    modrm = next();
                    read = true;
                }
                if (!row.accepts(modrm >>> 6, modrm >>> 3 & 7)) {
                    continue;
                }
            } else if (opcode == 0x90 && row.opcodes() == 1 && (rex & 1) != 0) {
                // 90 with REX.B is neither nop nor pause: it exchanges r8 and rax.
                continue;
            }
            return row;
        }
        return null;
    }

    private boolean prefixFits(Row row) {
        if (row.wide() && (rex & 8) == 0) {
            return false;
        }
        return switch (row.prefix()) {
            case 0 -> true;
            case Row.NONE_OF_THEM -> repeat == 0 && !operandSize;
            case 0x66 -> repeat == 0 && operandSize;
            default -> repeat == row.prefix();
        };
    }

    private Operation operation(Row row, int opcode, int offset) {
        Operation operation = new Operation(row, start);
        operation.function = row.code();
        operation.condition = row.opcodes() == 16 ? opcode & 15 : 0;
        operation.segment = segment;
        operation.address32 = addressSize;
        operation.operandBits = operandBits(row);
        operation.locked = lock;
        operation.branch = row.has("branch");
        if (row.has("rep")) {
            operation.repeat =
                    switch (repeat) {
                        case 0xF3 -> Operation.REPEAT_EQUAL;
                        case 0xF2 -> Operation.REPEAT_NOT_EQUAL;
                        default -> Operation.REPEAT_NONE;
                    };
        }
        boolean ripRelative = false;
        if (row.modrm() && modrm >>> 6 != 3) {
            ripRelative = memoryOperand(operation);
        }
        for (String name : row.operands()) {
            operand(operation, row, name, opcode);
        }
        operation.next = start + (at - offset);
        if (ripRelative) {
            operation.displacement += operation.next;
        }
        if (row.operands().stream().anyMatch(name -> name.charAt(0) == 'J')) {
            operation.immediate += operation.next;
        }
        finish(operation, row);
        return operation;
    }

    private int operandBits(Row row) {
        if (row.has("f64")) {
            return 64;
        }
        if ((rex & 8) != 0) {
            return 64;
        }
        if (operandSize && row.prefix() != 0x66) {
            return 16;
        }
        return row.has("d64") ? 64 : 32;
    }

    /** Reads SIB and displacement; says whether it is relative to RIP. */
    private boolean memoryOperand(Operation operation) {
        int mod = modrm >>> 6;
        int rm = modrm & 7;
        if (rm == 4) {
            int sib = next();
            operation.scale = sib >>> 6;
            int index = (sib >>> 3 & 7) | (rex & 2) << 2;
            operation.index = index == RSP ? -1 : index;
            rm = sib & 7;
            if (rm == 5 && mod == 0) {
                operation.displacement = immediate(4);
                return false;
            }
        } else if (rm == 5 && mod == 0) {
            operation.displacement = immediate(4);
            return true;
        }
        operation.base = rm | (rex & 1) << 3;
        if (mod != 0) {
            operation.displacement = immediate(mod == 1 ? 1 : 4);
        }
        return false;
    }

    private void operand(Operation operation, Row row, String name, int opcode) {
        char kind = name.charAt(0);
        switch (name) {
            case "AL" -> operation.addOperand(Kind.REGISTER, RAX, 8);
            case "CL" -> operation.addOperand(Kind.REGISTER, RCX, 8);
            case "DX" -> operation.addOperand(Kind.REGISTER, RDX, 16);
            case "rAX" -> operation.addOperand(Kind.REGISTER, RAX, operation.operandBits);
            case "zAX" ->
                    operation.addOperand(Kind.REGISTER, RAX, Math.min(operation.operandBits, 32));
            case "1" -> {
                operation.immediate = 1;
                operation.addOperand(Kind.IMMEDIATE, 0, 8);
            }
            default -> {
                int bits = bits(operation, name.length() > 1 ? name.charAt(1) : 'v');
                switch (kind) {
                    case 'E', 'M' -> general(operation, bits);
                    case 'G' -> register(operation, bits, (modrm >>> 3 & 7) | (rex & 4) << 1);
                    case 'Z' -> register(operation, bits, (opcode & 7) | (rex & 1) << 3);
                    case 'R' -> register(operation, 64, (modrm & 7) | (rex & 1) << 3);
                    case 'C' ->
                            operation.addOperand(
                                    Kind.CONTROL, (modrm >>> 3 & 7) | (rex & 4) << 1, 64);
                    case 'S' -> operation.addOperand(Kind.SEGMENT, modrm >>> 3 & 7, 16);
                    case 'V' ->
                            operation.addOperand(
                                    Kind.XMM, (modrm >>> 3 & 7) | (rex & 4) << 1, bits);
                    case 'W' -> {
                        if (modrm >>> 6 == 3) {
                            operation.addOperand(Kind.XMM, (modrm & 7) | (rex & 1) << 3, bits);
                        } else {
                            operation.addOperand(Kind.MEMORY, 0, bits);
                        }
                    }
                    case 'O' -> {
                        operation.displacement = immediate(addressSize ? 4 : 8);
                        if (addressSize) {
                            operation.displacement &= 0xFFFF_FFFFL;
                        }
                        operation.addOperand(Kind.MEMORY, 0, bits);
                    }
                    case 'I' -> immediateOperand(operation, row, name);
                    case 'J' -> {
                        operation.immediate = immediate(name.charAt(1) == 'b' ? 1 : 4);
                        operation.addOperand(Kind.IMMEDIATE, 0, 64);
                    }
                    case 'Y' -> operation.operandBits = bits;
                    default -> throw new IllegalStateException(row.text() + ": operand " + name);
                }
            }
        }
    }

    private static int bits(Operation operation, char size) {
        return switch (size) {
            case 'b' -> 8;
            case 'w' -> 16;
            case 'd' -> 32;
            case 'q' -> 64;
            case 'x' -> 128;
            case 'v' -> operation.operandBits;
            case 'y' -> Math.max(operation.operandBits, 32);
            case 'z' -> Math.min(operation.operandBits, 32);
            default -> throw new IllegalStateException("operand size " + size);
        };
    }

    private void immediateOperand(Operation operation, Row row, String name) {
        int bytes =
                switch (name.charAt(1)) {
                    case 'b' -> 1;
                    case 'w' -> 2;
                    case 'v' -> operation.operandBits / 8;
                    default -> Math.min(operation.operandBits, 32) / 8;
                };
        long value = immediate(bytes);
        if (operation.operandCount() > 0 && operation.isImmediate(0)) {
            operation.secondImmediate = value;
        } else {
            operation.immediate = value;
        }
        int bits = row.has("d64") ? operation.operandBits : 8 * bytes;
        operation.addOperand(Kind.IMMEDIATE, 0, bits);
    }

    private void general(Operation operation, int bits) {
        if (modrm >>> 6 == 3) {
            register(operation, bits, (modrm & 7) | (rex & 1) << 3);
        } else {
            operation.addOperand(Kind.MEMORY, 0, bits);
        }
    }

    private void register(Operation operation, int bits, int number) {
        boolean high = bits == 8 && rex == 0 && number >= 4;
        operation.addOperand(Kind.REGISTER, high ? number - 4 + Operation.HIGH_BYTE : number, bits);
    }

    private static void finish(Operation operation, Row row) {
        if (operation.operandCount() > 0) {
            operation.bits = operation.bits(0);
            operation.destination = operation.register(0);
        }
        if (operation.operandCount() > 1) {
            operation.source = operation.register(1);
            operation.sourceBits = operation.bits(1);
        }
        operation.bitString =
                operation.isMemory(0)
                        && operation.isRegister(1)
                        && operation.function >= Code.BT
                        && operation.function <= Code.BTC;
        if (operation.function == Code.LEA) {
            // No segment base is added to what lea gives.
            operation.segment = Operation.NO_SEGMENT;
        }
        operation.plain =
                operation.segment == Operation.NO_SEGMENT
                        && !operation.address32
                        && !operation.bitString;
        operation.onlyBase = operation.plain && operation.base >= 0 && operation.index < 0;
        operation.visible =
                operation.locked
                        || row.has("visible")
                        || (operation.function == Code.XCHG && operation.hasMemory);
        operation.shape = Shape.of(operation, row.first());
        if (operation.shape == Shape.MOVE_IMMEDIATE && operation.bits == 32) {
            operation.immediate &= 0xFFFF_FFFFL;
        }
    }

    private Operation trap(int vector, long next) {
        Operation operation = new Operation(null, start);
        operation.shape = Shape.TRAP;
        operation.vector = vector;
        operation.next = next;
        return operation;
    }

    private Operation unknown(int offset, int map, int opcode, int modrmAt) {
        if (lock || Unmodelled.isUndefined(map, opcode, peek(modrmAt))) {
            return trap(Trap.INVALID_OPCODE, start + (at - offset));
        }
        int shown = Math.min(available, modrmAt + 1);
        StringBuilder bytes = new StringBuilder();
        for (int i = offset; i < shown; i++) {
            bytes.append("%02X ".formatted(code[i] & 0xFF));
        }
        int prefix = repeat != 0 ? repeat : operandSize ? 0x66 : 0;
        String name = Unmodelled.name(map, opcode, prefix, peek(modrmAt));
        Operation operation = new Operation(null, start);
        operation.shape = Shape.NOT_MODELLED;
        operation.next = start + (at - offset);
        operation.text =
                String.format(
                        Locale.ROOT,
                        "instruction not modelled: %sat 0x%x%s",
                        bytes,
                        start,
                        name.isEmpty() ? "" : " (" + name + ")");
        return operation;
    }

    private int peek(int index) {
        return index < available ? code[index] & 0xFF : 0;
    }
}
