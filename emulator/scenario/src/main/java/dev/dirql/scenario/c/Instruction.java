package dev.dirql.scenario.c;

import org.jspecify.annotations.Nullable;

/**
 * An instruction.
 *
 * @param size operand size in bytes
 * @param sourceSize operand size of the source of MOVZX and MOVSX
 * @param condition for JCC, SETCC, CMOVCC: the condition's number in the opcode
 * @param bytes for RAW: the encoding
 * @param at the place in the source
 */
record Instruction(
        Operation operation,
        int size,
        int sourceSize,
        int condition,
        boolean lock,
        @Nullable Operand first,
        @Nullable Operand second,
        @Nullable Operand third,
        byte[] bytes,
        CToken at) {
    /** What it does. */
    enum Operation {
        ADD,
        OR,
        ADC,
        SBB,
        AND,
        SUB,
        XOR,
        CMP,
        MOV,
        MOVZX,
        MOVSX,
        LEA,
        TEST,
        IMUL,
        MUL,
        DIV,
        IDIV,
        NEG,
        NOT,
        INC,
        DEC,
        ROL,
        ROR,
        SHL,
        SHR,
        SAR,
        SETCC,
        JCC,
        JMP,
        CALL,
        PUSH,
        POP,
        XCHG,
        CMPXCHG,
        XADD,
        BT,
        BTS,
        BTR,
        BSF,
        BSR,
        BSWAP,
        /** Bytes as they are. */
        RAW,
        /** Not an instruction: the label stands here. */
        LABEL
    }

    static final int BELOW = 2;
    static final int ABOVE_OR_EQUAL = 3;
    static final int EQUAL = 4;
    static final int NOT_EQUAL = 5;
    static final int BELOW_OR_EQUAL = 6;
    static final int ABOVE = 7;
    static final int LESS = 12;
    static final int GREATER_OR_EQUAL = 13;
    static final int LESS_OR_EQUAL = 14;
    static final int GREATER = 15;

    Instruction withFirst(Operand operand) {
        return new Instruction(
                operation, size, sourceSize, condition, lock, operand, second, third, bytes, at);
    }
}
