package dev.dirql.x86;

import dev.dirql.machine.Flags;

/** Calls the instruction methods that make a value from values. */
final class Functions {
    private Functions() {}

    /** Functions of the first operand (ignored by those that only write it) and the second. */
    static long binary(int function, Flags flags, int bits, long a, long b) {
        return switch (function) {
            case Code.MOV -> Data.mov(b);
            case Code.ADD -> Arithmetic.add(flags, bits, a, b);
            case Code.OR -> Arithmetic.or(flags, bits, a, b);
            case Code.ADC -> Arithmetic.adc(flags, bits, a, b);
            case Code.SBB -> Arithmetic.sbb(flags, bits, a, b);
            case Code.AND -> Arithmetic.and(flags, bits, a, b);
            case Code.SUB -> Arithmetic.sub(flags, bits, a, b);
            case Code.XOR -> Arithmetic.xor(flags, bits, a, b);
            case Code.CMP -> Arithmetic.cmp(flags, bits, a, b);
            case Code.TEST -> Arithmetic.test(flags, bits, a, b);
            case Code.INC -> Arithmetic.inc(flags, bits, a);
            case Code.DEC -> Arithmetic.dec(flags, bits, a);
            case Code.SHL -> Shifts.shl(flags, bits, a, b);
            case Code.SHR -> Shifts.shr(flags, bits, a, b);
            case Code.SAR -> Shifts.sar(flags, bits, a, b);
            case Code.IMUL -> Multiplication.imul(flags, bits, a, b);
            default -> rare(function, flags, bits, a, b);
        };
    }

    /** Functions that only set flags. */
    static void compare(int function, Flags flags, int bits, long a, long b) {
        if (function == Code.CMP) {
            Arithmetic.cmp(flags, bits, a, b);
        } else if (function == Code.TEST) {
            Arithmetic.test(flags, bits, a, b);
        } else {
            Bits.bt(flags, bits, a, b);
        }
    }

    private static long rare(int function, Flags flags, int bits, long a, long b) {
        return switch (function) {
            case Code.MOVZX -> Data.movzx(b);
            case Code.MOVSX_BYTE -> Data.movsxByte(b);
            case Code.MOVSX_WORD -> Data.movsxWord(b);
            case Code.MOVSXD -> Data.movsxd(b);
            case Code.MOVBE -> Data.movbe(bits, b);
            case Code.NEG -> Arithmetic.neg(flags, bits, a);
            case Code.NOT -> Arithmetic.not(a);
            case Code.ROL -> Shifts.rol(flags, bits, a, b);
            case Code.ROR -> Shifts.ror(flags, bits, a, b);
            case Code.RCL -> Shifts.rcl(flags, bits, a, b);
            case Code.RCR -> Shifts.rcr(flags, bits, a, b);
            case Code.IMUL_BY_IMMEDIATE -> Multiplication.imulByImmediate(flags, bits, a, b);
            case Code.BT -> Bits.bt(flags, bits, a, b);
            case Code.BTS -> Bits.bts(flags, bits, a, b);
            case Code.BTR -> Bits.btr(flags, bits, a, b);
            case Code.BTC -> Bits.btc(flags, bits, a, b);
            case Code.BSF -> Bits.bsf(flags, bits, a, b);
            case Code.BSR -> Bits.bsr(flags, bits, a, b);
            case Code.TZCNT -> Bits.tzcnt(flags, bits, b);
            case Code.LZCNT -> Bits.lzcnt(flags, bits, b);
            case Code.POPCNT -> Bits.popcnt(flags, bits, b);
            case Code.BSWAP -> Bits.bswap(bits, a);
            case Code.XADD -> Arithmetic.xadd(flags, bits, a, b);
            default -> throw new IllegalStateException("function " + function);
        };
    }

    static long ternary(int function, Flags flags, int bits, long a, long b, long c) {
        return switch (function) {
            case Code.SHLD -> Shifts.shld(flags, bits, a, b, c);
            case Code.SHRD -> Shifts.shrd(flags, bits, a, b, c);
            case Code.CMPXCHG -> Arithmetic.cmpxchg(flags, bits, a, b, c);
            default -> throw new IllegalStateException("function " + function);
        };
    }
}
