package dev.dirql.x86;

import java.util.Locale;

/**
 * A number for each instruction method, by its name, for the switches that call them. The order is
 * that of the groups: values of one or two operands, of three, those with a form of their own, and
 * those that work on the processor.
 */
final class Code {
    static final int MOV = 0;
    static final int MOVZX = 1;
    static final int MOVSX_BYTE = 2;
    static final int MOVSX_WORD = 3;
    static final int MOVSXD = 4;
    static final int ADD = 5;
    static final int OR = 6;
    static final int ADC = 7;
    static final int SBB = 8;
    static final int AND = 9;
    static final int SUB = 10;
    static final int XOR = 11;
    static final int CMP = 12;
    static final int TEST = 13;
    static final int INC = 14;
    static final int DEC = 15;
    static final int NEG = 16;
    static final int NOT = 17;
    static final int SHL = 18;
    static final int SHR = 19;
    static final int SAR = 20;
    static final int ROL = 21;
    static final int ROR = 22;
    static final int RCL = 23;
    static final int RCR = 24;
    static final int IMUL = 25;
    static final int IMUL_BY_IMMEDIATE = 26;
    static final int BT = 27;
    static final int BTS = 28;
    static final int BTR = 29;
    static final int BTC = 30;
    static final int BSF = 31;
    static final int BSR = 32;
    static final int TZCNT = 33;
    static final int LZCNT = 34;
    static final int POPCNT = 35;
    static final int BSWAP = 36;
    static final int MOVBE = 37;
    static final int XADD = 38;

    /** The first that takes three values. */
    static final int TERNARY = 39;

    static final int SHLD = 39;
    static final int SHRD = 40;
    static final int CMPXCHG = 41;

    /** The first with a form of its own. */
    static final int OWN_FORM = 42;

    static final int LEA = 42;
    static final int CMOV = 43;
    static final int SET = 44;

    /** The first that works on the processor. */
    static final int MACHINE = 45;

    static final int JCC = 45;
    static final int JMP = 46;
    static final int CALL = 47;
    static final int RET = 48;
    static final int PUSH = 49;
    static final int POP = 50;
    static final int XCHG = 51;
    static final int MUL = 52;
    static final int IMUL_WIDE = 53;
    static final int DIV = 54;
    static final int IDIV = 55;
    static final int EXTEND_ACCUMULATOR = 56;
    static final int EXTEND_TO_DATA = 57;
    static final int LEAVE = 58;
    static final int ENTER = 59;
    static final int PUSHF = 60;
    static final int POPF = 61;
    static final int LOOP = 62;
    static final int LOOPE = 63;
    static final int LOOPNE = 64;
    static final int JRCXZ = 65;
    static final int MOVS = 66;
    static final int STOS = 67;
    static final int LODS = 68;
    static final int SCAS = 69;
    static final int CMPS = 70;
    static final int INS = 71;
    static final int OUTS = 72;
    static final int XLAT = 73;
    static final int MOV_FROM_SEGMENT = 74;
    static final int LAHF = 75;
    static final int SAHF = 76;
    static final int CLC = 77;
    static final int STC = 78;
    static final int CMC = 79;
    static final int CLD = 80;
    static final int STD = 81;
    static final int CLI = 82;
    static final int STI = 83;
    static final int HLT = 84;
    static final int PAUSE = 85;
    static final int NOP = 86;
    static final int LFENCE = 87;
    static final int MFENCE = 88;
    static final int SFENCE = 89;
    static final int INT3 = 90;
    static final int INTERRUPT = 91;
    static final int UD2 = 92;
    static final int IN = 93;
    static final int OUT = 94;
    static final int MOV_FROM_CONTROL = 95;
    static final int MOV_TO_CONTROL = 96;
    static final int CPUID = 97;
    static final int RDTSC = 98;
    static final int CMPXCHG8B = 99;
    static final int MOVDQU = 100;
    static final int MOVDQA = 101;
    static final int MOVQ_LOAD = 102;
    static final int MOVQ_STORE = 103;
    static final int MOVD_LOAD = 104;
    static final int MOVD_STORE = 105;
    static final int MOVHPS = 106;
    static final int MOVHPS_STORE = 107;
    static final int MOVLPS_STORE = 108;
    static final int PUNPCKLQDQ = 109;
    static final int PXOR = 110;
    static final int POR = 111;
    static final int PAND = 112;

    private Code() {}

    /** The number of a method: the constant whose name is the method's with underscores. */
    static int of(String method) {
        String name = method.replaceAll("([A-Z])", "_$1").toUpperCase(Locale.ROOT);
        try {
            return Code.class.getDeclaredField(name).getInt(null);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("no code " + name + " for the method " + method, e);
        }
    }
}
