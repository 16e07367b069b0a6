package dev.dirql.x86;

import dev.dirql.x86.Encoding.First;

/**
 * How an operation is executed. The common forms of operands have shapes of their own, so that the
 * interpreter need not look at kinds and sizes again each time; {@link #VALUE} and {@link #UPDATE}
 * serve all others.
 */
final class Shape {
    /** Operations on the processor, through {@link MachineFunctions}. */
    static final int MACHINE = 0;

    static final int JCC = 1;
    static final int REGISTER_REGISTER_64 = 2;
    static final int REGISTER_REGISTER_32 = 3;
    static final int REGISTER_IMMEDIATE_64 = 4;
    static final int REGISTER_IMMEDIATE_32 = 5;
    static final int REGISTER_MEMORY_64 = 6;
    static final int REGISTER_MEMORY_32 = 7;
    static final int COMPARE_REGISTER_REGISTER_64 = 8;
    static final int COMPARE_REGISTER_REGISTER_32 = 9;
    static final int COMPARE_REGISTER_IMMEDIATE_64 = 10;
    static final int COMPARE_REGISTER_IMMEDIATE_32 = 11;
    static final int COMPARE_REGISTER_MEMORY_64 = 12;
    static final int COMPARE_REGISTER_MEMORY_32 = 13;
    static final int COMPARE_MEMORY_REGISTER_64 = 14;
    static final int COMPARE_MEMORY_REGISTER_32 = 15;
    static final int COMPARE_MEMORY_IMMEDIATE_64 = 16;
    static final int COMPARE_MEMORY_IMMEDIATE_32 = 17;
    static final int COMPARE_MEMORY_IMMEDIATE_8 = 18;
    static final int MOVE_64 = 19;
    static final int MOVE_32 = 20;
    static final int MOVE_IMMEDIATE = 21;
    static final int LOAD_64 = 22;
    static final int LOAD_32 = 23;
    static final int LOAD_16 = 24;
    static final int LOAD_8 = 25;
    static final int STORE_64 = 26;
    static final int STORE_32 = 27;
    static final int STORE_16 = 28;
    static final int STORE_8 = 29;
    static final int STORE_IMMEDIATE = 30;
    static final int LEA_64 = 31;
    static final int LEA_32 = 32;
    static final int LEA_16 = 33;
    static final int CONDITIONAL_MOVE = 34;
    static final int SET = 35;
    static final int PUSH = 36;
    static final int POP = 37;

    /** First operand a register, or only read, or only written; any sizes. */
    static final int VALUE = 38;

    /** First operand in memory, read and written. */
    static final int UPDATE = 39;

    /** No instruction: an exception. */
    static final int TRAP = 40;

    /** An instruction that this module does not know. */
    static final int NOT_MODELLED = 41;

    /** Jumps, calls and returns that are not visible. */
    static final int BRANCH = 42;

    static final int JUMP = 43;
    static final int CALL = 44;
    static final int RETURN = 45;

    /** Registers only, not those of high bytes. */
    static final int CONDITIONAL_MOVE_64 = 46;

    static final int CONDITIONAL_MOVE_32 = 47;
    static final int ZERO_EXTEND_8 = 48;
    static final int ZERO_EXTEND_16 = 49;
    static final int LOAD_SIGNED_32 = 50;
    static final int COMPARE_REGISTER_REGISTER_8 = 51;
    static final int COMPARE_REGISTER_IMMEDIATE_8 = 52;
    static final int COMPARE_MEMORY_REGISTER_8 = 53;
    static final int REGISTER_REGISTER_8 = 54;
    static final int REGISTER_IMMEDIATE_8 = 55;
    static final int SET_REGISTER = 56;

    private Shape() {}

    /** The shape for a decoded operation. */
    static int of(Operation operation, First first) {
        int function = operation.function;
        switch (function) {
            case Code.JCC -> {
                return JCC;
            }
            case Code.LEA -> {
                return operation.bits == 64 ? LEA_64 : operation.bits == 32 ? LEA_32 : LEA_16;
            }
            case Code.CMOV -> {
                if (operation.isMemory(1) || operation.bits == 16) {
                    return CONDITIONAL_MOVE;
                }
                return operation.bits == 64 ? CONDITIONAL_MOVE_64 : CONDITIONAL_MOVE_32;
            }
            case Code.SET -> {
                return isLowByte(operation, 0) ? SET_REGISTER : SET;
            }
            case Code.JMP -> {
                return operation.isImmediate(0) ? JUMP : BRANCH;
            }
            case Code.CALL -> {
                return CALL;
            }
            case Code.RET -> {
                return RETURN;
            }
            case Code.PUSH -> {
                return operation.bits == 64 && operation.isRegister(0) ? PUSH : MACHINE;
            }
            case Code.POP -> {
                return operation.bits == 64 && operation.isRegister(0) ? POP : MACHINE;
            }
            default -> {
                if (function >= Code.MACHINE) {
                    return operation.branch && !operation.visible ? BRANCH : MACHINE;
                }
            }
        }
        int shape =
                function == Code.MOV || function == Code.MOVZX
                        ? ofMove(operation)
                        : ofBinary(operation, first);
        if (shape >= 0) {
            return shape;
        }
        return first == First.UPDATE && operation.isMemory(0) ? UPDATE : VALUE;
    }

