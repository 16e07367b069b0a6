package dev.dirql.x86;

import org.jspecify.annotations.Nullable;

/** A decoded instruction. It does not change after decoding. */
final class Operation {
    /** What an operand is. */
    enum Kind {
        REGISTER,
        MEMORY,
        IMMEDIATE,
        XMM,
        SEGMENT,
        CONTROL
    }

    static final int REPEAT_NONE = 0;

    /** REP or REPE. */
    static final int REPEAT_EQUAL = 1;

    /** REPNE. */
    static final int REPEAT_NOT_EQUAL = 2;

    static final int NO_SEGMENT = 0;
    static final int FS = 4;
    static final int GS = 5;

    /** High-byte registers AH, CH, DH and BH are 16 to 19. */
    static final int HIGH_BYTE = 16;

    /** The row; null for what is no instruction here. */
    final @Nullable Row row;

    /** Address of the first byte, and of the one behind the last. */
    final long start;

    long next;

    /** The method's number in {@link Code}. */
    int function;

    /** How it is executed: one of {@link Shape}. */
    int shape;

    /** Operand size in bits that prefixes and row give. */
    int operandBits;

    /** Size in bits of the first operand, and its register where it is one. */
    int bits;

    int destination;

    /** Register of the second operand where it is one. */
    int source;

    /** Size in bits of the second operand. */
    int sourceBits;

    // Memory operand: base and index are -1 where absent.
    boolean hasMemory;
    int base = -1;
    int index = -1;
    int scale;
    long displacement;
    int segment = NO_SEGMENT;
    boolean address32;

    /** Whether the address is no more than base, index and displacement. */
    boolean plain;

    /** Whether it is base and displacement alone. */
    boolean onlyBase;

    /** Whether a register gives a bit offset beyond the memory operand. */
    boolean bitString;

    /** Immediate, sign-extended; for relative jumps the target. */
    long immediate;

    /** Second immediate of {@code enter}. */
    long secondImmediate;

    int condition;
    int repeat;
    boolean locked;
    boolean visible;
    boolean branch;

    /** For a {@link Shape#TRAP}: its vector. */
    int vector;

    /** For {@link Shape#NOT_MODELLED}: what to say. */
    String text = "";

    private final Kind[] kinds = new Kind[3];
    private final int[] registers = new int[3];
    private final int[] sizes = new int[3];
    private int operandCount;

    Operation(@Nullable Row row, long start) {
        this.row = row;
        this.start = start;
    }

    void addOperand(Kind kind, int register, int bits) {
        kinds[operandCount] = kind;
        registers[operandCount] = register;
        sizes[operandCount] = bits;
        operandCount++;
        if (kind == Kind.MEMORY) {
            hasMemory = true;
        }
    }

    int operandCount() {
        return operandCount;
    }

    Kind kind(int operand) {
        return kinds[operand];
    }

    boolean is(int operand, Kind kind) {
        return operand < operandCount && kinds[operand] == kind;
    }

    boolean isMemory(int operand) {
        return is(operand, Kind.MEMORY);
    }

    boolean isRegister(int operand) {
        return is(operand, Kind.REGISTER);
    }

    boolean isImmediate(int operand) {
        return is(operand, Kind.IMMEDIATE);
    }

    int register(int operand) {
        return registers[operand];
    }

    /** Size of an operand in bits. */
    int bits(int operand) {
        return sizes[operand];
    }

    int length() {
        return (int) (next - start);
    }

    /** An address or count cut to the address size. */
    long truncated(long address) {
        return address32 ? address & 0xFFFF_FFFFL : address;
    }
}