    private static boolean isLowByte(Operation operation, int operand) {
        return operation.isRegister(operand) && operation.register(operand) < Operation.HIGH_BYTE;
    }

    private static int ofMove(Operation operation) {
        int bits = operation.bits;
        if (operation.isMemory(0)) {
            if (operation.isImmediate(1)) {
                return STORE_IMMEDIATE;
            }
            boolean highByte = operation.source >= Operation.HIGH_BYTE;
            return switch (bits) {
                case 64 -> STORE_64;
                case 32 -> STORE_32;
                case 16 -> STORE_16;
                default -> highByte ? -1 : STORE_8;
            };
        }
        if (bits < 32) {
            return -1;
        }
        if (operation.isImmediate(1)) {
            return MOVE_IMMEDIATE;
        }
        if (operation.isMemory(1)) {
            return switch (operation.sourceBits) {
                case 64 -> LOAD_64;
                case 32 -> LOAD_32;
                case 16 -> LOAD_16;
                default -> LOAD_8;
            };
        }
        if (operation.sourceBits == 16) {
            return ZERO_EXTEND_16;
        }
        if (operation.sourceBits == 8) {
            return isLowByte(operation, 1) ? ZERO_EXTEND_8 : -1;
        }
        return bits == 64 ? MOVE_64 : MOVE_32;
    }

    private static int ofBinary(Operation operation, First first) {
        int function = operation.function;
        boolean extension = function >= Code.MOVSX_BYTE && function <= Code.MOVSXD;
        if (operation.operandCount() > 2
                || function == Code.XADD
                || function == Code.BSF
                || function == Code.BSR
                || function >= Code.TERNARY
                || operation.bitString) {
            return -1;
        }
        if (extension && operation.isMemory(1)) {
            return function == Code.MOVSXD && operation.bits == 64 ? LOAD_SIGNED_32 : -1;
        }
        if (extension && !isLowByte(operation, 1)) {
            return -1;
        }
        return switch (operation.bits) {
            case 64 -> ofOperands(operation, first);
            case 32 -> {
                int shape = ofOperands(operation, first);
                // The shape for 32 bits follows that for 64.
                yield shape < 0 ? shape : shape + 1;
            }
            case 8 -> ofBytes(operation, first);
            default -> -1;
        };
    }

    private static int ofOperands(Operation operation, First first) {
        boolean immediate = operation.isImmediate(1);
        if (first == First.READ) {
            if (operation.isMemory(0)) {
                return immediate ? COMPARE_MEMORY_IMMEDIATE_64 : COMPARE_MEMORY_REGISTER_64;
            }
            if (operation.isMemory(1)) {
                return COMPARE_REGISTER_MEMORY_64;
            }
            return immediate ? COMPARE_REGISTER_IMMEDIATE_64 : COMPARE_REGISTER_REGISTER_64;
        }
        if (!operation.isRegister(0)) {
            return -1;
        }
        if (operation.isMemory(1)) {
            return REGISTER_MEMORY_64;
        }
        return operation.isRegister(1) ? REGISTER_REGISTER_64 : REGISTER_IMMEDIATE_64;
    }

    private static int ofBytes(Operation operation, First first) {
        boolean immediate = operation.isImmediate(1);
        boolean lowSource = isLowByte(operation, 1);
        if (operation.isMemory(0) && first == First.READ) {
            return immediate
                    ? COMPARE_MEMORY_IMMEDIATE_8
                    : lowSource ? COMPARE_MEMORY_REGISTER_8 : -1;
        }
        if (!isLowByte(operation, 0)) {
            return -1;
        }
        if (first == First.READ) {
            return immediate
                    ? COMPARE_REGISTER_IMMEDIATE_8
                    : lowSource ? COMPARE_REGISTER_REGISTER_8 : -1;
        }
        if (operation.operandCount() == 1) {
            return REGISTER_IMMEDIATE_8;
        }
        return immediate ? REGISTER_IMMEDIATE_8 : lowSource ? REGISTER_REGISTER_8 : -1;
    }
}
